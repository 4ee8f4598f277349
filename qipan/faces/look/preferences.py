"""The reader's choices, kept in cookies for a year so that they hold before anybody signs in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from qipan.faces.look.access import access, anyone
from qipan.faces.look.context import MODE_COOKIE
from qipan.faces.look.kept import keep

YEAR = 365 * 24 * 60 * 60
MODES = ("standard", "elder")


@access(anyone)
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember a language or a mode, and go back to where the reader was, with whatever they were typing there."""
    back = safe_next(request)
    response = HttpResponseRedirect(back)
    keep(request, response, back, ended=False)
    if request.POST.get("mode") in MODES:
        _remember(response, MODE_COOKIE, request.POST["mode"])
    if request.POST.get("language") in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, request.POST["language"])
    return response


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where to go next: the `next` the form or address names, unless it leads off this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else default


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
