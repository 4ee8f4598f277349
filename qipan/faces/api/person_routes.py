"""What people do through the API: their forms, their applications, their say."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Header, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field as Described
from pydantic_core import to_json

from qipan.applications import operations, queries
from qipan.applications.errors import UnableToUpload
from qipan.applications.forms import FormView
from qipan.applications.operations.uploads import LARGEST
from qipan.applications.prefill import prefill_draft
from qipan.applications.rows import ApplicationDetail, ApplicationRow, DataUse, StatusRow, Submitted
from qipan.certificates import operations as certificates
from qipan.faces.api.guards import acting, for_persons, signed_in, signed_in_lately
from qipan.faces.api.open_routes import FormOut
from qipan.faces.api.problems import BadRequest
from qipan.faces.api.shapes import shape_of
from qipan.faces.look.limits import LOOK_UP, START, SUBMIT, UPLOAD, spend
from qipan.voice import operations as voice

router = Router(tags=["people 群众"], auth=signed_in)
RULE = for_persons
MOST = 500

Answer = str | bool | int | float | None
Answers = Annotated[dict[str, Answer], Described(default={}, max_length=MOST)]
Names = Annotated[list[str], Described(default=[], max_length=MOST)]


class DraftIn(Schema):
    """A form to begin; ``consents`` are the resources that may be looked into at once."""

    event: str
    answers: Answers
    consents: Names
    skipped: Names


class AnswersIn(Schema):
    """What is typed, right or wrong; an empty text clears. ``claims`` say of known facts what they should be."""

    answers: Answers
    claims: dict[str, str] = Described(default={}, max_length=MOST)
    consents: Names
    refused: Names


class ApplicationIn(Schema):
    """A draft to submit, or an event and all its answers at once.

    Answers to what the plan does not ask are not kept. Where a look-up fails afterwards, the application is `asking`, and they
    are sent to its `answers`.
    """

    draft: UUID | None = None
    event: str = ""
    answers: Answers
    consents: Names
    skipped: Names


class RatingIn(Schema):
    """A rating, 1 very bad … 5 very good."""

    score: int
    tags: Names
    comment: str = Described(default="", max_length=500)


class ReasonIn(Schema):
    """Why."""

    reason: str = Described(default="", max_length=2000)


class DraftOut(Schema):
    """A form begun."""

    draft: UUID


class UploadOut(Schema):
    """A document kept."""

    upload: UUID


SubmittedOut = shape_of(Submitted)
ApplicationOut = shape_of(ApplicationDetail, "plan")


@router.post("/drafts", response={201: DraftOut}, summary="Begin a form")
def begin(request: HttpRequest, given: DraftIn) -> Status[DraftOut]:
    who, at = acting(request), timezone.now()
    spend(request, START, who)
    spend(request, LOOK_UP, who)
    with transaction.atomic():
        draft = operations.start_draft(
            acting=who,
            person=who.applicant,
            event=given.event,
            answers=given.answers,
            skipped=given.skipped,
            at=at,
        )
        operations.consent(acting=who, draft=draft, resources=given.consents, at=at)
        certificates.offer_to_draft(acting=who, draft=draft, at=at)
    prefill_draft(acting=who, draft=draft, at=at)
    return Status(201, DraftOut(draft=draft))


@router.get("/drafts/{draft}", response=FormOut, summary="Show a form: what is asked, known and missing")
def form(request: HttpRequest, draft: UUID) -> FormView:
    found = queries.form(draft, acting(request).applicant, _language(request), timezone.localdate())
    if found is None:
        raise Http404
    return found


@router.patch("/drafts/{draft}", response={204: None}, summary="Keep what was typed")
def save(request: HttpRequest, draft: UUID, given: AnswersIn) -> Status[None]:
    who, at = acting(request), timezone.now()
    with transaction.atomic():
        operations.save_answers(acting=who, draft=draft, answers=given.answers, claims=given.claims, at=at)
        if given.consents or given.refused:
            operations.consent(
                acting=who, draft=draft, resources=given.consents, refused=given.refused, at=at
            )
    if given.consents:
        spend(request, LOOK_UP, who)
        prefill_draft(acting=who, draft=draft, at=at)
    return Status(204, None)


@router.delete("/drafts/{draft}", response={204: None}, summary="Throw a form away")
def discard(request: HttpRequest, draft: UUID) -> Status[None]:
    with transaction.atomic():
        operations.discard_draft(acting=acting(request), draft=draft, at=timezone.now())
    return Status(204, None)


@router.post(
    "/drafts/{draft}/restoration",
    response={204: None},
    summary="Have back a form thrown away within the hour",
)
def restore(request: HttpRequest, draft: UUID) -> Status[None]:
    with transaction.atomic():
        operations.restore_draft(acting=acting(request), draft=draft)
    return Status(204, None)


@router.post(
    "/drafts/{draft}/documents/{service}/{evidence}", response={201: UploadOut}, summary="Send a document"
)
def upload(
    request: HttpRequest, draft: UUID, service: str, evidence: str, file: File[UploadedFile]
) -> Status[UploadOut]:
    if file.size is None or file.size > LARGEST:
        raise UnableToUpload(reason="too-large", limit=LARGEST)
    spend(request, UPLOAD, acting(request))
    with transaction.atomic():
        kept = operations.attach_upload(
            acting=acting(request),
            draft=draft,
            service=service,
            evidence=evidence,
            filename=file.name or "",
            content=file.read(),
            at=timezone.now(),
        )
    return Status(201, UploadOut(upload=kept))


@router.post(
    "/applications",
    response={200: SubmittedOut, 201: SubmittedOut},
    summary="Submit; the same key always gives the same application",
    auth=signed_in_lately,
)
def submit(
    request: HttpRequest,
    given: ApplicationIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)] = None,
) -> HttpResponse:
    if given.draft is None and not idempotency_key:
        raise BadRequest("no-idempotency-key")
    who = acting(request)
    spend(request, SUBMIT, who)
    submitted = operations.submit_application(
        acting=who,
        person=who.applicant,
        idempotency_key=idempotency_key or "",
        at=timezone.now(),
        draft=given.draft,
        event=given.event,
        answers=given.answers,
        consents=given.consents,
        skipped=given.skipped,
    )
    # Written as it is: on the busiest route, ninja would validate what we just made.
    status = HTTPStatus.CREATED if submitted.created else HTTPStatus.OK
    return HttpResponse(to_json(submitted._asdict()), status=status, content_type="application/json")


@router.get("/applications", response=list[shape_of(ApplicationRow)], summary="List applications")  # type: ignore[misc]
def applications(request: HttpRequest, before: datetime | None = None) -> list[ApplicationRow]:
    return queries.applications_of(acting(request).applicant, before)


@router.get("/applications/{number}", response=ApplicationOut, summary="Show an application with its cases")
def application(request: HttpRequest, number: str) -> ApplicationDetail:
    found = queries.application_detail(acting(request).applicant, number)
    if found is None:
        raise Http404
    return found


@router.get("/applications/{number}/status", response=shape_of(StatusRow), summary="Say where it stands")
def status(request: HttpRequest, number: str) -> StatusRow:
    found = queries.submission_status(number, acting(request).applicant)
    if found is None:
        raise Http404
    return found


@router.post("/applications/{application}/answers", response={204: None}, summary="Answer what is asked late")
def answer(request: HttpRequest, application: UUID, given: AnswersIn) -> Status[None]:
    with transaction.atomic():
        operations.answer_missing(
            acting=acting(request), application=application, answers=given.answers, at=timezone.now()
        )
    return Status(204, None)


@router.post("/applications/{application}/withdrawal", response={204: None}, summary="Withdraw all of it")
def withdraw(request: HttpRequest, application: UUID, given: ReasonIn) -> Status[None]:
    with transaction.atomic():
        operations.withdraw_application(
            acting=acting(request), application=application, reason=given.reason, at=timezone.now()
        )
    return Status(204, None)


@router.post("/cases/{case}/correction", response={204: None}, summary="Put right what was returned")
def correct(request: HttpRequest, case: UUID, given: AnswersIn) -> Status[None]:
    with transaction.atomic():
        operations.answer_correction(
            acting=acting(request), case=case, answers=given.answers, at=timezone.now()
        )
    return Status(204, None)


@router.post("/cases/{case}/rating", response={204: None}, summary="Rate a case that has ended")
def rate(request: HttpRequest, case: UUID, given: RatingIn) -> Status[None]:
    with transaction.atomic():
        voice.rate_case(
            acting=acting(request),
            case=case,
            score=given.score,
            tags=given.tags,
            comment=given.comment,
            at=timezone.now(),
        )
    return Status(204, None)


@router.get("/data-uses", response=list[shape_of(DataUse)], summary="See who used my data")  # type: ignore[misc]
def data_uses(request: HttpRequest, before: datetime | None = None) -> list[DataUse]:
    if not acting(request).in_own_right:
        raise Http404
    return queries.data_uses(acting(request).applicant, before)


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))
