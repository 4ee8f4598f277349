"""The routes that every face shares."""

from django.urls import path

from qipan.faces.look.place_choices import places
from qipan.faces.look.preferences import preferences

app_name = "look"
urlpatterns = [
    path("preferences/", preferences, name="preferences"),
    path("places/", places, name="places"),
]
