"""Requests for shared data: lists by deadline, the form, one request, and what each side does to it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library, Resource
from qipan.core.posts import Power
from qipan.core.sharing import REASONED, Act, State
from qipan.exchange.errors import UnableToTake
from qipan.faces.desk.pages.pool import the_index
from qipan.faces.desk.pages.shell import language, page
from qipan.faces.desk.pool import request_forms as forms
from qipan.faces.desk.pool import request_views as views
from qipan.faces.desk.pool.request_forms import RequestForm
from qipan.faces.desk.pool.words import act_said, refusal_said
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import the_official
from qipan.faces.look.context import stand_on
from qipan.faces.look.kept import kept_for
from qipan.people.actors import Acting
from qipan.sharing import operations, queries
from qipan.sharing.errors import NobodyToSign, NotTheirs, UnableToRequest, UnableToShare
from qipan.sharing.locked import days
from qipan.sharing.rows import RequestDetail, UsedDay
from qipan.sharing.signers import Signer, own_signer

LINES = 40
LONGEST = 2000
_WITH_FIELDS = frozenset({Act.OVERTURN, Act.ORDER})
_TICKING = _WITH_FIELDS | {Act.APPROVE}
_DONE: Mapping[Act, Callable[[], str]] = {
    Act.APPROVE: lambda: _("已同意，授权已由提供方签署，等对方签收。"),
    Act.RETURN: lambda: _("已退回，时限停表，等对方补充。"),
    Act.REFUSE: lambda: _("已答复不同意，对方可以提请协调。"),
    Act.SIGN: lambda: _("已签收，授权从现在起有效。"),
    Act.DISPUTE: lambda: _("已提请上级协调。"),
    Act.UPHOLD: lambda: _("已决定维持原意见。"),
    Act.OVERTURN: lambda: _("已决定应当共享，等使用方签收。"),
    Act.ORDER: lambda: _("已决定应当共享，等提供方签署。"),
    Act.WITHDRAW: lambda: _("已撤回。"),
    Act.GIVE_UP: lambda: _("已停用，授权立即失效。"),
    Act.REVOKE: lambda: _("已撤销，授权立即失效。"),
}


@access(needs(*Power))
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """The requests of one's agency, or those one decides or watches; by deadline."""
    actor, today = the_official(request), timezone.localdate()
    notice = days().notice
    shown = request.GET.get("show", "")
    shown = shown if shown in queries.SHOWN else ""
    start = _start(request.GET.get("from", ""))
    found = queries.requests(actor, shown=shown, today=today, notice=notice, limit=LINES + 1, offset=start)
    values = {
        "tallies": views.tallies(queries.request_counts(actor, today, notice), shown),
        "lines": views.request_lines(
            found[:LINES], catalogue.current_library(), actor, today, language(request)
        ),
        "shown": shown,
        "role": actor.role,
        "newer": _address(shown, max(0, start - LINES)) if start else None,
        "older": _address(shown, start + LINES) if len(found) > LINES else None,
    }
    return page(request, "pool/requests.html", values, here="pool")


@access(needs(Power.REQUESTER))
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, resource: str) -> HttpResponse:
    """Ask for a resource; what is wrong is said beside what was typed."""
    index = the_index(resource)
    library, spoken = index.library, language(request)
    declared = library.resources[resource]
    if request.method != "POST":
        begun = _kept_form(request, declared, library) or forms.empty_form(
            declared, library, spoken, request.GET
        )
        return _form(request, resource, begun, library)
    wanted, key = forms.wanted_in(request.POST, resource), forms.key_in(request.POST)
    try:
        with transaction.atomic():
            made = operations.submit_request(
                acting=Acting(the_official(request)), wanted=wanted, idempotency_key=key, at=timezone.now()
            )
    except UnableToRequest as error:
        form = forms.filled_form(
            wanted, error.problems, declared, library, spoken, key=key, typed=request.POST
        )
        return _form(request, resource, form, library, status=422)
    messages.success(request, _("申请已提出，时限从今天起算。"))
    return redirect("desk:pool-request", request_id=made)


