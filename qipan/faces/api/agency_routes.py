"""What agencies' own systems do: read their cases and act on them, within what their official may see and do."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field as Described

from qipan.applications import operations, queries
from qipan.applications.case_views import CaseView
from qipan.applications.rows import InboxCounts, InboxRow
from qipan.faces.api.guards import acting, agency_key, for_agencies
from qipan.faces.api.shapes import shape_of
from qipan.people.actors import Acting
from qipan.watch import operations as watch

router = Router(tags=["agencies 部门"], auth=agency_key)
RULE = for_agencies
MOST = 500


class Act(StrEnum):
    """What can be done to a case."""

    ACCEPT = "accept"
    RETURN = "return"
    DECLINE = "decline"
    REVIEW = "review"
    GRANT = "grant"
    REFUSE = "refuse"
    DELIVER = "deliver"


class ActIn(Schema):
    """An act: ``reason`` for decline and refuse, ``reason``, ``fields`` and ``evidence`` for return, ``outputs`` for grant."""

    act: Act
    reason: str = Described(default="", max_length=2000)
    fields: list[str] = Described(default=[], max_length=MOST)
    evidence: list[str] = Described(default=[], max_length=MOST)
    outputs: dict[str, str | bool | int | float] = Described(default={}, max_length=MOST)


class Page(Schema):
    """Which cases: in a state (all in hand when empty), or of one application; after the last row of the page before."""

    state: str = ""
    number: str = ""
    after_due_on: date | None = None
    after_id: UUID | None = None
    limit: int = Described(default=50, ge=1, le=200)


CaseOut = shape_of(CaseView)


@router.get("/agency/cases", response=list[shape_of(InboxRow)], summary="List cases in hand, by deadline")  # type: ignore[misc]
def cases(request: HttpRequest, page: Annotated[Page, Query()]) -> list[InboxRow]:
    after = (page.after_due_on, page.after_id) if page.after_due_on and page.after_id else None
    return queries.inbox(acting(request).actor, page.state, page.number, after, page.limit)


@router.get("/agency/counts", response=shape_of(InboxCounts), summary="Count the cases in hand")
def counts(request: HttpRequest) -> InboxCounts:
    return queries.inbox_counts(acting(request).actor, timezone.localdate())


@router.get("/agency/cases/{case}", response=CaseOut, summary="Read a case: its service's own fields")
def case_detail(request: HttpRequest, case: UUID) -> CaseView:
    language = str(getattr(request, "LANGUAGE_CODE", "zh-hans"))
    found = queries.case_for_official(case, acting(request).actor, language, timezone.localdate())
    if found is None:
        raise Http404
    with transaction.atomic():
        watch.record_reading(acting=acting(request), case=case, at=timezone.now())
    return found


@router.get("/agency/documents/{upload}", summary="Read a document that was sent for a case")
def document(request: HttpRequest, upload: UUID) -> HttpResponse:
    found = queries.upload_for_official(upload, acting(request).actor)
    if found is None:
        raise Http404
    with transaction.atomic():
        watch.record_document(acting=acting(request), upload=upload, at=timezone.now())
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.content), content_type=found.media_type, headers=headers)


@router.post("/agency/cases/{case}/acts", response={204: None}, summary="Act on a case")
def act(request: HttpRequest, case: UUID, given: ActIn) -> Status[None]:
    with transaction.atomic():
        _ACTS[given.act](acting(request), case, given, timezone.now())
    return Status(204, None)


_Do = Callable[[Acting, UUID, ActIn, datetime], None]
_ACTS: dict[Act, _Do] = {
    Act.ACCEPT: lambda who, case, _given, at: operations.accept_case(acting=who, case=case, at=at),
    Act.REVIEW: lambda who, case, _given, at: operations.review_case(acting=who, case=case, at=at),
    Act.DELIVER: lambda who, case, _given, at: operations.deliver_case(acting=who, case=case, at=at),
    Act.DECLINE: lambda who, case, given, at: operations.decline_case(
        acting=who, case=case, reason=given.reason, at=at
    ),
    Act.REFUSE: lambda who, case, given, at: operations.refuse_case(
        acting=who, case=case, reason=given.reason, at=at
    ),
    Act.GRANT: lambda who, case, given, at: operations.grant_case(
        acting=who, case=case, outputs=given.outputs, at=at
    ),
    Act.RETURN: lambda who, case, given, at: operations.return_for_correction(
        acting=who, case=case, message=given.reason, fields=given.fields, evidence=given.evidence, at=at
    ),
}
