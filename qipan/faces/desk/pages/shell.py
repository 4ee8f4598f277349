"""What every page of the desk shares: who is at it, and the parts it has."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from qipan.agencies import queries as agencies
from qipan.agencies.queries import AgencyRow
from qipan.core.sharing import Role
from qipan.faces.look.actors import official_of, served_of


class Place(NamedTuple):
    """A part of the desk: its key, its route and its title."""

    key: str
    route: str
    title: str


class Desk(NamedTuple):
    """Who is at the desk; `serving` is the name of the person served at the window, if any."""

    name: str
    agency: str
    serving: str
    places: tuple[Place, ...]


def page(
    request: HttpRequest,
    template: str,
    values: Mapping[str, object],
    *,
    here: str = "",
    agency: AgencyRow | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page with its frame; `here` names the part of the desk it belongs to, `agency` spares reading it again."""
    frame = {"desk": _desk(request, agency), "here": here, "moment": moment}
    return render(request, f"desk/{template}", {**frame, **values}, status=status)


def language(request: HttpRequest) -> str:
    """The reader's language, as declared texts are asked for: zh… or en."""
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))


def moment(at: datetime) -> str:
    """A day and a time of day, short; the year only where it is not this one."""
    local = timezone.localtime(at)
    form = "MONTH_DAY_FORMAT" if local.year == timezone.localdate().year else "DATE_FORMAT"
    return f"{date_format(local, form)} {local:%H:%M}"


def agency_name(row: AgencyRow | None, code: str, language: str) -> str:
    """What an agency is called; its code where nobody named it."""
    if row is None:
        return code
    return row.name_zh if language.startswith("zh") else row.name_en or row.name_zh


def _desk(request: HttpRequest, agency: AgencyRow | None) -> Desk | None:
    official = official_of(request)
    if official is None:
        return None
    served = served_of(request)
    agency = agency or agencies.agency(official.agency)
    return Desk(
        official.name,
        agency_name(agency, official.agency, language(request)),
        served.name if served else "",
        _places(clerk=official.clerk, auditor=official.role == Role.AUDITOR),
    )


def _places(*, clerk: bool, auditor: bool) -> tuple[Place, ...]:
    places = [
        Place("inbox", "desk:inbox", _("待办")),
        Place("today", "desk:today", _("今天办的")),
        Place("pool", "desk:pool", _("数据共享")),
        Place("agency", "desk:agency", _("本部门")),
    ]
    if clerk:
        places.append(Place("window", "desk:window", _("窗口代办")))
    if auditor:
        places.append(Place("watch", "desk:watch", _("审计")))
    return tuple(places)
