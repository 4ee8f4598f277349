"""The routes of the portal, at the root of the site."""

from django.urls import URLPattern, URLResolver, path

from qipan.faces.portal.pages import drafts, events, signing_in

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", events.home, name="home"),
    path("events/<slug:event>/", events.event, name="event"),
    path("events/<slug:event>/start/", drafts.start, name="start"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("drafts/<uuid:draft>/", drafts.form, name="form"),
    path("drafts/<uuid:draft>/consent/", drafts.consent, name="consent"),
    path("drafts/<uuid:draft>/save/", drafts.save, name="save"),
    path("drafts/<uuid:draft>/facts/<str:field>/", drafts.claim, name="claim"),
    path("drafts/<uuid:draft>/check/", drafts.check, name="check"),
    path("drafts/<uuid:draft>/submit/", drafts.submit, name="submit"),
    path("drafts/<uuid:draft>/discard/", drafts.discard, name="discard"),
]
