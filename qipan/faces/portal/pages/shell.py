"""What every page of the portal shares: its reader, and the part of the site it belongs to."""

from collections.abc import Mapping
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qipan.faces.look.actors import account_of, official_of, person_of, served_of


class Reader(NamedTuple):
    """Whose pages these are; `clerk` is the name of who serves them at a window, if anybody does; `account` whether they have one."""

    name: str
    clerk: str = ""
    account: bool = False


def page(
    request: HttpRequest, template: str, values: Mapping[str, object], *, here: str = "", status: int = 200
) -> HttpResponse:
    """A page with its frame; `here` names the part of the navigation it belongs to."""
    reader = _reader(request)
    frame = {"reader": reader, "here": here}
    response = render(request, f"portal/{template}", {**frame, **values}, status=status)
    if reader is not None:
        response.headers["Cache-Control"] = (
            "private, no-store"  # the next one at the kiosk must not go back to it
        )
    return response


def language(request: HttpRequest) -> str:
    """The reader's language, as declared texts are asked for: zh… or en."""
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))


def _reader(request: HttpRequest) -> Reader | None:
    person = person_of(request)
    if person is not None:
        return Reader(person.name, account=account_of(request) is not None)
    account = account_of(request)
    if account is not None:
        return Reader(_("还没有实名"), account=True)
    served, clerk = served_of(request), official_of(request)
    return Reader(served.name, clerk.name) if served and clerk else None
