"""What a person may not open, or what is not there, said in the portal's own frame: their name above, and the ways on beside it."""

from django.http import HttpRequest, HttpResponse

from qipan.faces.look.access import access, anyone
from qipan.faces.look.errors import Trouble, not_for_them, nothing_here, shown
from qipan.faces.portal.pages.shell import page


@access(anyone)
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django gives it by name
    """403: not for this reader."""
    return _page(request, 403, not_for_them())


@access(anyone)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django gives it by name
    """404: nothing here, or nothing that this reader may know of."""
    return _page(request, 404, nothing_here())


def _page(request: HttpRequest, status: int, trouble: Trouble) -> HttpResponse:
    return page(request, "trouble.html", shown(trouble, status, frame="portal/base.html"), status=status)
