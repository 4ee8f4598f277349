"""What the inbox shows: its rows in words, its filters, and the address of the next page."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from heapq import merge
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from qipan.agencies.queries import AgencyRow
from qipan.applications import queries
from qipan.applications.rows import InboxCounts, InboxRow
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library, Service
from qipan.core.lifecycle import CaseState
from qipan.faces.desk.clocks import Clock, clock_of
from qipan.faces.desk.state_words import case_state
from qipan.faces.look.state_words import Said
from qipan.people.actors import Actor

SHOWN = 40
LONGEST_SEARCH = 40
_S = CaseState
_STATES: Mapping[str, tuple[str, ...]] = {
    "": ("",),
    "to_accept": (_S.SUBMITTED,),
    "to_decide": (_S.ACCEPTED, _S.REVIEWING),
    "to_deliver": (_S.GRANTED,),
    "awaiting_correction": (_S.RETURNED,),
    "stuck": ("stuck",),
}
Place = tuple[date, UUID]


class Wanted(NamedTuple):
    """What of the inbox is asked for, as the address says it; what makes no sense there is as if it was not."""

    show: str = ""
    service: str = ""
    search: str = ""
    after: Place | None = None

    def address(self, show: str | None = None, after: Place | None = None) -> str:
        """The address of the same from its first page on, or from after a place; another choice drops the search."""
        said = {
            "show": self.show if show is None else show,
            "service": self.service,
            "q": self.search if show is None else "",
            "after": f"{after[0]}_{after[1]}" if after else "",
        }
        return "?" + urlencode({name: value for name, value in said.items() if value})


class Tally(NamedTuple):
    """A count, and the address of what it counts; tones as of badges."""

    title: str
    number: str
    href: str
    current: bool
    tone: str = ""


class Line(NamedTuple):
    """One case of the list."""

    id: UUID
    number: str
    title: str
    event: str
    applicant: str
    state: Said
    clock: Clock
    mine: bool
    corrected: bool
    state_name: str


class Listing(NamedTuple):
    """One page of the inbox; `older` is the address of the next."""

    lines: tuple[Line, ...]
    older: str


def wanted_in(address: Mapping[str, str], handled: Collection[str]) -> Wanted:
    """Read what an address asks for."""
    show, service = address.get("show", ""), address.get("service", "")
    return Wanted(
        show if show in _STATES else "",
        service if service in handled else "",
        address.get("q", "").strip()[:LONGEST_SEARCH],
        _place(address.get("after", "")),
    )


def listing(actor: Actor, wanted: Wanted, language: str, today: date, shown: int = SHOWN) -> Listing:
    """One page of what is in an official's hands, by deadline."""
    reader = replace(actor, services=(wanted.service,)) if wanted.service else actor
    pages = [
        queries.inbox(reader, state, wanted.search, wanted.after, shown + 1) for state in _STATES[wanted.show]
    ]
    rows = list(islice(merge(*pages, key=lambda row: (row.due_on, row.id)), shown + 1))
    more = len(rows) > shown and not wanted.search
    last = rows[:shown][-1:]
    older = wanted.address(after=(last[0].due_on, last[0].id)) if more else ""
    return Listing(tuple(_line(row, language, today) for row in rows[:shown]), older)


def tallies(counts: InboxCounts, wanted: Wanted) -> list[Tally]:
    """The counts above the list; those that warn stand there only when there is something to warn of."""
    named = [
        ("to_accept", _("待受理"), counts.to_accept, ""),
        ("to_decide", _("待决定"), counts.to_decide, ""),
        ("to_deliver", _("待送达"), counts.to_deliver, ""),
        ("awaiting_correction", _("等补正"), counts.awaiting_correction, ""),
        ("stuck", _("查不到数据"), counts.stuck, "warn"),
    ]
    whole = sum(count for show, _title, count, _tone in named if show != "stuck")
    kept = [one for one in named if not one[3] or one[2] or one[0] == wanted.show]
    return [
        Tally(title, said_count(count), wanted.address(show), show == wanted.show, tone)
        for show, title, count, tone in [("", _("全部在办"), whole, ""), *kept]
    ]


def said_count(count: int) -> str:
    """A count as far as anybody counts."""
    return f"{queries.CAP}+" if count > queries.CAP else str(count)


def _line(row: InboxRow, language: str, today: date) -> Line:
    """One row in words."""
    library = catalogue.library(row.version)
    return Line(
        row.id,
        row.number,
        library.services[row.service].title.say(language),
        library.events[row.event].title.say(language),
        row.applicant,
        case_state(row.state),
        clock_of(row.state, row.due_on, today),
        row.mine,
        row.corrected,
        row.state,
    )


def handled_services(library: Library, actor: Actor, agency: AgencyRow | None) -> tuple[Service, ...]:
    """The services that an official handles: those named for them, else all of an agency of its kind and level."""
    every = library.services.values()
    if actor.services or agency is None:
        return tuple(service for service in every if service.name in actor.services)
    return tuple(
        service for service in every if (service.agency, service.level) == (agency.kind, agency.level)
    )


def _place(text: str) -> Place | None:
    day, _underscore, case = text.partition("_")
    try:
        return date.fromisoformat(day), UUID(case)
    except ValueError:
        return None
