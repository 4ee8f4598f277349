"""Every route of the site: the portal at the root, the other faces below their names."""

from django.urls import include, path

urlpatterns = [
    path("desk/", include("qipan.faces.desk.urls")),
    path("api/", include("qipan.faces.api.urls")),
    path("", include("qipan.faces.portal.urls")),
]
