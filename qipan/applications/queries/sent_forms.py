"""Whether what is stored of a submission is what was sent, by the trail."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications.rows import Learned
from qipan.applications.signed_forms import form_digest, form_document

SENT = """
SELECT a.event, a.version, e.id, e.at, coalesce(e.details->>'form', ''), coalesce((e.details->>'level')::int, 0),
  (SELECT f.learned FROM fact_sets f WHERE f.application_id = a.id ORDER BY f.id LIMIT 1)
FROM cases c JOIN applications a ON a.id = c.application_id
JOIN entries e ON e.subject = 'application:' || a.id AND e.act = 'submit_application'
WHERE c.id = %s ORDER BY e.id LIMIT 1"""


TYPED = """
SELECT a.event, a.version, (SELECT f.learned FROM fact_sets f WHERE f.application_id = a.id ORDER BY f.id LIMIT 1)
FROM applications a WHERE a.id = %s"""


class _Typed(NamedTuple):
    event: str
    version: int
    learned: list[dict[str, Any]] | None


class _Sent(NamedTuple):
    event: str
    version: int
    entry: int
    at: datetime
    digest: str
    level: int
    learned: list[dict[str, Any]] | None


class SentForm(NamedTuple):
    """The digest that the trail keeps of a form (empty for those sent before it did), at which level its sender was signed in.

    ``same`` is whether the stored form still gives this digest.
    """

    entry: int
    at: datetime
    digest: str
    level: int
    same: bool


def sent_form(case: UUID) -> SentForm | None:
    """The form of a case's application; the caller sees that the case is theirs."""
    row = records.first(_Sent, SENT, [case])
    if row is None:
        return None
    now = form_digest(row.event, row.version, [Learned(**one) for one in row.learned or ()])
    return SentForm(row.entry, row.at, row.digest, row.level, row.digest == now)


def form_of(application: UUID) -> bytes | None:
    """What somebody sent, in the one way of writing it whose SM3 the trail keeps; the caller sees that the application is theirs."""
    row = records.first(_Typed, TYPED, [application])
    return row and form_document(row.event, row.version, [Learned(**one) for one in row.learned or ()])
