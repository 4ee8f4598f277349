"""Which drafts, applications and cases are in hand, for whoever asks a register elsewhere on their behalf."""

from collections.abc import Sequence
from typing import LiteralString, NamedTuple
from uuid import UUID

from qipan import records
from qipan.core.lifecycle import IN_HAND

OF_CASES = """
WITH asked AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(%(asked)s::jsonb) AS one (kind text, id uuid, resource text))
SELECT 'case:' || id AS subject, resource FROM asked JOIN cases USING (id)
  WHERE kind = 'case' AND state = ANY(%(states)s)
UNION ALL
SELECT 'application:' || id, resource FROM asked JOIN applications USING (id)
  WHERE kind = 'application' AND closed_at IS NULL AND resource = ANY(consents)
UNION ALL
"""
OPEN = f"""{OF_CASES}
SELECT 'draft:' || id, resource FROM asked JOIN drafts USING (id)
  WHERE kind = 'draft' AND application IS NULL AND resource = ANY(consents)
"""
# A draft that was handed in goes on as its application.
GOING_ON = f"""{OF_CASES}
SELECT 'draft:' || d.id, resource FROM asked JOIN drafts d USING (id) LEFT JOIN applications a ON a.id = d.application
  WHERE kind = 'draft' AND a.closed_at IS NULL AND resource = ANY(coalesce(a.consents, d.consents))
"""
STATES = [str(state) for state in IN_HAND]


class Open(NamedTuple):
    """A subject that is in hand, and a resource that may be asked for it."""

    subject: str
    resource: str


def open_subjects(asked: Sequence[tuple[str, str]]) -> list[bool]:
    """Say of each subject (``case:…``, ``application:…``, ``draft:…``) and resource whether it may be asked for it now.

    Cases must be in hand; applications and drafts be open, and their person have consented to the resource.
    """
    return _said(OPEN, asked)


def going_on(asked: Sequence[tuple[str, str]]) -> list[bool]:
    """Say of each subject and resource whether what was asked for it may still be followed: the same, and drafts that were handed in."""
    return _said(GOING_ON, asked)


def _said(statement: LiteralString, asked: Sequence[tuple[str, str]]) -> list[bool]:
    known = [
        {"kind": kind, "id": id_, "resource": resource}
        for (kind, _, id_), resource in {(subject.partition(":"), resource) for subject, resource in asked}
        if _is_uuid(id_)
    ]
    if not known:
        return [False for _ in asked]
    told = {"asked": records.json_text(known), "states": STATES}
    in_hand = set(records.prepared_rows(Open, statement, told))
    return [Open(subject, resource) in in_hand for subject, resource in asked]


def _is_uuid(said: str) -> bool:
    try:
        return str(UUID(said)) == said
    except ValueError:
        return False
