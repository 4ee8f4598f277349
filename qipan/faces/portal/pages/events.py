"""Home with its search, and the page of a life event."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qipan.applications import queries as applications
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library
from qipan.faces.look.access import access, anyone
from qipan.faces.look.actors import acting_of
from qipan.faces.look.controls import answers_in
from qipan.faces.portal.catalogue_words import picture
from qipan.faces.portal.estimates import event_page, last_day
from qipan.faces.portal.list_views import Unfinished, unfinished
from qipan.faces.portal.pages.shell import language, page
from qipan.faces.portal.search import LONGEST_QUERY, search

UNFINISHED = 3  # of each kind, on the home page


class EventCard(NamedTuple):
    """A life event among others; `spared` counts the fields saved, `fitting` names the services that a search found it by."""

    name: str
    title: str
    abstract: str
    icon: str
    subject: str
    services: int
    questions: int
    days: int
    spared: int
    fitting: tuple[str, ...] = ()


@access(anyone)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search first, then everything there is, then what one began."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    version = catalogue.current_version()
    cards = {
        card.name: card
        for card in _open_to(request, _cards(version, language(request), timezone.localdate()))
    }
    found = _found(catalogue.library(version), query, cards, language(request))
    begun = _unfinished(request) if not query else ()
    values = {"query": query, "found": found, "groups": _groups(cards.values()), "unfinished": begun}
    if request.headers.get("HX-Target") == "found":
        return page(request, "_found.html", {**values, "fragment": True})
    return page(request, "home.html", {**values, "fragment": False}, here="home")


@access(anyone)
@require_safe
def event(request: HttpRequest, event: str) -> HttpResponse:
    """What a life event bundles, saves and asks; answers in the address make the estimate one's own."""
    today = timezone.localdate()
    form = applications.event_view(event, language(request), today, answers_in(request.GET))
    if form is None:
        raise Http404
    library = catalogue.library(form.version)
    acting = acting_of(request)
    barred = acting is not None and not acting.covers(event, library.events[event].subject)
    values = {"event": event_page(form, library, language(request), today), "barred": barred}
    if request.headers.get("HX-Target") == "estimate":
        return page(request, "_estimate.html", values)
    return page(request, "event.html", values, here="home")


def _open_to(request: HttpRequest, cards: Iterable[EventCard]) -> list[EventCard]:
    """Leave out what whoever acts for another cannot do for them."""
    acting = acting_of(request)
    return [card for card in cards if acting is None or acting.covers(card.name, card.subject)]


def _unfinished(request: HttpRequest) -> tuple[Unfinished, ...]:
    acting = acting_of(request)
    if acting is None:
        return ()
    drafts = applications.drafts_of(acting.applicant, UNFINISHED)
    running = applications.applications_of(acting.applicant, None, UNFINISHED)
    return unfinished(drafts, running, language(request))


@lru_cache(maxsize=16)
def _cards(version: int, language: str, today: date) -> tuple[EventCard, ...]:
    """Every life event of a published library, with its estimate for the usual case, which is the same all day.

    What saves people most comes first.
    """
    library = catalogue.library(version)
    cards = (_card(library, name, language, today) for name in library.events)
    return tuple(sorted((card for card in cards if card), key=lambda card: (-card.spared, card.name)))


def _card(library: Library, name: str, language: str, today: date) -> EventCard | None:
    event, form = library.events[name], applications.event_view(name, language, today)
    if form is None:
        return None
    return EventCard(
        name=name,
        title=form.title,
        abstract=event.abstract.say(language) if event.abstract else "",
        icon=picture(event),
        subject=event.subject,
        services=len(form.plan.services),
        questions=form.savings["fields"].after,
        days=last_day(form.plan),
        spared=form.savings["fields"].before - form.savings["fields"].after,
    )


def _found(library: Library, query: str, cards: dict[str, EventCard], language: str) -> list[EventCard]:
    def titles(services: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(library.services[name].title.say(language) for name in services)

    return [
        cards[one.event]._replace(fitting=titles(one.services))
        for one in search(library, query)
        if one.event in cards
    ]


def _groups(cards: Iterable[EventCard]) -> list[tuple[str, str, list[EventCard]]]:
    listed = list(cards)
    groups = [
        (_("个人的一件事"), "person", [card for card in listed if card.subject != "enterprise"]),
        (_("企业的一件事"), "enterprise", [card for card in listed if card.subject == "enterprise"]),
    ]
    return [group for group in groups if group[2]]
