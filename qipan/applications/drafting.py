"""A draft as it is read: what was typed and looked up, by whom, and what follows from it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypedDict
from uuid import UUID

from qipan import records
from qipan.applications.agreements import agreed_fields
from qipan.applications.intake import Answered, Asking, Identity, field_of, identity_facts, take_in
from qipan.applications.rows import Learned
from qipan.applications.standing import standing
from qipan.applications.wallet import CERTIFICATE, OFFERED, bound, held
from qipan.catalogue import queries as catalogue
from qipan.core.elements import Field, Value
from qipan.core.planner import Knowledge
from qipan.core.planner.knowledge import HeldCertificate

# An enterprise's applicant is its legal representative, ``r``, whoever fills the form in.
IDENTITY = """
coalesce(r.name, p.name) AS name, coalesce(r.id_number, p.id_number) AS id_number, coalesce(r.phone, p.phone) AS phone,
  CASE WHEN p.kind = 'organization' THEN p.name ELSE '' END AS enterprise,
  CASE WHEN p.kind = 'organization' THEN p.id_number ELSE '' END AS credit_code
"""
DRAFT = f"""
SELECT d.id, d.person, d.event, d.version, d.answers, d.claims, d.facts, d.consents, d.without, d.lacking, d.skipped,
  d.prepared_at, d.updated_at, d.application, {IDENTITY}
FROM drafts d JOIN persons p ON p.id = d.person LEFT JOIN persons r ON r.id = p.represented_by
"""


class KeptFacts(TypedDict):
    """The facts of one look-up, as a draft keeps them; ``at`` is an ISO time."""

    kind: str
    at: str
    facts: dict[str, Value]


Kept = Mapping[str, KeptFacts]


class DraftRow(NamedTuple):
    """A draft and the identity of the person it is for."""

    id: UUID
    person: int
    event: str
    version: int
    answers: Mapping[str, object]
    claims: Mapping[str, str]
    facts: Kept
    consents: tuple[str, ...]
    without: tuple[str, ...]
    lacking: tuple[str, ...]
    skipped: tuple[str, ...]
    prepared_at: datetime | None
    updated_at: datetime
    application: UUID | None
    name: str
    id_number: str
    phone: str
    enterprise: str
    credit_code: str

    @property
    def identity(self) -> Identity:
        """What the identity says of the applicant."""
        return Identity(self.name, self.id_number, self.phone, self.enterprise, self.credit_code)

    def learned(self, today: date) -> list[Learned]:
        """List what was looked up and still stands, and the certificates that are about the event's parties."""
        asking = asking_of(self.version, self.event, today)
        return still_known(asking, self.from_identity(today), kept_facts(self.facts), self.answers)

    def from_identity(self, today: date) -> dict[Field, Value]:
        """Give what the event takes from the signed-in identity."""
        return identity_facts(asking_of(self.version, self.event, today).event, self.identity)

    def known(self, today: date) -> dict[Field, Value]:
        """Give what is known before anything typed counts."""
        return {**values_in(self.learned(today)), **self.from_identity(today)}


def read_draft(draft: UUID, person: int) -> DraftRow | None:
    """Find one person's draft."""
    return records.prepared(DraftRow, f"{DRAFT} WHERE d.id = %s AND d.person = %s", [draft, person])


def kept_facts(kept: Kept) -> list[Learned]:
    """Read facts as a draft keeps them, by look-up."""
    return [
        Learned(one["kind"], via, one["facts"], datetime.fromisoformat(one["at"]))
        for via, one in kept.items()
    ]


def still_known(
    asking: Asking, identity: Mapping[Field, Value], kept: Sequence[Learned], typed: Mapping[str, object]
) -> list[Learned]:
    """What was looked up and still stands, and the certificates that are about the event's parties; each may rest on the other."""
    offered = [one for one in kept if one.kind == OFFERED]
    looked_up = [one for one in kept if one.kind != OFFERED]
    found = standing(asking, identity, looked_up, typed)
    if not offered:
        return found
    papers = bound(asking, offered, {**values_in(found), **identity}, typed)
    return [*papers, *standing(asking, {**values_in(papers), **identity}, looked_up, typed)]


def values_in(learned: Iterable[Learned]) -> dict[Field, Value]:
    """Give the bare values by field."""
    return {field_of(field): value for one in learned for field, value in one.facts.items()}


def wallet_in(learned: Iterable[Learned]) -> frozenset[HeldCertificate]:
    """The certificates among what is known."""
    return held(one.via for one in learned if one.kind == CERTIFICATE)


def asking_of(version: int, event: str, today: date) -> Asking:
    """Begin to ask about an event of a published library; raises KeyError when it is not there."""
    library = catalogue.library(version)
    return Asking(library, version, library.events[event], today)


def base_knowledge(draft: DraftRow, today: date) -> Knowledge:
    """What is known before anything typed counts."""
    learned = draft.learned(today)
    return Knowledge(
        facts={**values_in(learned), **draft.from_identity(today)},
        wallet=wallet_in(learned),
        without=frozenset(draft.without),
        lacking=frozenset(lack(text) for text in draft.lacking),
        skipped=frozenset(draft.skipped),
        identified=True,
        today=today,
        agreed=agreed_fields(draft.version, draft.event, today),
    )


def answered(draft: DraftRow, today: date) -> Answered:
    """Take in what a draft holds."""
    return take_in(asking_of(draft.version, draft.event, today), base_knowledge(draft, today), draft.answers)


def lack(text: str) -> tuple[str, Field]:
    """Read what a fetch had no value for, as kept: ``marriage(mother,father) father.name``."""
    step, _, field = text.rpartition(" ")
    return step, field_of(field)


def lack_text(step: str, field: Field) -> str:
    """Write what a fetch had no value for."""
    return f"{step} {field}"
