"""The routes that every face shares."""

from django.urls import path

from qipan.faces.look.preferences import preferences

app_name = "look"
urlpatterns = [path("preferences/", preferences, name="preferences")]
