"""Home with its search, and the page of a life event."""

from collections.abc import Iterable
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
from qipan.faces.look.actors import person_of
from qipan.faces.portal.catalogue_words import picture
from qipan.faces.portal.estimates import event_page, last_day
from qipan.faces.portal.pages.shell import language, page
from qipan.faces.portal.search import LONGEST_QUERY, search
from qipan.faces.portal.unfinished import unfinished_of


class EventCard(NamedTuple):
    """A life event among others; `fitting` names the services that a search found it by."""

    name: str
    title: str
    abstract: str
    icon: str
    subject: str
    services: int
    questions: int
    days: int
    fitting: tuple[str, ...] = ()


@access(anyone)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search first, then everything there is, then what one began."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    version = catalogue.current_version()
    cards = {card.name: card for card in _cards(version, language(request))}
    found = _found(catalogue.library(version), query, cards, language(request))
    reader = person_of(request)
    begun = unfinished_of(reader.id, language(request)) if reader and not query else ()
    values = {"query": query, "found": found, "groups": _groups(cards.values()), "unfinished": begun}
    if request.headers.get("HX-Target") == "found":
        return page(request, "_found.html", values)
    return page(request, "home.html", values, here="home")


@access(anyone)
@require_safe
def event(request: HttpRequest, event: str) -> HttpResponse:
    """What a life event bundles, saves and asks; answers in the address make the estimate one's own."""
    library = catalogue.current_library()
    if event not in library.events:
        raise Http404
    form = applications.event_view(event, request.GET.dict(), language(request))
    values = {"event": event_page(form, library, language(request), timezone.localdate())}
    if request.headers.get("HX-Target") == "estimate":
        return page(request, "_estimate.html", values)
    return page(request, "event.html", values, here="home")


@lru_cache(maxsize=16)
def _cards(version: int, language: str) -> tuple[EventCard, ...]:
    """Every life event of a published library, with its estimate for the usual case; both never change."""
    library = catalogue.library(version)
    return tuple(_card(library, name, language) for name in library.events)


def _card(library: Library, name: str, language: str) -> EventCard:
    event = library.events[name]
    form = applications.event_view(name, {}, language)
    return EventCard(
        name=name,
        title=form.title,
        abstract=event.abstract.say(language) if event.abstract else "",
        icon=picture(name, event.subject),
        subject=event.subject,
        services=len(form.plan.services),
        questions=form.savings["fields"].after,
        days=last_day(form.plan),
    )


def _found(library: Library, query: str, cards: dict[str, EventCard], language: str) -> list[EventCard]:
    def titles(services: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(library.services[name].title.say(language) for name in services)

    return [cards[one.event]._replace(fitting=titles(one.services)) for one in search(library, query)]


def _groups(cards: Iterable[EventCard]) -> list[tuple[str, str, list[EventCard]]]:
    listed = list(cards)
    groups = [
        (_("个人的一件事"), "person", [card for card in listed if card.subject != "enterprise"]),
        (_("企业的一件事"), "enterprise", [card for card in listed if card.subject == "enterprise"]),
    ]
    return [group for group in groups if group[2]]
