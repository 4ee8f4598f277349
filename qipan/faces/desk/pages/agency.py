"""What an agency has in hand, where it stands among the six levels, and what one did today."""

from datetime import datetime, time
from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qipan.agencies import queries as agencies
from qipan.agencies.queries import AgencyRow
from qipan.applications.queries.desks import (
    MOST_URGENT,
    HandledRow,
    ServiceInHand,
    handled_since,
    in_hand_by_service,
)
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Level, Service
from qipan.core.posts import Power
from qipan.faces.desk.inbox_views import handled_services
from qipan.faces.desk.pages.shell import agency_name, language, page
from qipan.faces.desk.state_words import case_state
from qipan.faces.desk.trail_words import act_words
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import the_official
from qipan.faces.look.state_words import Said

MOST_BELOW, MOST_TODAY = 60, 200


class ServiceLine(NamedTuple):
    """A service of the agency and what is in hand of it."""

    name: str
    title: str
    promised: int
    hand: ServiceInHand


class LevelStep(NamedTuple):
    """One of the six levels, with the agency of this kind that stands there, if any."""

    title: str
    agency: str
    current: bool


class TodayLine(NamedTuple):
    """An act of today."""

    at: datetime
    act: str
    case: UUID
    number: str
    title: str
    state: Said


@access(needs(Power.HANDLE))
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The agency: its services with what is in hand, and its place between the province and the grid."""
    actor, spoken = the_official(request), language(request)
    line = agencies.line_of(actor.agency)
    own = line[-1] if line else None
    below = agencies.agencies_below(actor.agency, MOST_BELOW + 1)
    library = catalogue.current_library()
    hand = in_hand_by_service(actor, timezone.localdate())
    services = {one.name: one for one in handled_services(library, actor, own)}
    services |= {name: library.services[name] for name in hand if name in library.services}
    values = {
        "name": agency_name(own, actor.agency, spoken),
        "levels": _levels(line, spoken),
        "services": [_service(one, hand, spoken) for one in services.values()],
        "counted": MOST_URGENT if hand[""].more else 0,
        "below": [agency_name(row, row.code, spoken) for row in below[:MOST_BELOW]],
        "more": len(below) > MOST_BELOW,
    }
    return page(request, "agency.html", values, here="agency", agency=own)


@access(needs(Power.HANDLE))
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What the official did today, the latest first."""
    actor = the_official(request)
    midnight = datetime.combine(timezone.localdate(), time.min, timezone.get_current_timezone())
    found = handled_since(actor, midnight, MOST_TODAY)
    lines = [_line(row, language(request)) for row in found]
    values = {"lines": lines, "cases": len({line.case for line in lines})}
    return page(request, "today.html", values, here="today")


def _line(row: HandledRow, language: str) -> TodayLine:
    service = catalogue.library(row.version).services[row.service]
    return TodayLine(
        row.at, act_words(row.act), row.case, row.number, service.title.say(language), case_state(row.state)
    )


def _service(service: Service, hand: dict[str, ServiceInHand], language: str) -> ServiceLine:
    none = ServiceInHand(service.name, 0, 0, 0, 0, 0)
    return ServiceLine(
        service.name, service.title.say(language), service.limits.promised, hand.get(service.name, none)
    )


def _levels(line: list[AgencyRow], language: str) -> list[LevelStep]:
    titles = {
        Level.PROVINCE: _("省"),
        Level.CITY: _("市"),
        Level.COUNTY: _("县（市、区）"),
        Level.TOWNSHIP: _("乡镇（街道）"),
        Level.VILLAGE: _("村（社区）"),
        Level.GRID: _("网格"),
    }
    at = {row.level: row for row in line}
    own = line[-1].level if line else ""
    return [
        LevelStep(title, agency_name(at[level], "", language) if level in at else "", level == own)
        for level, title in titles.items()
    ]
