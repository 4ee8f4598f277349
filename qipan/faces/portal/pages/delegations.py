"""Acting for others: for whom one acts now, what one was given, what one gave, and the enterprise that one leads."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.catalogue import queries as catalogue
from qipan.core.mandates import Kind, permits
from qipan.faces.look.access import a_person, access, in_own_right
from qipan.faces.look.actors import act_under, acting_of, mandate_of, person_of, the_acting
from qipan.faces.look.kept import typed_before
from qipan.faces.look.limits import SIGN_IN, spend
from qipan.faces.portal.mandate_views import GivePage, chosen_for, give_page, overview, with_trouble
from qipan.faces.portal.mandate_words import refused, why_closed
from qipan.faces.portal.pages.shell import language, page
from qipan.mandates import enterprises, operations, queries
from qipan.mandates.errors import NotTheirMandate, RegisterSilent, UnableToMandate, UnableToRepresent
from qipan.people import queries as people
from qipan.people.actors import Acting, Actor

LONGEST = 60  # characters of a name or a number
MOST_EVENTS = 200
TYPED = ("agent_name", "agent_number", "ends_on")


@access(a_person)
@require_safe
def delegations(request: HttpRequest) -> HttpResponse:
    """For whom one acts, and what was given and taken."""
    acting, today, served = acting_of(request), timezone.localdate(), _serves(request)
    agent = _self(request).applicant
    given = queries.given_by(acting.applicant) if acting and acting.in_own_right else None
    shown = overview(
        queries.held_by(agent, today), given, catalogue.current_library(), language(request), today
    )
    now = mandate_of(request)
    values = {
        "shown": shown,
        "choices": chosen_for(shown.held, now.id if now else None) if not served else (),
        "enterprise": now.principal_name if now and now.principal_kind == "organization" else "",
        "closed": why_closed(request.GET.get("why", "")),
        "served": served,
        "over": acting is None,
    }
    return page(request, "delegations.html", values, here="delegations")


@access(a_person)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Act for oneself, or under a mandate in force, from here on."""
    person, chosen = _alone(request), request.POST.get("mandate", "")
    if not chosen:
        act_under(request, None)
        messages.success(request, _("现在为自己办。"))
        return redirect("portal:home")
    found = queries.mandate_of(_number(chosen), person.id)
    if found is None or not permits(found.mandate, person.id, timezone.localdate()):
        messages.error(request, _("这份委托已经结束或到期，还是为自己办。"))
        act_under(request, None)
        return redirect("portal:delegations")
    with transaction.atomic():
        operations.use_mandate(acting=Acting(person), mandate=found.id, at=timezone.now())
    act_under(request, found.id)
    messages.success(request, _("现在为%(name)s办。") % {"name": found.principal_name})
    return redirect("portal:home")


