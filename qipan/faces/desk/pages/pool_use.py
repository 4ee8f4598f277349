"""Who gave and who used; corrections and recalls of what was shared, and who has not acknowledged them."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qipan.catalogue import queries as catalogue
from qipan.core.posts import Power
from qipan.core.share_notices import LONGEST_MESSAGE
from qipan.core.sharing import Role
from qipan.faces.desk.pages.pool import the_index
from qipan.faces.desk.pages.shell import language, page
from qipan.faces.desk.pool import use_views as views
from qipan.faces.desk.pool.catalogue_views import field_of
from qipan.faces.desk.pool.words import problem_said
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import the_official
from qipan.faces.look.context import stand_on
from qipan.faces.look.kept import typed_before
from qipan.people.actors import Acting, Actor
from qipan.sharing import operations, queries
from qipan.sharing.errors import NotTheirs, UnableToRequest, Unreasoned
from qipan.sharing.holding import holder_of

WATCHING = {Role.AUDITOR, Role.COORDINATOR}


@access(needs(*Power))
@require_safe
def use(request: HttpRequest) -> HttpResponse:
    """How often what was used by whom; one's own agency's giving or getting, or everything for those who watch."""
    actor, library, spoken = the_official(request), catalogue.current_library(), language(request)
    sides = _sides(actor)
    side = request.GET.get("side", "")
    side = side if side in sides else next(iter(sides))
    days = _days(request.GET.get("days", ""))
    until = timezone.localdate()
    since = until - timedelta(days=days - 1)
    resource = request.GET.get("resource", "")
    resource = resource if resource in library.resources else ""
    mine = _theirs(actor)
    found = queries.used(since, until, resource=resource, side=side, agencies=mine)
    daily = queries.used_daily(since, until, resource=resource, side=side, agencies=mine)
    values = {
        "sides": [(key, title, _address(key, days, resource), key == side) for key, title in sides.items()],
        "periods": [(each, _address(side, each, resource), each == days) for each in views.DAYS],
        "chart": views.chart(daily, since, until),
        "lines": views.used_lines(found, library, spoken),
        "resource": library.resources[resource].title.say(spoken) if resource else "",
        "all_of_them": _address(side, days, ""),
    }
    return page(request, "pool/use.html", values, here="pool")


@access(needs(*Power))
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Corrections and recalls that one's agency gave or got."""
    return _notices(request)


@access(needs(Power.REQUESTER, Power.APPROVER))
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, notice: UUID) -> HttpResponse:
    """Say what was done about a notice; whoever comes without saying it, as after signing in, is led to the notices."""
    if request.method != "POST":
        return redirect("desk:pool-notices")
    stand_on(request, reverse("desk:pool-notices"))
    answer = request.POST.get("answer", "").strip()[:LONGEST_MESSAGE]
    try:
        with transaction.atomic():
            operations.acknowledge_notice(
                acting=Acting(the_official(request)), notice=notice, answer=answer, at=timezone.now()
            )
    except NotTheirs as error:
        raise Http404 from error
    except Unreasoned:
        return _notices(request, wrong=notice, status=422)
    messages.success(request, _("已确认。"))
    return redirect("desk:pool-notices")


@access(needs(Power.APPROVER))
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, resource: str) -> HttpResponse:
    """Correct or recall what was shared of a resource of one's agency."""
    index = the_index(resource)
    actor = the_official(request)
    holder = holder_of(index.library.resources[resource], actor.agency, settings.QIPAN_NODE)
    if (holder.node, holder.agency) != ("", actor.agency):
        raise PermissionDenied
    if request.method != "POST":
        return _form(request, resource, {})
    typed = request.POST
    try:
        with transaction.atomic():
            operations.issue_notice(
                acting=Acting(actor),
                kind=typed.get("kind", ""),
                resource=resource,
                record=typed.get("record", "").strip(),
                fields=typed.getlist("field"),
                message=typed.get("message", "").strip()[:LONGEST_MESSAGE],
                at=timezone.now(),
            )
    except UnableToRequest as error:
        return _form(
            request, resource, {part: problem_said(part, problem) for part, problem in error.problems.items()}
        )
    except Unreasoned:
        return _form(request, resource, {"message": _("请写明错在哪里、要对方怎么做。")})
    messages.success(request, _("已通知每一个接收方，等他们确认。"))
    return redirect("desk:pool-notices")


def _notices(request: HttpRequest, wrong: UUID | None = None, status: int = 200) -> HttpResponse:
    actor = the_official(request)
    found = queries.notices(actor)
    values = {
        "lines": views.notice_lines(
            found, catalogue.current_library(), actor, timezone.localdate(), language(request)
        ),
        "wrong": wrong,
        "role": actor.role,
    }
    return page(request, "pool/notices.html", values, here="pool", status=status)


def _form(request: HttpRequest, resource: str, wrong: Mapping[str, str]) -> HttpResponse:
    library, spoken = catalogue.current_library(), language(request)
    declared = library.resources[resource]
    typed = typed_before(request)
    chosen = typed.getlist("field")
    values = {
        "name": resource,
        "title": declared.title.say(spoken),
        "fields": [
            field_of(library, declared, field, spoken, chosen=str(field) in chosen)
            for field in declared.gives
        ],
        "typed": {name: typed.get(name, "") for name in ("kind", "record", "message")},
        "wrong": {part: wrong.get(part, "") for part in ("kind", "record", "fields", "message")},
        "errors": [(f"f-{part}", said) for part, said in wrong.items()],
    }
    return page(request, "pool/tell.html", values, here="pool", status=422 if wrong else 200)


def _theirs(actor: Actor) -> tuple[str, ...]:
    """Under which names an agency's use is measured; what all of a kind used together is for the highest of them alone."""
    kind = actor.agency.partition(".")[2]
    return (actor.agency, kind) if queries.stands_for_its_kind(actor.agency) else (actor.agency,)


def _sides(actor: Actor) -> dict[str, str]:
    """Which sides of use can be looked at, first the one that is the reader's business."""
    got, gave = {"got": _("本部门用了")}, {"gave": _("本部门提供了")}
    own = gave | got if actor.role == Role.APPROVER else got | gave
    return {"": _("全部"), **own} if actor.role in WATCHING else own


def _days(said: str) -> int:
    return next((days for days in views.DAYS if str(days) == said), views.DAYS[1])


def _address(side: str, days: int, resource: str) -> str:
    more = f"&resource={resource}" if resource else ""
    return f"?side={side}&days={days}{more}"
