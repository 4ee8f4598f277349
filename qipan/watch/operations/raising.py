"""Raising findings: a durable row and an entry in the trail, in the caller's transaction; what grows while it is open is renewed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM
from qipan.watch.kinds import Kind

RAISE = """
INSERT INTO findings (id, kind, subject, official, agency, begins, ends, score, facts, state, reason, raised_at, renewed_at)
SELECT gen_random_uuid(), kind, subject, official, agency, begins, ends, score, facts, 'open', '', %(at)s, %(at)s
FROM jsonb_to_recordset(%(found)s::jsonb) AS one (kind text, subject text, official bigint, agency text, begins timestamptz,
  ends timestamptz, score double precision, facts jsonb)
ORDER BY kind, subject, begins
ON CONFLICT (kind, subject, begins) DO UPDATE
SET score = excluded.score, facts = excluded.facts, ends = excluded.ends, renewed_at = excluded.renewed_at
WHERE findings.state = 'open' AND findings.facts IS DISTINCT FROM excluded.facts
RETURNING id, kind, subject, score, xmax::text = '0' AS raised
"""


class NewFinding(NamedTuple):
    """Something for an auditor; the fields are those of the table."""

    kind: Kind
    subject: str
    begins: datetime
    ends: datetime
    score: float
    facts: Mapping[str, object]
    official: int | None = None
    agency: str = ""


class Raised(NamedTuple):
    """A finding that was raised, or renewed."""

    id: UUID
    kind: str
    subject: str
    score: float
    raised: bool


def raise_findings(*, found: Sequence[NewFinding], at: datetime) -> list[Raised]:
    """Raise what was found; the same again changes nothing. Gives those that are new."""
    if not found:
        return []
    rows = records.rows(
        Raised, RAISE, {"found": records.json_text([one._asdict() for one in found]), "at": at}
    )
    new = [one for one in rows if one.raised]
    ledger.append(
        [
            SYSTEM.entry(
                "raise_finding",
                f"finding:{one.id}",
                kind=one.kind,
                about=one.subject,
                score=f"{one.score:.1f}",
            )
            for one in new
        ],
        at,
    )
    return new