@access(in_own_right)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Give somebody a mandate; they accept it before it counts."""
    sent = request.method == "POST"
    source = request.POST if sent else typed_before(request)
    typed = {name: source.get(name, "")[:LONGEST] for name in TYPED if name in source}
    chosen = [str(one) for one in (source.getlist("event") or request.GET.getlist("event"))[:MOST_EVENTS]]
    if not sent:
        return _give_page(request, _form(request, typed, chosen))
    spend(request, SIGN_IN)
    try:
        with transaction.atomic():
            operations.give_mandate(
                acting=the_acting(request),
                agent_name=typed.get("agent_name", ""),
                agent_number=typed.get("agent_number", ""),
                events=chosen,
                ends_on=_day(typed.get("ends_on", "")),
                at=timezone.now(),
            )
    except UnableToMandate as error:
        shown = with_trouble(_form(request, typed, chosen), *refused(error))
        return _give_page(request, shown, status=422)
    messages.success(request, _("委托发出去了。对方登录以后接受，就能替您办。"))
    return redirect("portal:delegations")


@access(a_person)
@require_POST
def accept(request: HttpRequest, mandate: int) -> HttpResponse:
    """Take on what was offered."""
    done = _("接受了。在上面选对方的名字，就可以替他办。")
    return _done(
        request, done, lambda at: operations.accept_mandate(acting=_self(request), mandate=mandate, at=at)
    )


@access(a_person)
@require_POST
def leave(request: HttpRequest, mandate: int) -> HttpResponse:
    """Lay a mandate down, or decline it."""
    done = _("这份委托结束了。")
    return _done(
        request, done, lambda at: operations.end_mandate(acting=_self(request), mandate=mandate, at=at)
    )


@access(in_own_right)
@require_POST
def withdraw(request: HttpRequest, mandate: int) -> HttpResponse:
    """Take a mandate back; it permits nothing from now on."""
    acting, done = the_acting(request), _("委托收回了，对方从现在起不能再替您办。")
    return _done(request, done, lambda at: operations.end_mandate(acting=acting, mandate=mandate, at=at))


@access(a_person)
@require_http_methods(["GET", "HEAD", "POST"])
def enterprise(request: HttpRequest) -> HttpResponse:
    """Have the register of enterprises asked which one the person leads, and act for it."""
    person, trouble = _alone(request), ""
    if request.method == "POST":
        spend(request, SIGN_IN)
        trouble = _represent(request, Acting(person))
        if not trouble:
            return redirect("portal:home")
    values = {"trouble": trouble}
    return page(request, "my_enterprise.html", values, here="delegations", status=422 if trouble else 200)


def _represent(request: HttpRequest, acting: Acting) -> str:
    """Say what stands in the way; empty where nothing does, and the session acts for the enterprise."""
    row, at = people.person(acting.applicant), timezone.now()
    found = enterprises.led_by(
        library=catalogue.current_library(), id_number=row.id_number if row else "", on=timezone.localdate(at)
    )
    with transaction.atomic():
        operations.record_look_up(acting=acting, found=found, at=at)
    try:
        with transaction.atomic():
            number = operations.represent_enterprise(acting=acting, found=found, at=at)
    except RegisterSilent:
        return _("市场主体登记现在查不通，请过一会儿再试。")
    except UnableToRepresent:
        if found.outcome == "not-in-operation":
            return _("登记显示“%(name)s”不在存续状态，不能代它办事。") % {"name": found.name}
        return _("市场主体登记里，您现在不是哪家企业的法定代表人。办事人请企业的法定代表人委托您。")
    act_under(request, number)
    messages.success(request, _("核对好了，现在为%(name)s办。") % {"name": found.name})
    return ""


def _self(request: HttpRequest) -> Acting:
    """Whoever is signed in, for themselves whatever they act for now; or the clerk who serves somebody."""
    person = person_of(request)
    return the_acting(request) if person is None or _serves(request) else Acting(person)


def _serves(request: HttpRequest) -> bool:
    """Whether a clerk is here, who serves somebody present."""
    acting = acting_of(request)
    return acting is not None and acting.actor.kind == "official"


def _alone(request: HttpRequest) -> Actor:
    """The person who is signed in, where they are here for themselves or under a mandate and serve nobody."""
    person = person_of(request)
    if person is None or _serves(request):
        raise PermissionDenied
    return person


def _done(request: HttpRequest, words: str, do: Callable[..., None]) -> HttpResponse:
    try:
        with transaction.atomic():
            do(timezone.now())
    except NotTheirMandate:
        raise Http404 from None
    messages.success(request, words)
    return redirect("portal:delegations")


def _form(request: HttpRequest, typed: dict[str, str], chosen: list[str]) -> GivePage:
    now = mandate_of(request)
    kind = Kind.AGENT if now and now.principal_kind == "organization" else Kind.FAMILY
    return give_page(
        kind,
        typed,
        chosen,
        library=catalogue.current_library(),
        language=language(request),
        today=timezone.localdate(),
    )


def _give_page(request: HttpRequest, shown: GivePage, status: int = 200) -> HttpResponse:
    now = mandate_of(request)
    values = {"shown": shown, "enterprise": now.principal_name if now else ""}
    return page(request, "give_mandate.html", values, here="delegations", status=status)


def _day(typed: str) -> date:
    """A day as a form sends it; what is none is long past."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return date.min


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0  # noqa: PLR2004 -- a bigint
