"""Reads of mandates: each party reads their own, and whoever acts under one reads no others of its principal."""

from datetime import date

from qipan import reader, records
from qipan.mandates.rows import MandateRow, ToldRow

MANDATE = """
SELECT m.id, m.kind, m.principal, m.agent, m.events, m.ends_on, m.given_at, m.accepted_at, m.ended_at,
  p.name, p.id_number, p.kind, a.name, m.used_at
FROM mandates m JOIN persons p ON p.id = m.principal JOIN persons a ON a.id = m.agent
"""
TOLD = """
SELECT m.kind, p.name, a.name, m.ends_on, c.phone, c.email
FROM mandates m JOIN persons p ON p.id = m.principal JOIN persons a ON a.id = m.agent
LEFT JOIN mandates r ON r.principal = m.principal AND r.kind = 'representative' AND r.ended_at IS NULL AND m.kind = 'agent'
JOIN accounts c ON c.is_active AND c.phone_verified
  AND c.person_id = CASE WHEN %(principal)s THEN coalesce(r.agent, m.principal) ELSE m.agent END
WHERE m.id = %(mandate)s
"""
MOST = 100
OPEN = "m.ended_at IS NULL AND m.ends_on >= %s"


def mandate_of(number: int, agent: int) -> MandateRow | None:
    """Find a mandate by its number, where this person is its agent; whether it is in force is for the core to say."""
    return records.prepared(MandateRow, f"{MANDATE} WHERE m.id = %s AND m.agent = %s", [number, agent])


def held_by(agent: int, on: date) -> list[MandateRow]:
    """List what a person was given and what has neither ended nor run out, accepted or not."""
    statement = f"{MANDATE} WHERE m.agent = %s AND {OPEN} ORDER BY p.kind, m.id LIMIT {MOST}"
    return records.rows(MandateRow, statement, [agent, on])


def given_by(principal: int) -> list[MandateRow]:
    """List what a person or an enterprise gave, the newest first, also what is over; a legal representative is not given by it."""
    statement = (
        f"{MANDATE} WHERE m.principal = %s AND m.kind <> 'representative' ORDER BY m.id DESC LIMIT {MOST}"
    )
    return records.rows(MandateRow, statement, [principal])


def to_be_told(mandate: int, *, principal: bool) -> ToldRow | None:
    """Give what one side of a mandate is told, its principal or its agent; None where they have no account."""
    with reader.as_platform():
        return records.first(ToldRow, TOLD, {"mandate": mandate, "principal": principal})
