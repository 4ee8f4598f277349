"""The rows of the pool's queries."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from qipan.core.share_acts import AskedFor


class RequestRow(NamedTuple):
    """A request in a list."""

    id: UUID
    number: str
    resource: str
    version: int
    consumer: str
    provider: str
    consumer_zh: str
    consumer_en: str
    provider_zh: str
    provider_en: str
    purpose: str
    state: str
    submitted_at: datetime
    due_on: date | None
    until: date


class RequestCounts(NamedTuple):
    """How many requests wait for the reader, run, stand, end soon, have ended, and are late."""

    mine: int
    running: int
    standing: int
    ending: int
    ended: int
    overdue: int


class RequestDetail(NamedTuple):
    """A request with what it asks for and all that was done to it; ``history`` are mappings as in DETAIL.

    ``undelivered`` is a node that does not know of all that was done here yet.
    """

    id: UUID
    asked: AskedFor
    version: int
    share: str
    consumer_zh: str
    consumer_en: str
    provider_zh: str
    provider_en: str
    requester: int
    asked_by: str
    state: str
    submitted_at: datetime
    since: date
    due_on: date | None
    paused_days: int
    granted: tuple[str, ...]
    approver: int | None
    decided_by: str
    coordinator: int | None
    decided_at: datetime | None
    reason: str
    document: bytes | None
    signatures: dict[str, dict[str, str]]
    grant: UUID | None
    ended_at: datetime | None
    consumer_node: str
    provider_node: str
    coordinator_node: str
    undelivered: str
    history: list[dict[str, Any]]


class Asked(NamedTuple):
    """A request for a resource, on the resource's page."""

    id: UUID
    number: str
    state: str
    consumer: str
    consumer_zh: str
    consumer_en: str
    provider_zh: str
    provider_en: str
    submitted_at: datetime
    until: date


class CallUnder(NamedTuple):
    """One call under a grant."""

    at: datetime
    exchange: str
    side: str
    fields: tuple[str, ...]
    purpose: str
    basis: str
    case: str
    official: str
    outcome: str
    alarm: bool
    rows: int


class Used(NamedTuple):
    """What one agency, or kind of agency, got of another's resource."""

    resource: str
    giver: str
    receiver: str
    giver_zh: str
    giver_en: str
    receiver_zh: str
    receiver_en: str
    calls: int
    found: int
    refused: int
    facts: int


class UsedDay(NamedTuple):
    """How much was used on a day."""

    day: date
    calls: int
    found: int
    refused: int


class ReceiptRow(NamedTuple):
    """Whether a receiver has acknowledged a notice; the moment is written as PostgreSQL's JSON has it.

    ``node`` is the receiver's, where that is elsewhere; ``told``: it has come there, or was refused with ``outcome``.
    """

    consumer: str
    consumer_zh: str
    consumer_en: str
    acknowledged_at: str | None
    answer: str
    who: str
    node: str
    told: bool
    outcome: str


class NoticeRow(NamedTuple):
    """A correction or recall; ``node`` is the provider's, where that is elsewhere."""

    id: UUID
    kind: str
    resource: str
    provider: str
    provider_zh: str
    provider_en: str
    record: str
    version: int | None
    fields: tuple[str, ...]
    message: str
    issued_at: datetime
    due_on: date
    node: str
    receipts: list[ReceiptRow]


class UseAbout(NamedTuple):
    """A call between agencies for somebody's case, and the grant that it was made under."""

    at: datetime
    resource: str
    fields: tuple[str, ...]
    purpose: str
    basis: str
    outcome: str
    grant: UUID | None
    ends: datetime | None
    consumer_zh: str
    consumer_en: str
    provider_zh: str
    provider_en: str
