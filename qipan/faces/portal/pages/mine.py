"""What is one's own: drafts and applications, and who used one's data."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from qipan.applications import queries
from qipan.applications.queries.persons import FOREVER
from qipan.applications.rows import Discarded
from qipan.catalogue import queries as catalogue
from qipan.faces.look.access import access, in_own_right, signed_in_person
from qipan.faces.look.actors import the_acting
from qipan.faces.portal.list_views import application_lines, discarded_line, draft_lines
from qipan.faces.portal.pages.receipts import teller
from qipan.faces.portal.pages.shell import language, page
from qipan.faces.portal.use_views import Uses, by_day, tallies, untold_lines, use_lines
from qipan.sharing import queries as sharing
from qipan.watch import queries as watch

LINES = 20
USES = 40  # of each kind
DISCARDED = "discarded"  # in the address: the draft that was just thrown away


@access(signed_in_person)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Drafts, and applications with their state, newest first."""
    person, before = the_acting(request).applicant, _before(request)
    gone = _discarded(request, person)
    found = queries.applications_of(person, before, LINES + 1)
    shown = found[:LINES]
    values = {
        "drafts": draft_lines(queries.drafts_of(person), language(request)) if before is None else (),
        "applications": application_lines(shown, language(request)),
        "discarded": discarded_line(gone, language(request)) if gone else None,
        "first": before is None,
        "older": _older("portal:mine", shown[-1].submitted_at) if len(found) > LINES else None,
    }
    return page(request, "mine.html", values, here="mine")


@access(in_own_right)
@require_safe
def data_uses(request: HttpRequest) -> HttpResponse:
    """Each look-up, each hand-over and each reading of one's data, here and at other nodes: who, what, when, why."""
    before, person = _before(request), the_acting(request).applicant
    library = catalogue.current_library()
    found = queries.data_uses(person, before, USES + 1)
    about = sharing.uses_about(person, before or FOREVER, catalogue.untold_days_in(library), USES + 1)
    told = watch.told_to(teller(person, library), before or FOREVER, USES + 1)
    last = max([one[USES - 1].at for one in (found, about, told) if len(one) > USES], default=None)
    lines = use_lines(Uses(found, about, told).since(last), library, language(request))
    values = {
        "days": by_day(lines),
        "tallies": tallies(lines),
        "count": len(lines),
        "untold": untold_lines(library, language(request)),
        "first": before is None,
        "older": _older("portal:data-uses", last) if last else None,
    }
    return page(request, "data_uses.html", values, here="data")


def _discarded(request: HttpRequest, person: int) -> Discarded | None:
    try:
        named = UUID(request.GET.get(DISCARDED, ""))
    except ValueError:
        return None
    return queries.discarded_draft(named, person)


def _before(request: HttpRequest) -> datetime | None:
    try:
        before = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return before if before and before.tzinfo else None


def _older(route: str, at: datetime) -> str:
    return f"{reverse(route)}?{urlencode({'before': at.isoformat()})}"
