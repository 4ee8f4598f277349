"""Every route of the site: the portal at the root, the other faces below their names."""

from django.urls import include, path

urlpatterns = [
    path("", include("qipan.faces.look.urls")),
    path(".well-known/", include("qipan.faces.account.openid.well_known")),
    path("account/", include("qipan.faces.account.urls")),
    path("desk/", include("qipan.faces.desk.urls")),
    path("api/", include("qipan.faces.api.urls")),
    path("trail/", include("qipan.faces.trail.urls")),
    path("", include("qipan.faces.portal.urls")),
]

handler400 = "qipan.faces.look.errors.bad_request"
handler403 = "qipan.site.troubles.forbidden"
handler404 = "qipan.site.troubles.not_found"
handler500 = "qipan.faces.look.errors.server_error"
