"""Who sits at which desk, what an agency has in hand, and what an official did: never more than the official handles."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from qipan import reader, records
from qipan.core.lifecycle import IN_HAND, CaseState
from qipan.people.actors import Actor

MOST_COUNTED = 100  # cases of one agency; beyond, there are more
MOST_URGENT = 2000  # cases of one agency in one state that are looked at to count them by service
_IN_HAND = ", ".join(f"'{state}'" for state in IN_HAND)
_DECIDABLE = f"'{CaseState.ACCEPTED}', '{CaseState.REVIEWING}'"
_OWN = "c.agency = %(agency)s AND (cardinality(%(services)s::text[]) = 0 OR c.service = ANY(%(services)s))"
DESKS = f"""
WITH found AS (
  SELECT o.id, o.name, p.id AS number, p.title AS post, p.powers, p.agency, coalesce(g.kind, '') AS kind, coalesce(g.level, '') AS level,
    coalesce(g.name_zh, '') AS agency_zh, coalesce(g.name_en, '') AS agency_en,
    (SELECT count(*) FROM (SELECT FROM cases c WHERE c.agency = p.agency AND c.state IN ({_IN_HAND}) LIMIT 1) any_case) AS busy,
    (left(p.agency, 6) = (SELECT left(id_number, 6) FROM persons WHERE sample AND story_zh <> '' ORDER BY id LIMIT 1)) IS TRUE AS near
  FROM officials o JOIN tenures t ON t.official_id = o.id JOIN posts p ON p.id = t.post_id LEFT JOIN agencies g ON g.code = p.agency
  WHERE o.sample AND t.confirmed_at IS NOT NULL AND coalesce(t.begins <= %(at)s, true) AND coalesce(t.ends > %(at)s, true)
    AND (%(pattern)s = '%%%%' OR p.agency LIKE %(pattern)s OR o.name LIKE %(pattern)s OR p.title LIKE %(pattern)s
    OR g.name_zh LIKE %(pattern)s OR g.name_en ILIKE %(pattern)s OR g.kind = ANY(%(kinds)s))
  ORDER BY busy DESC, near DESC, p.agency, o.id, t.id LIMIT %(limit)s),
shown AS (
  SELECT found.*, (SELECT count(*) FROM (
    SELECT FROM cases c WHERE c.agency = found.agency AND c.state IN ({_IN_HAND}) LIMIT {MOST_COUNTED + 1}) counted) AS waiting
  FROM found)
SELECT id, name, number, post, powers, agency, kind, level, agency_zh, agency_en, waiting
FROM shown ORDER BY waiting DESC, near DESC, agency, id, number
"""
_MOST_URGENT = " UNION ALL ".join(
    f"""(SELECT c.agency, c.service, c.state, c.due_on FROM cases c
     WHERE c.agency = %(agency)s AND c.state = '{state}' ORDER BY c.due_on, c.id LIMIT {MOST_URGENT + 1})"""
    for state in IN_HAND
)
BY_SERVICE = f"""
WITH found AS ({_MOST_URGENT})
SELECT coalesce(c.service, ''), count(*) FILTER (WHERE c.state = '{CaseState.SUBMITTED}') AS to_accept,
  count(*) FILTER (WHERE c.state IN ({_DECIDABLE})) AS to_decide,
  count(*) FILTER (WHERE c.state = '{CaseState.GRANTED}') AS to_deliver,
  count(*) FILTER (WHERE c.state = '{CaseState.RETURNED}') AS awaiting_correction,
  count(*) FILTER (WHERE c.state IN ('{CaseState.SUBMITTED}', {_DECIDABLE}) AND c.due_on < %(today)s) AS overdue,
  EXISTS (SELECT FROM found GROUP BY state HAVING count(*) > {MOST_URGENT}) AS more
FROM found c WHERE {_OWN} GROUP BY GROUPING SETS ((c.service), ())
"""
HANDLED = f"""
SELECT e.at, e.act, c.id, a.number || '-' || c.ordinal AS number, c.service, a.version, c.state
FROM entries e JOIN cases c ON c.id = substr(e.subject, 6)::uuid JOIN applications a ON a.id = c.application_id
WHERE e.actor_kind = 'official' AND e.actor = %(actor)s AND e.at >= %(since)s AND e.subject LIKE 'case:%%'
  AND {_OWN} ORDER BY e.id DESC LIMIT %(limit)s
"""
CHOSEN = f"""
SELECT c.id, a.number || '-' || c.ordinal AS number, c.service, a.version, c.state, c.due_on
FROM cases c JOIN applications a ON a.id = c.application_id
WHERE c.id = ANY(%(cases)s) AND {_OWN} ORDER BY c.due_on, c.id
"""


class DeskRow(NamedTuple):
    """A sample official in one of their posts, ``number``, with its agency; ``waiting`` counts the agency's cases in hand, up to one more than MOST_COUNTED."""

    id: int
    name: str
    number: int
    post: str
    powers: tuple[str, ...]
    agency: str
    kind: str
    level: str
    agency_zh: str
    agency_en: str
    waiting: int


class ServiceInHand(NamedTuple):
    """What an agency has in hand of one service; with ``more``, there are cases beyond the MOST_URGENT of a state."""

    service: str
    to_accept: int
    to_decide: int
    to_deliver: int
    awaiting_correction: int
    overdue: int
    more: bool = False


class HandledRow(NamedTuple):
    """An act of an official on a case, and where the case stands now."""

    at: datetime
    act: str
    case: UUID
    number: str
    service: str
    version: int
    state: str


class ChosenCase(NamedTuple):
    """One of several cases to act on at once."""

    id: UUID
    number: str
    service: str
    version: int
    state: str
    due_on: date | None


def desks(search: str, kinds: Collection[str], limit: int, at: datetime) -> list[DeskRow]:
    """List sample officials by agency, those with something in hand first, then those of the county where the first story plays.

    ``search`` is looked for in names; the officials of agencies of these ``kinds`` are found too.
    """
    literal = search.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    with reader.as_platform():  # whoever chooses is nobody yet, and numbers of cases are all that comes out
        return records.rows(
            DeskRow, DESKS, {"pattern": f"%{literal}%", "kinds": list(kinds), "limit": limit, "at": at}
        )


def in_hand_by_service(actor: Actor, today: date) -> dict[str, ServiceInHand]:
    """Count what an official's agency has in hand, for each service that they handle; the whole stands under ""."""
    found = records.rows(ServiceInHand, BY_SERVICE, {**_scope(actor), "today": today})
    return {row.service: row for row in found}


def handled_since(actor: Actor, since: datetime, limit: int) -> list[HandledRow]:
    """List what an official did to cases that they still handle, the latest first."""
    return records.rows(
        HandledRow, HANDLED, {**_scope(actor), "actor": actor.id, "since": since, "limit": limit}
    )


def chosen_cases(actor: Actor, cases: Collection[UUID]) -> list[ChosenCase]:
    """Name those of some cases that this official handles, by deadline."""
    return records.rows(ChosenCase, CHOSEN, {**_scope(actor), "cases": list(cases)})


def _scope(actor: Actor) -> dict[str, object]:
    """The agency and services of an official; nobody else handles cases."""
    return {"agency": actor.handling, "services": list(actor.services)}
