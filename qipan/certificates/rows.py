"""Rows that queries of certificates give."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from qipan.core.status_lists import Status


class IssuerRow(NamedTuple):
    """An agency that issues."""

    agency: str
    code: str
    name_zh: str
    name_en: str
    sample: bool


class KeyRow(NamedTuple):
    """A key in custody, with its X.509 certificate."""

    id: str
    agency: str
    suite: str
    public: bytes
    certificate: bytes
    kept: str
    begins: datetime
    ends: datetime
    retired_at: datetime | None
    why: str


class SealRow(NamedTuple):
    """A seal with its picture and, once made, its SESeal."""

    number: str
    agency: str
    name: str
    purpose: str
    state: str
    picture: bytes
    document: bytes | None
    key: str
    asked_by: int
    first_by: int | None
    second_by: int | None
    asked_at: datetime
    begins: datetime | None
    ends: datetime | None


class SealLine(NamedTuple):
    """A seal as the catalogue lists it."""

    number: str
    agency: str
    name_zh: str
    name_en: str
    state: str
    asked_at: datetime
    begins: datetime | None
    ends: datetime | None


class SealActRow(NamedTuple):
    """What was done with a seal."""

    act: str
    official: str
    reason: str
    at: datetime


class GrantedCase(NamedTuple):
    """A case from which a certificate follows."""

    id: UUID
    application: UUID
    person: int
    event: str
    version: int
    service: str
    agency: str
    state: str
    decided_at: datetime | None


class CertificateRow(NamedTuple):
    """A certificate as lists show it."""

    id: int
    number: str
    type: str
    library: int
    event: str
    agency: str
    issuer: str
    issuer_zh: str
    issuer_en: str
    issued_at: datetime
    begins: date
    ends: date | None
    state: int
    reason: str
    state_at: datetime | None

    def standing(self, today: date) -> str:
        """In one word how it stands: valid, revoked, suspended, replaced, expired, not-yet."""
        if self.state != Status.VALID:
            return Status(self.state).name.lower()
        if self.ends is not None and today > self.ends:
            return "expired"
        return "not-yet" if today < self.begins else "valid"


class WholeCertificate(NamedTuple):
    """A certificate with its data forms."""

    id: int
    number: str
    type: str
    library: int
    case: UUID
    application: UUID
    event: str
    agency: str
    issuer: str
    seal: str
    holder: int
    issued_at: datetime
    begins: date
    ends: date | None
    state: int
    reason: str
    data: str
    data_sm2: str


class EndingRow(NamedTuple):
    """A certificate that ends soon, and where one of its holders is told; no phone where they have no account."""

    number: str
    type: str
    library: int
    case: UUID
    ends: date
    holder: int
    phone: str


class StandingRow(NamedTuple):
    """How a certificate stands."""

    state: int
    state_at: datetime | None
    reason: str


class PaperRow(NamedTuple):
    """A sealed page."""

    content: bytes
    made_at: datetime
