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
from qipan.core.posts import Power
from qipan.faces.look.actors import official_of, seats_of, served_of
from qipan.faces.look.posts import post_said
from qipan.people.actors import Actor


class Place(NamedTuple):
    """A part of the desk: its key, its route and its title."""

    key: str
    route: str
    title: str


class Desk(NamedTuple):
    """Who is at the desk; `serving` is the name of the person served at the window, `standing_in_for` of whose post it is, if any."""

    name: str
    agency: str
    serving: str
    home: str
    places: tuple[Place, ...]
    post: str = ""
    standing_in_for: str = ""


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
        home_of(official),
        places_of(official),
        *_seat(request, official),
    )


def _seat(request: HttpRequest, official: Actor) -> tuple[str, str]:
    """In which post somebody acts, where they have several, and for whom."""
    seats = seats_of(request)
    for one in seats:
        if (one.seat.post, one.seat.stands_in_for) == (official.post, official.stands_in_for):
            lent = one.seat.stands_in_for is not None
            return post_said(one.held.title) if len(seats) > 1 else "", one.held.holder if lent else ""
    return "", ""


def places_of(official: Actor) -> tuple[Place, ...]:
    """The parts of the desk that a post opens; whoever rests from it sees their posts alone."""
    handles, works = Power.HANDLE in official.powers, bool(official.powers)
    every = (
        (handles, Place("inbox", "desk:inbox", _("待办"))),
        (handles, Place("today", "desk:today", _("今天办的"))),
        (Power.AUDITOR in official.powers, Place("watch", "desk:watch", _("审计"))),
        (
            not official.powers.isdisjoint({Power.SEAL_KEEPER, Power.SEAL_APPROVER}),
            Place("seals", "desk:seals", _("印章")),
        ),
        (works, Place("pool", "desk:pool", _("数据共享"))),
        (handles, Place("agency", "desk:agency", _("本部门"))),
        (Power.SERVE in official.powers, Place("window", "desk:window", _("窗口代办"))),
        (
            not {Power.MANAGER, Power.AUDITOR}.isdisjoint(official.powers),
            Place("posts", "desk:posts", _("岗位")),
        ),
        (True, Place("own", "desk:own", _("我的岗位"))),
    )
    return tuple(place for open_, place in every if open_)


def home_of(official: Actor) -> str:
    """The route at which somebody's work begins."""
    if Power.MANAGER in official.powers:
        return "desk:posts"
    return next((place.route for place in places_of(official)), "desk:own")