@access(needs(*Power))
@require_safe
def share_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: its clock, what can be done, the grant, and its use."""
    return _page(request, request_id)


@access(needs(Power.REQUESTER))
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Answer a return with the request as it is asked now."""
    row = _the_request(request, request_id)
    library, spoken = catalogue.library(row.version), language(request)
    declared = library.resources[row.asked.resource]
    if row.state != State.RETURNED:
        messages.warning(request, _("它的状态刚刚变了，现在不能这样办，请看最新情况。"))
        return redirect("desk:pool-request", request_id=request_id)
    if request.method != "POST":
        begun = _kept_form(request, declared, library) or forms.form_of(row, declared, library, spoken)
        return _form(request, row.asked.resource, begun, library, row)
    wanted, key = forms.wanted_in(request.POST, row.asked.resource), forms.key_in(request.POST)
    acting, at = Acting(the_official(request)), timezone.now()
    try:
        with transaction.atomic():
            operations.resubmit_request(acting=acting, request=request_id, wanted=wanted, at=at)
    except UnableToRequest as error:
        form = forms.filled_form(
            wanted, error.problems, declared, library, spoken, key=key, typed=request.POST
        )
        return _form(request, row.asked.resource, form, library, row, status=422)
    except UnableToShare as error:
        return _not_done(request, request_id, error)
    messages.success(request, _("已补充，时限接着走。"))
    return redirect("desk:pool-request", request_id=request_id)


@access(needs(Power.REQUESTER, Power.APPROVER, Power.COORDINATOR))
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, request_id: UUID, act: str) -> HttpResponse:
    """Do one thing to a request; what must be said and was not is asked for, and what was typed stays.

    Whoever comes without doing it, as after signing in, is led to the request.
    """
    if act not in _DONE:
        raise Http404
    if request.method != "POST":
        return redirect("desk:pool-request", request_id=request_id)
    stand_on(request, reverse("desk:pool-request", args=[request_id]))
    chosen, reason = Act(act), " ".join(request.POST.get("reason", "").split())[:LONGEST]
    fields, row = request.POST.getlist("field"), _the_request(request, request_id)
    try:
        with transaction.atomic():
            _act(request, request_id, chosen, reason, fields)
    except NotTheirs as error:
        raise Http404 from error
    except UnableToTake:
        return _not_done(request, request_id, NobodyToSign())
    except UnableToShare as error:
        if error.code in {"unreasoned", "nothing-granted", "less-than-ordered"}:
            ticked = fields if chosen in _TICKING else _ticked(row)
            wrong = {"act": act, "sentence": refusal_said(error), "reason": reason, "fields": ticked}
            return _page(request, request_id, wrong, status=422)
        return _not_done(request, request_id, error)
    messages.success(request, _DONE[chosen]())
    return redirect("desk:pool-request", request_id=request_id)


def _act(request: HttpRequest, request_id: UUID, act: Act, reason: str, fields: list[str]) -> None:
    acting, at = Acting(the_official(request)), timezone.now()
    match act:
        case Act.APPROVE | Act.OVERTURN:
            use_case = operations.approve_request if act is Act.APPROVE else operations.overturn_refusal
            use_case(acting=acting, request=request_id, fields=fields, reason=reason, signer=_signer(), at=at)
        case Act.ORDER:
            operations.order_sharing(acting=acting, request=request_id, fields=fields, reason=reason, at=at)
        case Act.SIGN:
            operations.sign_grant(acting=acting, request=request_id, signer=_signer(), at=at)
        case Act.REVOKE | Act.GIVE_UP:
            end = operations.revoke_shared_grant if act is Act.REVOKE else operations.give_up_grant
            end(acting=acting, request=request_id, reason=reason, signer=_signer(), at=at)
        case Act.WITHDRAW:
            operations.withdraw_request(acting=acting, request=request_id, at=at)
        case _:
            _REASONED[act](acting=acting, request=request_id, reason=reason, at=at)


_REASONED: Mapping[Act, Callable[..., None]] = {
    Act.RETURN: operations.return_request,
    Act.REFUSE: operations.refuse_request,
    Act.DISPUTE: operations.dispute_request,
    Act.UPHOLD: operations.uphold_refusal,
}


