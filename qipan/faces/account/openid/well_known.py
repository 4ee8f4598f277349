"""The routes at the root of the site by which apps find the rest; nobody is signed in there."""

from django.urls import path

from qipan.faces.account.openid import endpoints
from qipan.faces.look.access import access, anyone

urlpatterns = [
    path("openid-configuration", access(anyone)(endpoints.configuration), name="openid_configuration"),
    path("jwks.json", access(anyone)(endpoints.keys), name="openid_keys"),
]
