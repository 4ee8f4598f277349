"""A form on its way: consent to the look-ups, the questions, the check, and the submission."""

from collections.abc import Callable
from functools import update_wrapper
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.applications import operations, prefill, queries
from qipan.applications.errors import NotCovered, NotKnownWell, UnableToStart, UnableToSubmit, UnableToUpload
from qipan.applications.forms import FormView
from qipan.applications.planning import resources_of
from qipan.catalogue import queries as catalogue
from qipan.certificates import operations as certificates
from qipan.faces.look.access import access, signed_in_person, to_higher_level
from qipan.faces.look.actors import the_acting
from qipan.faces.look.controls import answers_in
from qipan.faces.look.kept import kept_for, typed_before
from qipan.faces.look.limits import (
    LOOK_UP,
    START,
    SUBMIT,
    TOO_MANY,
    UPLOAD,
    TooMany,
    retry_after,
    spend,
    waiting_words,
)
from qipan.faces.look.titles import Titles
from qipan.faces.portal.claims import claim_page
from qipan.faces.portal.draft_views import FormPage, asked_lookups, consent_page, form_page, with_typed
from qipan.faces.portal.pages.mine import DISCARDED
from qipan.faces.portal.pages.shell import language, page
from qipan.faces.portal.pages.uploads import Sent, sent_documents
from qipan.faces.portal.refusals import refusal, theirs

View = Callable[..., HttpResponse]  # of a request, a draft and what else the route names
OPTIONAL = "optional"  # the services that may be left out, and those of them that are not
CHOSEN = "chosen"


def while_a_draft(view: View) -> View:
    """Lead whoever comes back to a form that was submitted, by the back button or in another tab, to what it became."""

    def lead(request: HttpRequest, draft: UUID, **named: str) -> HttpResponse:
        try:
            return view(request, draft, **named)
        except Http404:
            number = queries.submitted_as(draft, the_acting(request).applicant)
            if not number:
                raise
        messages.info(request, _("这张表已经提交了，下面是它的办理进度。"))
        there = reverse("portal:application", kwargs={"number": number})
        return (
            HttpResponse(headers={"HX-Redirect": there})
            if "HX-Request" in request.headers
            else redirect(there)
        )

    update_wrapper(lead, view)
    return lead


@access(signed_in_person)
@require_POST
def start(request: HttpRequest, event: str) -> HttpResponse:
    """Begin a form, with what was said of the situation already; one just begun, in which nothing was typed yet, will do."""
    acting = the_acting(request)
    given, at = answers_in(request.POST), timezone.now()
    begun = queries.untouched_draft(acting.applicant, event, given)
    if begun is not None:
        return redirect("portal:consent", draft=begun)
    spend(request, START, acting)
    try:
        with transaction.atomic():
            draft = operations.start_draft(
                acting=acting, person=acting.applicant, event=event, answers=given, at=at
            )
            certificates.offer_to_draft(acting=acting, draft=draft, at=at)
    except UnableToStart as error:
        raise Http404 from error
    except NotCovered:
        return redirect("portal:event", event=event)  # which says so
    except NotKnownWell:
        return to_higher_level(request, back=reverse("portal:event", kwargs={"event": event}))
    return redirect("portal:consent", draft=draft)


