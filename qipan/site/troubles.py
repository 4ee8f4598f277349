"""Pages for what is not there or not for the reader, each in the frame of the face at which it happened.

Faces are named, not imported, as in urls.py: the site wires them and knows none.
"""

from importlib import import_module

from django.http import HttpRequest, HttpResponse

DESK, PORTAL, NO_FACE = (
    "qipan.faces.desk.pages.troubles",
    "qipan.faces.portal.pages.troubles",
    "qipan.faces.look.errors",
)
FACES = (("/desk/", DESK), ("/api/", NO_FACE), ("/trail/", NO_FACE), ("/static/", NO_FACE), ("", PORTAL))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _shown(request, "forbidden", exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _shown(request, "not_found", exception)


def _shown(request: HttpRequest, which: str, exception: Exception | None) -> HttpResponse:
    face = next(face for beginning, face in FACES if request.path.startswith(beginning))
    known = hasattr(request, "session")  # else it was refused before anybody looked who asks
    answer: HttpResponse = getattr(import_module(face if known else NO_FACE), which)(request, exception)
    return answer
