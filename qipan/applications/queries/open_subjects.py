"""Which drafts, applications and cases are in hand, for whoever asks a register elsewhere on their behalf."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.core.lifecycle import IN_HAND

OPEN = """
SELECT 'case:' || c.id AS subject, resource FROM unnest(%(subjects)s::uuid[], %(resources)s::text[]) AS asked (id, resource)
  JOIN cases c USING (id) WHERE c.state = ANY(%(states)s)
UNION ALL
SELECT 'application:' || a.id, resource FROM unnest(%(subjects)s::uuid[], %(resources)s::text[]) AS asked (id, resource)
  JOIN applications a USING (id) WHERE a.closed_at IS NULL AND resource = ANY(a.consents)
UNION ALL
SELECT 'draft:' || d.id, resource FROM unnest(%(subjects)s::uuid[], %(resources)s::text[]) AS asked (id, resource)
  JOIN drafts d USING (id) WHERE d.application IS NULL AND resource = ANY(d.consents)
"""


class Open(NamedTuple):
    """A subject that is in hand, and a resource that may be asked for it."""

    subject: str
    resource: str


def open_subjects(asked: Sequence[tuple[str, str]]) -> list[bool]:
    """Say of each subject (``case:…``, ``application:…``, ``draft:…``) and resource whether it may be asked for it now.

    Cases must be in hand; applications and drafts be open, and their person have consented to the resource.
    """
    known = [(found, resource) for subject, resource in asked if (found := _uuid(subject))]
    if not known:
        return [False for _ in asked]
    told: dict[str, Iterable[object]] = {
        "subjects": [found for found, _ in known],
        "resources": [resource for _, resource in known],
        "states": [str(state) for state in IN_HAND],
    }
    in_hand = set(records.rows(Open, OPEN, told))
    return [Open(subject, resource) in in_hand for subject, resource in asked]


def _uuid(subject: str) -> UUID | None:
    try:
        found = UUID(subject.partition(":")[2])
    except ValueError:
        return None
    return found if str(found) == subject.partition(":")[2] else None