@access(signed_in_person)
@require_http_methods(["GET", "HEAD", "POST"])
@while_a_draft
def consent(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Say which registers would be looked into, and ask for leave; what is declined is asked instead."""
    if request.method == "POST":
        return _consent(request, draft)
    form = the_form(request, draft)
    shown = consent_page(form, titles_of(form, request), _undecided(request, form, draft))
    if not shown.now:
        return redirect("portal:form", draft=draft)
    declined = typed_before(request).getlist("declined")
    return page(request, "consent.html", {"draft": draft, "consent": shown, "declined": declined})


def _undecided(request: HttpRequest, form: FormView, draft: UUID) -> frozenset[str]:
    """The resources that this event may use and that the person has neither allowed nor declined."""
    row = queries.draft(draft, the_acting(request).applicant)
    decided = {*row.consents, *row.without} if row else set()
    return resources_of(form.version, form.event) - decided


def _consent(request: HttpRequest, draft: UUID) -> HttpResponse:
    asked = set(request.POST.getlist("resource"))
    declined = set(request.POST.getlist("declined")) & asked
    acting, at = the_acting(request), timezone.now()
    with theirs():
        with transaction.atomic():
            operations.consent(
                acting=acting, draft=draft, resources=asked - declined, refused=declined, at=at
            )
        spend(request, LOOK_UP, acting)
        prefill.prefill_draft(acting=acting, draft=draft, at=at)
    return redirect("portal:form", draft=draft)


@access(signed_in_person)
@require_http_methods(["GET", "HEAD", "POST"])
@while_a_draft
def form(request: HttpRequest, draft: UUID) -> HttpResponse:
    """The questions; whatever button sends them, everything typed is kept first."""
    if request.method == "POST":
        return _go_on(request, draft)
    view, kept = the_form(request, draft), kept_for(request)
    if kept is not None:
        chosen = kept.typed.getlist(CHOSEN) if OPTIONAL in kept.typed else None
        view = with_typed(view, answers_in(kept.typed), chosen)
    values = _form_values(request, draft, view, strict="check" in request.GET)
    return page(request, "form.html", values)


@access(signed_in_person)
@require_POST
@while_a_draft
def save(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Keep what is typed, quietly, and show what follows from it: a fragment for htmx.

    Where the questions may change, what can be looked up now is looked up first, so that it is not asked.
    """
    template = "_questions.html" if request.headers.get("HX-Target") == "questions" else "_saved.html"
    wait = 0
    try:
        troubles = _keep(request, draft)
        if template == "_questions.html":
            spend(request, LOOK_UP, the_acting(request))
            with theirs():
                prefill.prefill_draft(acting=the_acting(request), draft=draft, at=timezone.now())
    except TooMany as error:
        wait, troubles = error.seconds, [_("一小时内做得太多了。") + waiting_words(error.seconds)]
    view = the_form(request, draft)
    values = {**_form_values(request, draft, view), "saved_at": timezone.localtime(), "troubles": troubles}
    answer = page(request, template, values, status=TOO_MANY if wait else 200)
    return retry_after(answer, wait) if wait else answer


@access(signed_in_person)
@require_safe
@while_a_draft
def check(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Everything on one page, to be checked before it is sent, with the certificates that are in force now."""
    with transaction.atomic():
        certificates.offer_to_draft(acting=the_acting(request), draft=draft, at=timezone.now())
    view = the_form(request, draft)
    if not view.complete:
        return redirect(f"{reverse('portal:form', kwargs={'draft': draft})}?check=1")
    values = _form_values(request, draft, view)
    lookups = asked_lookups(view, titles_of(view, request), ("ready",))
    return page(request, "check.html", {**values, "lookups": lookups})


@access(signed_in_person)
@require_POST
def submit(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Send it. Sent twice, it is still one application: the draft is its idempotency key."""
    acting, at = the_acting(request), timezone.now()
    if "declared" not in request.POST:
        messages.error(request, _("请先勾选声明，再提交。"))
        return redirect("portal:check", draft=draft)
    spend(request, SUBMIT, acting)
    try:
        with transaction.atomic():
            certificates.offer_to_draft(acting=acting, draft=draft, at=at)
        with theirs():
            submitted = operations.submit_application(
                acting=acting, person=acting.applicant, idempotency_key=str(draft), draft=draft, at=at
            )
    except UnableToSubmit:
        return redirect(f"{reverse('portal:form', kwargs={'draft': draft})}?check=1")
    except NotKnownWell:
        return to_higher_level(request, back=reverse("portal:check", kwargs={"draft": draft}))
    return redirect("portal:submitted", number=submitted.number)


@access(signed_in_person)
@require_http_methods(["GET", "HEAD", "POST"])
@while_a_draft
def claim(request: HttpRequest, draft: UUID, field: str) -> HttpResponse:
    """Say that a register has it wrong, and what is right."""
    view = the_form(request, draft)
    known = next((one for one in view.known if one.field == field), None)
    if known is None:
        raise Http404
    typed = answers_in(request.POST).get(field, "") if request.method == "POST" else None
    kept = answers_in(typed_before(request)).get(field)
    claimed = claim_page(known, typed, titles_of(view, request), timezone.localdate(), kept)
    if request.method != "POST" or (claimed.control.error and "withdraw" not in request.POST):
        values = {"draft": draft, "fact": claimed.fact, "control": claimed.control}
        return page(request, "claim.html", values)
    claims = {field: "" if "withdraw" in request.POST else str(typed)}
    with transaction.atomic(), theirs():
        operations.save_answers(
            acting=the_acting(request), draft=draft, answers={}, claims=claims, at=timezone.now()
        )
    return redirect("portal:form", draft=draft)


@access(signed_in_person)
@require_POST
def discard(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Throw a draft away; the list then offers to have it back."""
    with transaction.atomic():
        gone = operations.discard_draft(acting=the_acting(request), draft=draft, at=timezone.now())
    query = f"?{urlencode({DISCARDED: draft})}" if gone else ""
    return redirect(f"{reverse('portal:mine')}{query}")


@access(signed_in_person)
@require_POST
def restore(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Have back a draft that was thrown away, documents included."""
    with transaction.atomic(), theirs():
        operations.restore_draft(acting=the_acting(request), draft=draft)
    messages.success(request, _("草稿找回来了，填过的内容和材料都在。"))
    return redirect("portal:mine")


def the_form(request: HttpRequest, draft: UUID) -> FormView:
    """The form of a draft that is theirs; 404 for any other."""
    acting = the_acting(request)
    found = queries.form(draft, acting.applicant, language(request), timezone.localdate())
    if found is None or not acting.covers(found.event, _subject(found)):
        raise Http404
    return found


def _subject(form: FormView) -> str:
    return catalogue.library(form.version).events[form.event].subject


def titles_of(form: FormView, request: HttpRequest) -> Titles:
    """The titles of the library that a form was planned with."""
    library = catalogue.library(form.version)
    return Titles(library, library.events[form.event], language(request))


def _form_values(
    request: HttpRequest, draft: UUID, view: FormView, *, strict: bool = False
) -> dict[str, object]:
    shown: FormPage = form_page(view, titles_of(view, request), timezone.localdate(), strict=strict)
    return {"draft": draft, "form": shown, "troubles": ()}


def _go_on(request: HttpRequest, draft: UUID) -> HttpResponse:
    troubles = _keep(request, draft)
    acting, at = the_acting(request), timezone.now()
    again = "again" in request.POST
    spend(request, LOOK_UP, acting)
    with theirs():
        prefill.prefill_draft(acting=acting, draft=draft, at=at, again=again)
    for trouble in troubles:
        messages.error(request, trouble)
    if not {"check", "enter"} & request.POST.keys() or troubles:
        return redirect(
            f"{reverse('portal:form', kwargs={'draft': draft})}#{request.POST.get('stay', 'questions')}"
        )
    view = the_form(request, draft)
    asked = view.complete and asked_lookups(view, titles_of(view, request))
    return redirect("portal:consent" if asked else "portal:check", draft=draft)


def _keep(request: HttpRequest, draft: UUID) -> list[str]:
    """Keep the answers, the choice of services, and the documents; say what could not be kept."""
    acting, at = the_acting(request), timezone.now()
    optional = set(request.POST.getlist(OPTIONAL))
    skipped = optional - set(request.POST.getlist(CHOSEN)) if optional else None
    with transaction.atomic(), theirs():
        operations.save_answers(
            acting=acting, draft=draft, answers=answers_in(request.POST), skipped=skipped, at=at
        )
        if "remove" in request.POST:
            operations.remove_upload(acting=acting, upload=_uuid(request.POST["remove"]), at=at)
    return [trouble for sent in sent_documents(request) if (trouble := _attach(request, draft, sent))]


def _attach(request: HttpRequest, draft: UUID, sent: Sent) -> str:
    spend(request, UPLOAD, the_acting(request))
    try:
        with transaction.atomic(), theirs():
            operations.attach_upload(
                acting=the_acting(request), draft=draft, at=timezone.now(), **sent._asdict()
            )
    except UnableToUpload as error:
        return f"{sent.filename}：{refusal(error)}"
    return ""


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
