"""A case: what its service needs, where each fact came from, and the acts; a decision takes effect after one more look."""

from collections.abc import Callable, Mapping
from functools import update_wrapper
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qipan.applications import operations, queries
from qipan.applications.case_views import CaseView
from qipan.applications.errors import UnableToAct, UnableToGrant
from qipan.applications.rows import InboxRow
from qipan.catalogue import queries as catalogue
from qipan.certificates import queries as certificates
from qipan.certificates.gathering import GRANTED
from qipan.core.posts import Power
from qipan.faces.desk.case_pages import CasePage, Entered, Reading, errors_of
from qipan.faces.desk.pages.shell import language, page
from qipan.faces.desk.refusals import refusal, theirs
from qipan.faces.desk.seals.views import Use, use
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import the_official
from qipan.faces.look.controls import answers_in
from qipan.faces.look.kept import typed_before
from qipan.faces.look.receipts import receipt_of
from qipan.ledger import queries as ledger
from qipan.people.actors import Acting
from qipan.watch import operations as watch

REVIEWED = "reviewed"  # the button of the last look
LONGEST = 2000

Act = Callable[[], None]
View = Callable[[HttpRequest, UUID], HttpResponse]


def act_on_a_case(view: View) -> View:
    """Lead whoever comes to an act without sending one, by a change of language or after signing in, to the case."""

    def lead(request: HttpRequest, case: UUID) -> HttpResponse:
        return view(request, case) if request.method == "POST" else redirect("desk:case", case=case)

    return require_http_methods(["GET", "HEAD", "POST"])(update_wrapper(lead, view))


@access(needs(Power.HANDLE))
@require_safe
def case(request: HttpRequest, case: UUID) -> HttpResponse:
    """The case; who opens it is put on record before it is shown."""
    shown = _page(request, case)
    with transaction.atomic():
        watch.record_reading(acting=Acting(the_official(request)), case=case, at=timezone.now())
    return shown


@access(needs(Power.HANDLE))
@require_safe
def receipt(request: HttpRequest, case: UUID, entry: int) -> HttpResponse:
    """The receipt of an act on a case of theirs."""
    the_case(request, case)
    if not any(one.id == entry for one in ledger.entries_about([f"case:{case}"])):
        raise Http404
    return receipt_of(entry)


@access(needs(Power.HANDLE))
@require_safe
def form(request: HttpRequest, case: UUID) -> HttpResponse:
    """Say whether what is stored is what the person sent, as the trail has it."""
    the_case(request, case)
    found = queries.sent_form(case)
    if found is None or not found.digest:
        messages.warning(request, _("这件提交时还没有留下表单摘要。"))
    elif found.same:
        said = {"digest": found.digest[:16], "level": found.level}
        messages.success(
            request, _("表单与提交时一致。摘要 %(digest)s…，提交人登录级别 L%(level)s，已写入存证。") % said
        )
    else:
        messages.warning(request, _("表单与提交时不一致！请不要办理，并告知审计员。"))
    return redirect("desk:case", case=case)


@access(needs(Power.HANDLE))
@require_safe
def upload(request: HttpRequest, upload: UUID) -> HttpResponse:
    """A document sent for a case of theirs, shown by the browser and never run: it may hold anything."""
    found = queries.upload_for_official(upload, the_official(request))
    if found is None:
        raise Http404
    with transaction.atomic():
        watch.record_document(acting=Acting(the_official(request)), upload=upload, at=timezone.now())
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(found.filename)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@access(needs(Power.HANDLE))
@act_on_a_case
def accept(request: HttpRequest, case: UUID) -> HttpResponse:
    """Accept it (受理)."""
    acting, at = Acting(the_official(request)), timezone.now()
    return _act(request, case, _("已受理。"), lambda: operations.accept_case(acting=acting, case=case, at=at))


@access(needs(Power.HANDLE))
@act_on_a_case
def deliver(request: HttpRequest, case: UUID) -> HttpResponse:
    """Hand the result over (送达)."""
    acting, at = Acting(the_official(request)), timezone.now()
    return _act(
        request,
        case,
        _("已送达，这件办完了。"),
        lambda: operations.deliver_case(acting=acting, case=case, at=at),
    )


@access(needs(Power.HANDLE))
@act_on_a_case
def retry(request: HttpRequest, case: UUID) -> HttpResponse:
    """Try again the look-ups that have failed and on which it waits."""
    acting, at = Acting(the_official(request)), timezone.now()
    return _act(
        request,
        case,
        _("正在重新查询，请稍后再看。"),
        lambda: operations.retry_application(acting=acting, case=case, at=at),
    )


@access(needs(Power.HANDLE))
@act_on_a_case
def send_back(request: HttpRequest, case: UUID) -> HttpResponse:
    """Ask for corrections (补正), with the fields and documents marked."""
    message = request.POST.get("message", "").strip()[:LONGEST]
    fields, evidence = request.POST.getlist("field"), request.POST.getlist("evidence")
    if not message or not (fields or evidence):
        problem = _("请写明要怎么改。") if not message else _("请至少勾选一项要补正的内容。")
        target = "return-message" if not message else "return-marks"
        values = {
            "return": {"message": message, "marked": {*fields, *evidence}},
            "errors": [(target, problem)],
        }
        return _page(request, case, values, status=422)
    acting, at = Acting(the_official(request)), timezone.now()
    return _act(
        request,
        case,
        _("已退回补正，时限停表，等申请人补正。"),
        lambda: operations.return_for_correction(
            acting=acting, case=case, message=message, at=at, fields=fields, evidence=evidence
        ),
    )


