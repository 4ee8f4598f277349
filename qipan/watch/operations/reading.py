"""Putting on record that an official opened somebody's data: in the transaction in which it is shown, or it is not shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry
from qipan.people.actors import SYSTEM, Acting

SLOT = 600  # seconds in which the same case is one reading
OVER = timedelta(days=3)  # after its end, a case is still looked at once or twice
# The official's peers are those of the same post in agencies of the same kind.
PEERS = "split_part(o.agency, '.', 2) || ' ' || o.post"
KEEP = """
WITH reading AS (
  INSERT INTO readings (who, peers, agency, kind, subject, person, in_hand, namesake, times, slot, at)
  {chosen}
  ON CONFLICT (who, subject, slot) WHERE NOT (kind = 'exchange') DO NOTHING RETURNING id)
"""
OF_CASE = f"""
SELECT 'official:' || o.id, {PEERS}, o.agency, 'case', 'case:' || c.id, p.id,
    c.ended_at IS NULL OR c.ended_at > %(over)s, p.name = o.name, 1, %(slot)s, %(at)s
  FROM officials o, cases c JOIN applications a ON a.id = c.application_id JOIN persons p ON p.id = a.person
  WHERE o.id = %(official)s AND c.id = %(case)s
"""
OF_DOCUMENT = f"""
SELECT 'official:' || o.id, {PEERS}, o.agency, 'case', 'case:' || c.id, p.id,
    c.ended_at IS NULL OR c.ended_at > %(over)s, p.name = o.name, 1, %(slot)s, %(at)s
  FROM officials o, uploads u JOIN cases c ON c.application_id = u.application AND c.service = u.service
  JOIN applications a ON a.id = c.application_id JOIN persons p ON p.id = a.person
  WHERE o.id = %(official)s AND u.id = %(upload)s
"""
OF_PERSON = f"""
SELECT 'official:' || o.id, {PEERS}, o.agency, 'window', 'person:' || p.id, p.id, true, p.name = o.name, 1, %(slot)s, %(at)s
  FROM officials o, persons p WHERE o.id = %(official)s AND p.id = %(person)s
"""
SAMPLES = f"""
INSERT INTO readings (who, peers, agency, kind, subject, person, in_hand, namesake, times, slot, at)
SELECT 'official:' || o.id, {PEERS}, o.agency, 'window', 'person:' || p.id, p.id, true, p.name = o.name, 1,
  extract(epoch FROM one.at)::bigint / {SLOT}, one.at
FROM unnest(%(officials)s::bigint[], %(persons)s::bigint[], %(moments)s::timestamptz[]) AS one (official, person, at)
JOIN officials o ON o.id = one.official AND o.sample JOIN persons p ON p.id = one.person AND p.sample
ON CONFLICT (who, subject, slot) WHERE NOT (kind = 'exchange') DO NOTHING
"""


class SampleReading(NamedTuple):
    """That a sample official read a sample resident's data."""

    official: int
    person: int
    at: datetime


def record_reading(*, acting: Acting, case: UUID, at: datetime) -> None:
    """Put on record that an official opened a case, with its entry; again within ten minutes is the same reading.

    One statement, in the caller's transaction.
    """
    told = [acting.entry("read_case", f"reading:{case}")]
    _keep(OF_CASE, {"official": acting.actor.id, "case": case, "over": at - OVER}, told, at)


def record_document(*, acting: Acting, upload: UUID, at: datetime) -> None:
    """The same for a document sent for a case; where the case was just opened, it is the same reading."""
    told = [acting.entry("read_document", f"reading:{upload}")]
    _keep(OF_DOCUMENT, {"official": acting.actor.id, "upload": upload, "over": at - OVER}, told, at)


def record_service(*, acting: Acting, person: int, at: datetime) -> None:
    """Put on record that a clerk began to serve somebody, which has its own entry; one statement, in the caller's transaction."""
    _keep(OF_PERSON, {"official": acting.actor.id, "person": person}, [], at)


def enter_sample_readings(*, readings: Sequence[SampleReading], at: datetime) -> int:
    """Enter readings of sample officials in the past, for showing what the watch finds; one entry says so. Gives how many are new."""
    columns = {
        "officials": [one.official for one in readings],
        "persons": [one.person for one in readings],
        "moments": [one.at for one in readings],
    }
    new = records.execute(SAMPLES, columns)
    if new:
        ledger.append([SYSTEM.entry("enter_sample_readings", "readings:sample", count=new)], at)
    return new


def _keep(chosen: str, values: dict[str, object], told: Sequence[NewEntry], at: datetime) -> None:
    entries = ledger.INSERT_ENTRIES.format(created="reading,")
    statement = f"{KEEP.format(chosen=chosen)} {entries}"
    slot = int(at.timestamp()) // SLOT
    records.execute_prepared(
        statement, {**values, "at": at, "slot": slot, "entries": ledger.document(told, at)}
    )
