"""Notices and answers on their way between nodes.

What must still be told is read from the receipts, so that the key of a record is kept with its notice alone.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from qipan import records
from qipan.core.share_notices import MOST_RECEIVERS, Answer, Notice, Receiver, read_notice
from qipan.sharing.letters import MOST_OF_ONE, Letter, one_line

NOTICES = f"""
SELECT id, node, kind, resource, provider, official, record, version, fields, message, issued_at, due_on, grants, agencies FROM (
  SELECT n.id, r.node, n.kind, n.resource, n.provider, coalesce(o.name, '') AS official, n.record, coalesce(n.version, 0) AS version,
    n.fields, n.message, n.issued_at, n.due_on, r.grants, r.agencies, row_number() OVER (PARTITION BY r.node ORDER BY n.issued_at, n.id) AS place
  FROM (
    SELECT notice_id, node, (array_agg("grant"::text ORDER BY id))[:{MOST_RECEIVERS}] AS grants,
      (array_agg(consumer ORDER BY id))[:{MOST_RECEIVERS}] AS agencies
    FROM share_receipts WHERE told_at IS NULL AND node <> '' AND NOT node = ANY(%(without)s::text[]) GROUP BY notice_id, node) r
  JOIN share_notices n ON n.id = r.notice_id AND n.node = '' LEFT JOIN officials o ON o.id = n.official) AS waiting
WHERE place <= {MOST_OF_ONE} ORDER BY issued_at, id
"""
ANSWERS = f"""
SELECT id, node, consumer, official, answer, at FROM (
  SELECT r.*, row_number() OVER (PARTITION BY r.node ORDER BY r.at, r.id, r.consumer) AS place FROM (
    SELECT n.id, n.node, r.consumer, min(coalesce(o.name, '')) AS official, min(r.answer) AS answer, min(r.acknowledged_at) AS at
    FROM share_receipts r JOIN share_notices n ON n.id = r.notice_id LEFT JOIN officials o ON o.id = r.official
    WHERE r.told_at IS NULL AND r.acknowledged_at IS NOT NULL AND n.node <> '' AND NOT n.node = ANY(%(without)s::text[])
    GROUP BY n.id, n.node, r.consumer) r) AS waiting
WHERE place <= {MOST_OF_ONE} ORDER BY at, id, consumer
"""
SETTLE_NOTICE = """
UPDATE share_receipts SET told_at = %(at)s, outcome = %(outcome)s
WHERE notice_id = %(notice)s AND node = %(peer)s AND "grant" = ANY(%(grants)s::uuid[]) AND told_at IS NULL
"""
SETTLE_ANSWER = """
UPDATE share_receipts SET told_at = %(at)s, outcome = %(outcome)s
WHERE notice_id = %(notice)s AND consumer = %(agency)s AND node = '' AND told_at IS NULL
"""


class _Notice(NamedTuple):
    id: UUID
    node: str
    kind: str
    resource: str
    provider: str
    official: str
    record: str
    version: int
    fields: tuple[str, ...]
    message: str
    issued_at: datetime
    due_on: date
    grants: tuple[str, ...]
    agencies: tuple[str, ...]


class _Answer(NamedTuple):
    id: UUID
    node: str
    consumer: str
    official: str
    answer: str
    at: datetime


def notices_to_send(without: Collection[str] = ()) -> list[Letter]:
    """What receivers at other nodes must still be told, the oldest first; nothing for the nodes ``without`` which it is asked."""
    found = records.rows(_Notice, NOTICES, {"without": list(without)})
    return [Letter(str(one.id), str(one.id), one.node, _notice(one).document()) for one in found]


def answers_to_send(without: Collection[str] = ()) -> list[Letter]:
    """What agencies here did about notices of other nodes, as those must still be told."""
    found = records.rows(_Answer, ANSWERS, {"without": list(without)})
    return [
        Letter(f"{one.id} {one.consumer}", str(one.id), one.node, _answer(one).document()) for one in found
    ]


def settle_notice(letter: Letter, outcome: str, at: datetime) -> None:
    """Note what came of telling a node: ``ok``, or why it was not taken and never will be."""
    grants = [one.grant for one in read_notice(letter.document).receivers]
    told = {"notice": letter.name, "peer": letter.peer, "grants": grants, "outcome": outcome, "at": at}
    records.execute(SETTLE_NOTICE, told)


def settle_answer(letter: Letter, outcome: str, at: datetime) -> None:
    """The same of an answer."""
    notice, _, agency = letter.name.partition(" ")
    records.execute(SETTLE_ANSWER, {"notice": notice, "agency": agency, "outcome": outcome, "at": at})


def _notice(row: _Notice) -> Notice:
    return Notice(
        notice=str(row.id),
        to=row.node,
        node=settings.QIPAN_NODE,
        kind=row.kind,
        resource=row.resource,
        provider=row.provider,
        official=row.official,
        record=row.record,
        library=row.version,
        fields=row.fields,
        message=one_line(row.message),
        issued=row.issued_at,
        due=row.due_on,
        receivers=tuple(map(Receiver, row.grants, row.agencies)),
    )


def _answer(row: _Answer) -> Answer:
    return Answer(
        notice=str(row.id),
        to=row.node,
        node=settings.QIPAN_NODE,
        agency=row.consumer,
        official=row.official,
        answer=one_line(row.answer),
        at=row.at,
    )