@access(needs(Power.HANDLE))
@act_on_a_case
def decline(request: HttpRequest, case: UUID) -> HttpResponse:
    """Do not accept it (不予受理)."""
    acting, at = Acting(the_official(request)), timezone.now()
    return _with_reason(
        request,
        case,
        "decline",
        lambda reason: operations.decline_case(acting=acting, case=case, reason=reason, at=at),
    )


@access(needs(Power.HANDLE))
@act_on_a_case
def refuse(request: HttpRequest, case: UUID) -> HttpResponse:
    """Refuse it (不予批准)."""
    acting, at = Acting(the_official(request)), timezone.now()
    return _with_reason(
        request,
        case,
        "refuse",
        lambda reason: operations.refuse_case(acting=acting, case=case, reason=reason, at=at),
    )


@access(needs(Power.HANDLE))
@act_on_a_case
def grant(request: HttpRequest, case: UUID) -> HttpResponse:
    """Grant it (准予), with its results."""
    view = the_case(request, case)
    if "grant" not in view.acts:
        messages.warning(request, _("它的状态刚刚变了，现在不能这样办，请看最新情况。"))
        return redirect("desk:case", case=case)
    typed = {name: str(value).strip() for name, value in answers_in(request.POST).items()}
    entered = {one.field: typed.get(one.field, "") for one in view.outputs}
    acting, at = Acting(the_official(request)), timezone.now()
    try:
        with theirs(), transaction.atomic():
            operations.grant_case(
                acting=acting,
                case=case,
                at=at,
                outputs={name: value for name, value in entered.items() if value},
            )
            if REVIEWED not in request.POST:
                transaction.set_rollback(True)  # only to see whether it would pass
    except UnableToGrant as error:
        return _grant_again(request, view, Entered(entered, error.missing, error.invalid))
    except UnableToAct as error:
        return _not_done(request, case, error)
    if REVIEWED not in request.POST:
        return _review(request, view, "grant", entered)
    messages.success(request, _("已批准。"))
    return redirect("desk:case", case=case)


def the_case(request: HttpRequest, case: UUID) -> CaseView:
    """A case that is theirs; 404 for any other."""
    found = queries.case_for_official(case, the_official(request), language(request), timezone.localdate())
    if found is None:
        raise Http404
    return found


def _act(request: HttpRequest, case: UUID, done: str, act: Act) -> HttpResponse:
    try:
        with theirs(), transaction.atomic():
            act()
    except UnableToAct as error:
        return _not_done(request, case, error)
    messages.success(request, done)
    return redirect("desk:case", case=case)


def _with_reason(request: HttpRequest, case: UUID, act: str, do: Callable[[str], None]) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    if not reason:
        return _page(request, case, {"errors": [(f"{act}-reason", _("请写明理由。"))]}, status=422)
    if REVIEWED in request.POST:
        done = _("已决定不予受理。") if act == "decline" else _("已决定不予批准。")
        return _act(request, case, done, lambda: do(reason))
    view = the_case(request, case)
    if act not in view.acts:
        messages.warning(request, _("它的状态刚刚变了，现在不能这样办，请看最新情况。"))
        return redirect("desk:case", case=case)
    return _review(request, view, act, {"reason": reason})


def _review(request: HttpRequest, view: CaseView, act: str, entered: dict[str, str]) -> HttpResponse:
    shown = _reading(request, view).page(Entered(entered))
    values = {"case": shown, "act": act, "entered": entered}
    return page(request, "review.html", values, here="inbox")


def _grant_again(request: HttpRequest, view: CaseView, entered: Entered) -> HttpResponse:
    shown = _reading(request, view).page(entered)
    return _shown(request, shown, {"errors": errors_of(shown.asked)}, status=422)


def _not_done(request: HttpRequest, case: UUID, error: UnableToAct) -> HttpResponse:
    messages.warning(request, refusal(error))
    return redirect("desk:case", case=case)


def _page(
    request: HttpRequest, case: UUID, values: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    typed = answers_in(typed_before(request))
    shown = _reading(request, the_case(request, case)).page(
        Entered({name: str(value) for name, value in typed.items()})
    )
    return _shown(request, shown, values or {}, status=status)


def _shown(
    request: HttpRequest, shown: CasePage, values: Mapping[str, object], status: int = 200
) -> HttpResponse:
    typed = typed_before(request)
    frame: dict[str, object] = {
        "case": shown,
        "next": _next(request, shown),
        "errors": [],
        "return": {
            "message": typed.get("message", ""),
            "marked": {*typed.getlist("field"), *typed.getlist("evidence")},
        },
        "reason": typed.get("reason", ""),
        "certificates": _certificates(request, shown),
    }
    return page(request, "case.html", {**frame, **values}, here="inbox", status=status)


def _certificates(request: HttpRequest, shown: CasePage) -> list[Use]:
    """What was issued in it, once it is granted."""
    if shown.view.state not in GRANTED:
        return []
    found = certificates.certificates_of_case(shown.id)
    return [use(one, timezone.localdate(), language(request)) for one in found]


def _next(request: HttpRequest, shown: CasePage) -> InboxRow | None:
    """The most urgent of the others on which the agency has to act."""
    waiting = queries.inbox(the_official(request), limit=8)
    others = [row for row in waiting if row.id != shown.id and row.state != "returned"]
    return others[0] if others else None


def _reading(request: HttpRequest, view: CaseView) -> Reading:
    return Reading(view, catalogue.library(view.version), language(request), timezone.localdate())
