"""An application after it was sent: its number, its progress, its results, what the person still owes, and withdrawal."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qipan.applications import operations, queries
from qipan.applications.errors import UnableToAct, UnableToAnswer, UnableToUpload
from qipan.applications.rows import ApplicationDetail, CaseOfApplication, CorrectionRow
from qipan.catalogue import queries as catalogue
from qipan.faces.look.access import access, signed_in_person
from qipan.faces.look.actors import the_acting
from qipan.faces.look.controls import Control, answers_in
from qipan.faces.look.kept import typed_before
from qipan.faces.look.limits import UPLOAD, TooMany, spend, waiting_words
from qipan.faces.look.titles import Titles
from qipan.faces.portal.answer_views import AnswerPage, Attempt, correction_page, missing_page
from qipan.faces.portal.application_views import application_page, results
from qipan.faces.portal.pages.shell import language, page
from qipan.faces.portal.pages.uploads import sent_documents
from qipan.faces.portal.refusals import refusal, theirs

NOT_MODIFIED_FOR_HTMX = 204


@access(signed_in_person)
@require_safe
def submitted(request: HttpRequest, number: str) -> HttpResponse:
    """It arrived: its number, and what happens next."""
    detail, titles = the_application(request, number)
    return page(request, "submitted.html", {"application": application_page(detail, titles)}, here="mine")


@access(signed_in_person)
@require_safe
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """Where every case stands; asked again by the page itself, it answers only when something has changed."""
    detail, titles = the_application(request, number)
    shown = application_page(detail, titles)
    if request.headers.get("HX-Target") != "progress":
        return page(request, "application.html", {"application": shown}, here="mine")
    if request.GET.get("seen") == shown.stamp:
        return HttpResponse(status=NOT_MODIFIED_FOR_HTMX)
    return page(request, "_progress.html", {"application": shown})


@access(signed_in_person)
@require_safe
def outcome(request: HttpRequest, number: str) -> HttpResponse:
    """What was granted: certificates and facts, to keep or to print."""
    detail, titles = the_application(request, number)
    values = {"application": application_page(detail, titles), "results": results(detail, titles)}
    return page(request, "results.html", values, here="mine")


@access(signed_in_person)
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: HttpRequest, number: str) -> HttpResponse:
    """Answer what no source could give after all."""
    detail, titles = the_application(request, number)
    if not detail.missing:
        return redirect("portal:application", number=number)

    def answer(given: dict[str, object]) -> None:
        operations.answer_missing(
            acting=the_acting(request), application=detail.id, answers=given, at=timezone.now()
        )

    def show(attempt: Attempt) -> AnswerPage:
        return missing_page(detail, titles, timezone.localdate(), attempt)

    return _answered(request, number, answer, show)


@access(signed_in_person)
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, number: str, case: UUID) -> HttpResponse:
    """Put right what an agency returned."""
    detail, titles = the_application(request, number)
    asked = _open_correction(detail, case)
    if asked is None:
        return redirect("portal:application", number=number)

    def answer(given: dict[str, object]) -> None:
        operations.answer_correction(acting=the_acting(request), case=case, answers=given, at=timezone.now())

    def show(attempt: Attempt) -> AnswerPage:
        newest, _titles = the_application(request, number)
        return correction_page(newest, asked, titles, timezone.localdate(), attempt)

    if request.method == "POST":
        _attach_to(request, case)
    return _answered(request, number, answer, show)


@access(signed_in_person)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw everything that is not decided yet, after asking once."""
    detail, titles = the_application(request, number)
    title = titles.event.title.say(titles.language)
    consequence = _("还没有决定的事都会停办；已经办好的不受影响。撤回以后想办，要重新申请。")

    def act(reason: str) -> None:
        operations.withdraw_application(
            acting=the_acting(request), application=detail.id, reason=reason, at=timezone.now()
        )

    return _withdrawn(request, number, title, consequence, act)


@access(signed_in_person)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_case(request: HttpRequest, number: str, case: UUID) -> HttpResponse:
    """Withdraw one case, after asking once."""
    detail, titles = the_application(request, number)
    title = titles.service(the_case(detail, case).service)
    consequence = _("这一件会停办，要用到它的结果的事也办不了；其他的事照常办。撤回以后想办，要重新申请。")

    def act(reason: str) -> None:
        operations.withdraw_case(acting=the_acting(request), case=case, reason=reason, at=timezone.now())

    return _withdrawn(request, number, title, consequence, act)


def the_application(request: HttpRequest, number: str) -> tuple[ApplicationDetail, Titles]:
    """One of their own applications, and the titles of its library; 404 for any other."""
    detail = queries.application_detail(the_acting(request).applicant, number)
    if detail is None:
        raise Http404
    library = catalogue.library(detail.version)
    if not the_acting(request).covers(detail.event, library.events[detail.event].subject):
        raise Http404
    return detail, Titles(library, library.events[detail.event], language(request))


def the_case(detail: ApplicationDetail, case: UUID) -> CaseOfApplication:
    """One case of an application; 404 for any other."""
    found = next((one for one in detail.cases if one.id == case), None)
    if found is None:
        raise Http404
    return found


def _open_correction(detail: ApplicationDetail, case: UUID) -> CorrectionRow | None:
    the_case(detail, case)
    return next((one for one in detail.corrections if one.case == case and one.answered_at is None), None)


def _answered(
    request: HttpRequest,
    number: str,
    answer: Callable[[dict[str, object]], None],
    show: Callable[[Attempt], AnswerPage],
) -> HttpResponse:
    if request.method != "POST":
        return _answer_page(request, number, show(Attempt(answers_in(typed_before(request)))))
    given = answers_in(request.POST)
    try:
        with theirs(), transaction.atomic():
            answer(given)
    except UnableToAnswer as error:
        return _answer_page(request, number, show(Attempt(given, error)))
    messages.success(request, _("补充已经送到，接着办。"))
    return redirect("portal:application", number=number)


def _answer_page(request: HttpRequest, number: str, shown: AnswerPage) -> HttpResponse:
    return page(request, "answers.html", {"number": number, **shown._asdict()}, here="mine")


def _attach_to(request: HttpRequest, case: UUID) -> None:
    for sent in sent_documents(request):
        try:
            spend(request, UPLOAD, the_acting(request))
            with theirs(), transaction.atomic():
                operations.attach_upload_to_case(
                    acting=the_acting(request), case=case, at=timezone.now(), **sent._asdict()
                )
        except UnableToUpload as error:
            messages.error(request, f"{sent.filename}：{refusal(error)}")
        except TooMany as error:
            messages.error(request, f"{sent.filename}：{waiting_words(error.seconds)}")


def _withdrawn(
    request: HttpRequest, number: str, title: str, consequence: str, act: Callable[[str], None]
) -> HttpResponse:
    if request.method == "POST":
        try:
            with theirs(), transaction.atomic():
                act(request.POST.get("reason", ""))
            messages.success(request, _("已经撤回。"))
        except UnableToAct as error:
            messages.error(request, refusal(error))
        return redirect("portal:application", number=number)
    before = typed_before(request).get("reason", "")
    control = Control("reason", "reason", _("为什么撤回？"), "textarea", value=before, optional=True)
    values = {"number": number, "title": title, "consequence": consequence, "control": control}
    return page(request, "withdraw.html", values, here="mine")
