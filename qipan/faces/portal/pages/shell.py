"""What every page of the portal shares: its reader, and the part of the site it belongs to."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qipan.faces.look.actors import person_of


def page(
    request: HttpRequest, template: str, values: Mapping[str, object], *, here: str = "", status: int = 200
) -> HttpResponse:
    """A page with its frame; `here` names the part of the navigation it belongs to."""
    frame = {"reader": person_of(request), "here": here}
    return render(request, f"portal/{template}", {**frame, **values}, status=status)


def language(request: HttpRequest) -> str:
    """The reader's language, as declared texts are asked for: zh… or en."""
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))