def _signer() -> Signer:
    return own_signer(settings.QIPAN_HOME, settings.QIPAN_GATEWAY_SUITE)


def _the_request(request: HttpRequest, request_id: UUID) -> RequestDetail:
    found = queries.request(request_id, the_official(request))
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, request_id: UUID, wrong: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    row, actor = _the_request(request, request_id), the_official(request)
    uses = queries.calls_under(row.grant) if row.grant else []
    shown = views.request_page(
        row,
        catalogue.library(row.version),
        actor,
        uses,
        inside=[] if uses else _used_inside(row),
        today=timezone.localdate(),
        notice=days().notice,
        language=language(request),
    )
    values = {
        "asked": shown,
        "wrong": wrong or _typed_act(request, _ticked(row)),
        "errors": [(f"{wrong['act']}-reason", wrong["sentence"])] if wrong else [],
        "said": {name: act_said(name) for name in map(str, Act)},
        "reasoned": [act for act in shown.acts if Act(act) in REASONED and act not in _WITH_FIELDS],
    }
    return page(request, "pool/request.html", values, here="pool", status=status)


def _used_inside(row: RequestDetail) -> list[UsedDay]:
    """How often the receiver's kind of agency looked a resource up since the grant, where both are at one node and no gateway is between."""
    if row.grant is None or row.consumer_node != row.provider_node:
        return []
    receivers = (row.asked.consumer, row.asked.consumer.partition(".")[2])
    since, today = timezone.localdate(row.decided_at or row.submitted_at), timezone.localdate()
    return queries.used_daily(since, today, resource=row.asked.resource, side="got", agencies=receivers)


def _kept_form(request: HttpRequest, declared: Resource, library: Library) -> RequestForm | None:
    """The form as it was typed before a session ended, or the language was changed."""
    kept = kept_for(request)
    if kept is None:
        return None
    wanted, key = forms.wanted_in(kept.typed, declared.name), forms.key_in(kept.typed)
    return forms.filled_form(wanted, {}, declared, library, language(request), key=key, typed=kept.typed)


def _typed_act(request: HttpRequest, fields: list[str]) -> dict[str, object]:
    """What was typed to do something before a session ended; nothing, and every field ticked, where nothing was."""
    kept = kept_for(request)
    typed = kept.typed if kept else QueryDict()
    chosen = typed.getlist("field") if typed.get("act") in _TICKING else fields
    return {
        "act": typed.get("act", ""),
        "sentence": "",
        "reason": typed.get("reason", ""),
        "fields": chosen,
    }


def _ticked(row: RequestDetail) -> list[str]:
    """The fields that are ticked at first: those that are to be given anyway, else all that are asked for."""
    return list(row.granted if row.state == State.ORDERED else row.asked.fields)


def _form(
    request: HttpRequest,
    resource: str,
    form: RequestForm,
    library: Library,
    row: RequestDetail | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    declared, today = library.resources[resource], timezone.localdate()
    limit = days().unconditional if declared.share == "unconditional" else days().conditional
    values = {
        "form": form,
        "name": resource,
        "title": declared.title.say(language(request)),
        "share": str(declared.share),
        "condition": declared.share_condition,
        "limit": limit,
        "returned": row.reason if row else "",
        "back": reverse("desk:pool-request", args=[row.id])
        if row
        else reverse("desk:pool-resource", args=[resource]),
        "action": reverse("desk:pool-amend", args=[row.id])
        if row
        else reverse("desk:pool-ask", args=[resource]),
        "earliest": (today + timedelta(days=1)).isoformat(),
    }
    return page(request, "pool/form.html", values, here="pool", status=status)


def _not_done(request: HttpRequest, request_id: UUID, error: UnableToShare) -> HttpResponse:
    if isinstance(error, NotTheirs):
        raise Http404
    messages.warning(request, refusal_said(error))
    return redirect("desk:pool-request", request_id=request_id)


def _start(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0  # noqa: PLR2004 -- far enough


def _address(shown: str, start: int) -> str:
    return f"?show={shown}&from={start}"
