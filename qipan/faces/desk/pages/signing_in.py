"""Signing in and out: by an account of one's own with a second factor; in a demonstration, by choosing a synthetic official."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from qipan.applications.queries import desks as seated
from qipan.applications.queries.desks import DeskRow
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library
from qipan.core.posts import Power, factor_holds
from qipan.faces.desk.pages.shell import home_of, language, page
from qipan.faces.look.access import access, anyone
from qipan.faces.look.actors import OFFICIAL, SEAT, account_of, official_of, the_official
from qipan.faces.look.actors import sign_in as begin_session
from qipan.faces.look.actors import sign_out as end_session
from qipan.faces.look.kept import forget
from qipan.faces.look.limits import SEARCH, SIGN_IN, spend
from qipan.faces.look.posts import post_said
from qipan.faces.look.preferences import safe_next
from qipan.people import queries as people
from qipan.people.actors import Actor

SHOWN = 40
MOST_SERVICES = 3
NUMBER = re.compile(r"[0-9]{1,18}")


class SampleOfficial(NamedTuple):
    """A synthetic official to choose."""

    value: str
    name: str
    post: str
    clerk: bool


class SampleDesk(NamedTuple):
    """An agency with its officials, what it handles, and how many cases it has in hand."""

    agency: str
    services: str
    waiting: int
    officials: tuple[SampleOfficial, ...]


@access(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Choose a synthetic official, and go on to where one was going."""
    if request.method == "POST":
        return _choose(request)
    if official_of(request) is not None and safe_next(request, ""):
        return redirect(_next(request, the_official(request)))  # they showed their second factor meanwhile
    query = request.GET.get("q", "").strip()[:40]
    if query:
        spend(request, SEARCH)
    library = catalogue.current_library()
    found = seated.desks(query, _kinds(library, query), SHOWN + 1, timezone.now())
    values = {
        "desks": _desks(found[:SHOWN], library, language(request)),
        "query": query,
        "next": safe_next(request, ""),
        "step": _step(request),
        "back": safe_next(request, reverse("desk:sign-in")),
        "more": len(found) > SHOWN,
        "shown": SHOWN,
        "most": seated.MOST_COUNTED,
    }
    return page(request, "sign_in.html", values)


@access(anyone)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave the desk."""
    end_session(request)
    response = redirect("desk:sign-in")
    forget(request, response)
    return response


def _choose(request: HttpRequest) -> HttpResponse:
    spend(request, SIGN_IN)
    number, _, post = request.POST.get("official", "").partition("/")
    seats = people.seats_of(int(number), timezone.now()) if NUMBER.fullmatch(number) else []
    actor = people.actor_in(seats, post)
    if actor is None or not seats[0].held.sample:
        raise Http404
    begin_session(request, OFFICIAL, actor.id)
    if post:
        request.session[SEAT] = post
    return redirect(_next(request, actor))


def _step(request: HttpRequest) -> str:
    """What an official with an account of their own does next: `enter`, `name`, `show` the second factor, or `none` without a post."""
    account = account_of(request)
    if account is None:
        return "enter"
    if account.person is None:
        return "name"
    if not factor_holds(account.second_factor_at, timezone.now()):
        return "show"
    return "in" if official_of(request) else "none"


def _next(request: HttpRequest, actor: Actor) -> str:
    """Where one was going; whoever was going nowhere, to where their own work begins."""
    target = safe_next(request, "")
    return target if target and target != reverse("desk:inbox") else reverse(home_of(actor))


def _kinds(library: Library, query: str) -> list[str]:
    """The kinds of agency that handle a service of which the search speaks."""
    if not query:
        return []
    lower = query.lower()
    return sorted(
        {
            service.agency
            for service in library.services.values()
            if lower in service.title.zh or lower in service.title.en.lower()
        }
    )


def _desks(rows: Sequence[DeskRow], library: Library, language: str) -> list[SampleDesk]:
    return [
        _desk(list(group), library, language) for _code, group in groupby(rows, key=lambda row: row.agency)
    ]


def _desk(rows: list[DeskRow], library: Library, language: str) -> SampleDesk:
    first = rows[0]
    titles = [
        service.title.say(language)
        for service in library.services.values()
        if (service.agency, service.level) == (first.kind, first.level)
    ]
    separator = "、" if language.startswith("zh") else ", "
    more = " …" if len(titles) > MOST_SERVICES else ""
    name = first.agency_zh if language.startswith("zh") else first.agency_en or first.agency_zh
    return SampleDesk(
        name or first.agency,
        separator.join(titles[:MOST_SERVICES]) + more,
        first.waiting,
        tuple(_officials(rows)),
    )


def _officials(rows: Sequence[DeskRow]) -> Iterator[SampleOfficial]:
    """Whoever holds several posts is chosen in each; the first is theirs without being named."""
    known: set[int] = set()
    for row in rows:
        value = f"{row.id}/{row.number}" if row.id in known else f"{row.id}"
        known.add(row.id)
        yield SampleOfficial(value, row.name, post_said(row.post), Power.SERVE in row.powers)
