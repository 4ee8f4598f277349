"""The inbox, by deadline, and what is done to several cases at once."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from qipan.agencies import queries as agencies
from qipan.applications import operations, queries
from qipan.applications.operations import BatchResult
from qipan.applications.queries.desks import ChosenCase, chosen_cases
from qipan.catalogue import queries as catalogue
from qipan.core.posts import Power
from qipan.faces.desk.inbox_views import handled_services, listing, tallies, wanted_in
from qipan.faces.desk.pages.shell import language, page
from qipan.faces.desk.refusals import refusal
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import the_official
from qipan.faces.look.preferences import safe_next
from qipan.people.actors import Acting, Actor

MOST_AT_ONCE = 100


@access(needs(Power.HANDLE))
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What is to do, the most urgent first."""
    actor, today = the_official(request), timezone.localdate()
    agency = agencies.agency(actor.agency)
    library = catalogue.current_library()
    services = {
        one.name: one.title.say(language(request)) for one in handled_services(library, actor, agency)
    }
    wanted = wanted_in(request.GET.dict(), services)
    values = {
        "wanted": wanted,
        "listing": listing(actor, wanted, language(request), today),
        "counts": (counts := queries.inbox_counts(actor, today)),
        "tallies": tallies(counts, wanted),
        "services": services,
    }
    return page(request, "inbox.html", values, here="inbox", agency=agency)


@access(needs(Power.HANDLE))
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """Accept several cases, or grant them after one more look; what is not safe to do at once is left as it is.

    Whoever comes without choosing any, as by a change of language, is led to the list.
    """
    if request.method != "POST":
        return redirect("desk:inbox")
    actor = the_official(request)
    chosen = chosen_cases(actor, _cases(request))
    back = safe_next(request, reverse("desk:inbox"))
    if not chosen:
        messages.warning(request, _("请先勾选要办的件。"))
        return redirect(back)
    if request.POST.get("act") == "grant":
        return _review(request, chosen, back)
    act = _grant if request.POST.get("act") == "grant-reviewed" else _accept
    act(request, actor, chosen)
    return redirect(back)


def _review(request: HttpRequest, chosen: Sequence[ChosenCase], back: str) -> HttpResponse:
    services = {one.service: one.version for one in chosen}
    terms = [catalogue.library(version).services[name] for name, version in services.items()]
    titles = {service.name: service.title.say(language(request)) for service in terms}
    conditions = [
        (titles[service.name], [each.say(language(request)) for each in service.conditions])
        for service in terms
    ]
    values = {"chosen": chosen, "titles": titles, "conditions": conditions, "back": back}
    return page(request, "batch.html", values, here="inbox")


def _grant(request: HttpRequest, actor: Actor, chosen: Sequence[ChosenCase]) -> None:
    with transaction.atomic():
        results = operations.grant_cases(
            acting=Acting(actor), cases=[one.id for one in chosen], at=timezone.now()
        )
    done = sum(one.problem is None for one in results)
    if done:
        said = ngettext("批准了 %(num)s 件。", "批准了 %(num)s 件。", done) % {"num": done}
        messages.success(request, said)
    _tell_what_is_left(request, chosen, results)


def _accept(request: HttpRequest, actor: Actor, chosen: Sequence[ChosenCase]) -> None:
    with transaction.atomic():
        results = operations.accept_cases(
            acting=Acting(actor), cases=[one.id for one in chosen], at=timezone.now()
        )
    done = sum(one.problem is None for one in results)
    if done:
        said = ngettext("受理了 %(num)s 件。", "受理了 %(num)s 件。", done) % {"num": done}
        messages.success(request, said)
    _tell_what_is_left(request, chosen, results)


def _tell_what_is_left(
    request: HttpRequest, chosen: Sequence[ChosenCase], results: Sequence[BatchResult]
) -> None:
    numbers = {one.id: one.number for one in chosen}
    for why, cases in _left(results, numbers).items():
        messages.warning(
            request, _("没有办：%(cases)s。%(why)s") % {"cases": _("、").join(cases), "why": why}
        )


def _left(results: Sequence[BatchResult], numbers: dict[UUID, str]) -> dict[str, list[str]]:
    left: dict[str, list[str]] = {}
    for one in results:
        if one.problem is not None:
            left.setdefault(refusal(one.problem, batch=True), []).append(numbers[one.case])
    return left


def _cases(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("case")[:MOST_AT_ONCE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
