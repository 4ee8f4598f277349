"""The routes of the trail."""

from django.urls import URLPattern, URLResolver, path

from qipan.faces.trail import pages

app_name = "trail"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="index"),
    path("keys", pages.keys, name="keys"),
    path("how", pages.how, name="how"),
    path("qipan_verify.py", pages.verifier, name="verifier"),
    path("<slug:function>/successions", pages.successions, name="successions"),
    path("<slug:function>/checkpoint", pages.checkpoint, name="checkpoint"),
    path("<slug:function>/checkpoint/<int:size>", pages.checkpoint, name="checkpoint-of-size"),
    path("<slug:function>/checkpoint/<int:size>/cosignatures", pages.cosignatures, name="cosignatures"),
    path("<slug:function>/tile/<int:level>/<path:place>", pages.tile, name="tile"),
    path("<slug:function>/proof/inclusion/<int:leaf>/<int:size>", pages.inclusion, name="inclusion"),
    path("<slug:function>/proof/consistency/<int:first>/<int:second>", pages.consistency, name="consistency"),
]
