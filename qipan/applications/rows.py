"""The rows that queries give: frozen, plain values; titles and wording are the faces'.

Fields are written as texts, ``mother.id_number``. Times are aware datetimes.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from qipan.core.elements import Value
from qipan.core.plan import Plan


class Fact(NamedTuple):
    """A fact and where it came from. Kinds: see ``FactSet``; ``via`` names the resource, certificate or service."""

    field: str
    value: Value
    kind: str
    via: str
    learned_at: datetime


class Learned(NamedTuple):
    """Facts learned at one moment from one place."""

    kind: str
    via: str
    facts: Mapping[str, Value]
    at: datetime

    def each(self) -> list[Fact]:
        """Give the facts one by one."""
        return [Fact(field, value, self.kind, self.via, self.at) for field, value in self.facts.items()]


CaseFact = Fact
"""A fact of a case: also of the kind ``claim``, which never counts."""


class ApplicationRow(NamedTuple):
    """One line of a person's list; ``awaits_person`` when an answer or a correction is owed."""

    id: UUID
    number: str
    event: str
    version: int
    state: str
    submitted_at: datetime
    closed_at: datetime | None
    cases: int
    ended: int
    awaits_person: bool


class CaseOfApplication(NamedTuple):
    """A case as its applicant sees it; ``rating`` is the score that they gave it."""

    id: UUID
    ordinal: int
    number: str
    service: str
    agency: str
    agency_zh: str
    agency_en: str
    state: str
    ready_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    due_on: date | None
    paused_days: int
    automatic: bool
    reason: str
    stopped_by: str
    outputs: Mapping[str, Value]
    rating: int | None


class CorrectionRow(NamedTuple):
    """A correction request; ``answered_at`` None means that it is open."""

    id: int
    case: UUID
    service: str
    fields: tuple[str, ...]
    evidence: tuple[str, ...]
    message: str
    asked_at: datetime
    answered_at: datetime | None


class CallRow(NamedTuple):
    """A look-up made for an application. Outcomes: ok · none · down · nonsense · refused."""

    step: str
    resource: str
    fields: tuple[str, ...]
    agency: str
    outcome: str
    at: datetime
    milliseconds: int


class UploadRow(NamedTuple):
    """A document sent; its content is read apart."""

    id: UUID
    service: str
    evidence: str
    filename: str
    media_type: str
    size: int
    sent_at: datetime


class UploadContent(NamedTuple):
    """A document itself."""

    filename: str
    media_type: str
    content: bytes


class ApplicationDetail(NamedTuple):
    """An application with everything about it; ``plan`` is what was promised, ``missing`` what is asked of the person now."""

    id: UUID
    number: str
    event: str
    version: int
    plan: Plan
    state: str
    submitted_at: datetime
    closed_at: datetime | None
    missing: tuple[str, ...]
    trouble: str
    consents: tuple[str, ...]
    without: tuple[str, ...]
    cases: tuple[CaseOfApplication, ...]
    facts: tuple[Fact, ...]
    corrections: tuple[CorrectionRow, ...]
    calls: tuple[CallRow, ...]
    uploads: tuple[UploadRow, ...]


class StatusRow(NamedTuple):
    """Where an application stands, in short."""

    number: str
    state: str
    cases: int
    ended: int


class Discarded(NamedTuple):
    """A draft that was thrown away and can still be had back."""

    id: UUID
    event: str
    version: int


class DraftSummary(NamedTuple):
    """A form begun and not submitted; ``answered`` counts what was typed."""

    id: UUID
    event: str
    version: int
    updated_at: datetime
    answered: int


class Submitted(NamedTuple):
    """What a submission gives back: the same for every retry, ``created`` for the first alone."""

    number: str
    application: UUID
    created: bool


class InboxRow(NamedTuple):
    """A case in an official's inbox; ``applicant`` is a masked name, empty where the service does not need the name."""

    id: UUID
    number: str
    service: str
    event: str
    version: int
    state: str
    applicant: str
    ready_at: datetime
    due_on: date
    mine: bool
    corrected: bool


class InboxCounts(NamedTuple):
    """Cases in hand, each count up to ``CAP`` (then say "1000+")."""

    to_accept: int
    to_decide: int
    to_deliver: int
    awaiting_correction: int
    overdue: int
    due_soon: int
    stuck: int


class DataUse(NamedTuple):
    """One use of a person's data. Kinds: ``call`` (a look-up in the register of a kind of ``agency``, for these ``services``) ·
    ``case`` (an agency, by its code, received fields to handle a case). ``own``: in the person's own application;
    of another's, the ``number`` is empty. ``by`` names whoever acted for the person under a mandate.
    """

    at: datetime
    kind: str
    agency: str
    agency_zh: str
    agency_en: str
    via: str
    services: tuple[str, ...]
    fields: tuple[str, ...]
    purpose: str
    legal_basis: str
    outcome: str
    number: str
    event: str
    version: int
    own: bool
    by: str = ""


class Filed(NamedTuple):
    """Who sent an application for another, and ``under`` which mandate, as the trail has it."""

    agent: str
    under: str


class EntryRow(NamedTuple):
    """An act in the trail of a case or application; ``id`` is its number there.

    ``actor`` names an official, and a person who acted for the applicant.
    """

    at: datetime
    act: str
    actor_kind: str
    actor: str
    details: Mapping[str, object]
    id: int = 0
