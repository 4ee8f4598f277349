"""What every page of the portal shares: its reader, and the part of the site it belongs to."""

from collections.abc import Mapping
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qipan.faces.look.actors import account_of, acting_of, mandate_of, person_of, served_of
from qipan.faces.portal.mandate_words import kind_words


class Reader(NamedTuple):
    """Whose pages these are; `clerk` is the name of who serves them at a window, if anybody does; `account` whether they have one.

    `agent` is who acts for them under a mandate, in words `under`; `whole` where the mandate is for all that is theirs.
    """

    name: str
    clerk: str = ""
    account: bool = False
    agent: str = ""
    under: str = ""
    whole: bool = True


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
    acting, person = acting_of(request), person_of(request)
    served = served_of(request)
    if acting is not None and acting.actor.kind == "official" and served is not None:
        return Reader(served.name, acting.actor.name)
    if person is not None:
        return _for_whom(request, Reader(person.name, account=account_of(request) is not None))
    account = account_of(request)
    return Reader(_("还没有实名"), account=True) if account is not None else None


def _for_whom(request: HttpRequest, person: Reader) -> Reader:
    found = mandate_of(request)
    if found is None:
        return person
    under, whole = kind_words(found.kind), found.mandate.whole
    return person._replace(name=found.principal_name, agent=person.name, under=under, whole=whole)
