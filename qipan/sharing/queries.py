"""Reading requests for shared data, what came of them, and what was used: never more than the reader may see."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from qipan import records
from qipan.core.sharing import realm
from qipan.people.actors import Actor
from qipan.sharing.letters import ASKED, asked_in
from qipan.sharing.rows import (
    Asked,
    CallUnder,
    NoticeRow,
    ReceiptRow,
    RequestCounts,
    RequestDetail,
    RequestRow,
    UseAbout,
    Used,
    UsedDay,
)

# Requester and approver see their agency's; the auditor sees all and does nothing; the coordinator, those of the division.
SCOPE = """
(%(role)s = 'auditor'
  OR (%(role)s IN ('requester', 'approver') AND %(agency)s IN (q.consumer, q.provider))
  OR (%(role)s = 'coordinator' AND q.consumer ^@ %(realm)s AND q.provider ^@ %(realm)s))
"""
NAMED = """
  coalesce(c.name_zh, '') AS consumer_zh, coalesce(c.name_en, '') AS consumer_en,
  coalesce(p.name_zh, '') AS provider_zh, coalesce(p.name_en, '') AS provider_en
"""
AGENCIES = "LEFT JOIN agencies c ON c.code = q.consumer LEFT JOIN agencies p ON p.code = q.provider"
SHOWN = {
    "": "true",
    "mine": """(q.state IN ('submitted', 'ordered') AND %(role)s = 'approver' AND q.provider = %(agency)s)
      OR (q.state IN ('returned', 'approved') AND %(role)s = 'requester' AND q.consumer = %(agency)s)
      OR (q.state = 'disputed' AND %(role)s = 'coordinator' AND q.coordinator_node = '')""",
    "running": "q.state IN ('submitted', 'returned', 'approved', 'disputed', 'ordered')",
    "standing": "q.state = 'granted' AND q.until >= %(today)s",
    "ending": "q.state = 'granted' AND q.until BETWEEN %(today)s AND %(today)s + %(notice)s",
    "ended": "q.state IN ('upheld', 'withdrawn', 'given_up', 'revoked', 'refused') OR (q.state = 'granted' AND q.until < %(today)s)",
}
LIST = f"""
SELECT q.id, q.number, q.resource, q.version, q.consumer, q.provider, {NAMED}, q.purpose, q.state, q.submitted_at, q.due_on, q.until
FROM share_requests q {AGENCIES}
WHERE {SCOPE} AND ({{shown}})
ORDER BY q.state NOT IN ('submitted', 'approved', 'disputed', 'ordered'), q.due_on NULLS LAST, q.submitted_at DESC, q.id
LIMIT %(limit)s OFFSET %(offset)s
"""
COUNTS = f"""
SELECT count(*) FILTER (WHERE {SHOWN["mine"]}) AS mine, count(*) FILTER (WHERE {SHOWN["running"]}) AS running,
  count(*) FILTER (WHERE {SHOWN["standing"]}) AS standing, count(*) FILTER (WHERE {SHOWN["ending"]}) AS ending,
  count(*) FILTER (WHERE {SHOWN["ended"]}) AS ended,
  count(*) FILTER (WHERE q.state IN ('submitted', 'approved', 'disputed', 'ordered') AND q.due_on < %(today)s) AS overdue
FROM share_requests q WHERE {SCOPE}
"""
DETAIL = f"""
SELECT q.id, {ASKED}, q.version, q.share, {NAMED}, q.requester, coalesce(r.name, q.asked_by) AS asked_by, q.state, q.submitted_at, q.since, q.due_on, q.paused_days, q.granted, q.approver, coalesce(nullif(q.decided_by, ''), a.name, '') AS decided_by,
  q.coordinator, q.decided_at, q.reason, q.document, q.signatures, q."grant", q.ended_at, q.consumer_node, q.provider_node, q.coordinator_node,
  coalesce((SELECT min(l.peer) FROM share_letters l WHERE l.request = q.id AND l.outward AND l.settled_at IS NULL
    AND l.at < now() - interval '15 seconds'), '') AS undelivered,
  (SELECT coalesce(json_agg(one ORDER BY one.id), '[]') FROM (
     SELECT e.id, e.at, e.act, coalesce(o.name, e.details ->> 'official', '') AS who, coalesce(o.post, '') AS post,
       coalesce(g.name_zh, '') AS agency_zh, coalesce(g.name_en, '') AS agency_en, e.details ->> 'reason' AS reason
     FROM entries e LEFT JOIN officials o ON e.actor_kind = 'official' AND o.id = e.actor LEFT JOIN agencies g
       ON g.code = coalesce(o.agency, e.details ->> 'agency')
     WHERE e.subject = 'share_request:' || q.id) one)::jsonb AS history
FROM share_requests q {AGENCIES}
LEFT JOIN officials r ON r.id = q.requester LEFT JOIN officials a ON a.id = coalesce(q.coordinator, q.approver)
WHERE q.id = %(id)s AND {SCOPE}
"""
BY_KEY = "SELECT id FROM share_requests WHERE requester = %s AND idempotency_key = %s"
# Where no agency of a kind stands above all others, as with hospitals, the one nearest to whoever asks answers.
PROVIDER = """
SELECT code, count(*) OVER (PARTITION BY height) AS peers FROM (
  SELECT code, division,
    CASE WHEN division LIKE '__0000' THEN 2 WHEN division LIKE '____00' THEN 4 ELSE length(division) END AS height
  FROM agencies WHERE kind = %(kind)s AND parent = '') AS head
ORDER BY height, left(division, 6) = left(%(near)s, 6) DESC, left(division, 4) = left(%(near)s, 4) DESC, division LIMIT 1
"""
# Of a call between two agencies of this node there are two records, one of each side, each with its own moment.
UNDER = """
SELECT * FROM (
  SELECT DISTINCT ON (newest.exchange) at, encode(exchange, 'hex') AS exchange, side, fields, purpose, basis, "case",
    coalesce((SELECT name FROM officials o WHERE side = 'consumer'
      AND o.id = CASE WHEN official ~ '^official:[0-9]{1,18}$' THEN substr(official, 10)::bigint END), official) AS official,
    outcome, alarm, rows
  FROM (SELECT * FROM exchange_calls WHERE "grant" = %(grant)s AND NOT (outcome = 'ok' AND fields = '{}') ORDER BY at DESC LIMIT 2 * %(limit)s) AS newest
  ORDER BY newest.exchange, side) AS once
ORDER BY at DESC, exchange LIMIT %(limit)s
"""
ASKED = f"""
SELECT q.id, q.number, q.state, q.consumer, {NAMED}, q.submitted_at, q.until
FROM share_requests q {AGENCIES} WHERE q.resource = %(resource)s AND {SCOPE} ORDER BY q.submitted_at DESC LIMIT %(limit)s
"""
USED = """
SELECT u.resource, u.giver, u.receiver, coalesce(g.name_zh, '') AS giver_zh, coalesce(g.name_en, '') AS giver_en,
  coalesce(r.name_zh, '') AS receiver_zh, coalesce(r.name_en, '') AS receiver_en,
  sum(u.calls)::bigint AS calls, sum(u.found)::bigint AS found, sum(u.refused)::bigint AS refused, sum(u.facts)::bigint AS facts
FROM use_days u LEFT JOIN agencies g ON g.code = u.giver LEFT JOIN agencies r ON r.code = u.receiver
WHERE u.day BETWEEN %(since)s AND %(until)s AND (%(resource)s = '' OR u.resource = %(resource)s)
  AND (%(side)s = '' OR CASE %(side)s WHEN 'gave' THEN u.giver ELSE u.receiver END = ANY(%(agencies)s::text[]))
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY calls DESC, 1, 2, 3 LIMIT %(limit)s
"""
DAILY = """
SELECT day, sum(calls)::bigint AS calls, sum(found)::bigint AS found, sum(refused)::bigint AS refused FROM use_days
WHERE day BETWEEN %(since)s AND %(until)s AND (%(resource)s = '' OR resource = %(resource)s)
  AND (%(side)s = '' OR CASE %(side)s WHEN 'gave' THEN giver ELSE receiver END = ANY(%(agencies)s::text[]))
GROUP BY day ORDER BY day
"""
NOTICES = """
SELECT n.id, n.kind, n.resource, n.provider, coalesce(p.name_zh, '') AS provider_zh, coalesce(p.name_en, '') AS provider_en,
  n.record, n.version, n.fields, n.message, n.issued_at, n.due_on, n.node,
  (SELECT coalesce(json_agg(one ORDER BY one.acknowledged_at NULLS FIRST, one.consumer), '[]') FROM (
     SELECT r.consumer, coalesce(c.name_zh, '') AS consumer_zh, coalesce(c.name_en, '') AS consumer_en, r.acknowledged_at, r.answer,
       coalesce(o.name, r.answered_by) AS who, r.node, r.told_at IS NOT NULL AS told, r.outcome
     FROM share_receipts r LEFT JOIN agencies c ON c.code = r.consumer LEFT JOIN officials o ON o.id = r.official
     WHERE r.notice_id = n.id AND (%(role)s = 'auditor' OR (n.provider = %(agency)s AND n.node = '')
       OR (r.consumer = %(agency)s AND r.node = ''))) one)::jsonb AS receipts
FROM share_notices n LEFT JOIN agencies p ON p.code = n.provider
WHERE %(role)s = 'auditor' OR (%(role)s IN ('requester', 'approver') AND ((n.provider = %(agency)s AND n.node = '')
  OR EXISTS (SELECT FROM share_receipts r WHERE r.notice_id = n.id AND r.consumer = %(agency)s AND r.node = '')))
ORDER BY n.issued_at DESC, n.id LIMIT %(limit)s
"""

ABOUT = """
SELECT x.at, x.resource, x.fields, x.purpose, x.basis, x.outcome, x."grant", g.ends,
  coalesce(c.name_zh, g.consumer_agency, '') AS consumer_zh, coalesce(c.name_en, '') AS consumer_en,
  coalesce(p.name_zh, g.provider_agency, x.peer) AS provider_zh, coalesce(p.name_en, '') AS provider_en
FROM exchange_calls x LEFT JOIN exchange_grants g ON g.id = x."grant"
LEFT JOIN agencies c ON c.code = g.consumer_agency LEFT JOIN agencies p ON p.code = g.provider_agency
WHERE x.side = 'consumer' AND x.at < %(before)s AND coalesce(x.at < now() - make_interval(days => (%(untold)s::jsonb ->> x.resource)::integer), true) AND x."case" = ANY(ARRAY(
  SELECT 'application:' || id FROM applications WHERE person = %(person)s
  UNION ALL
  SELECT 'case:' || s.id FROM applications a JOIN cases s ON s.application_id = a.id WHERE a.person = %(person)s
  UNION ALL SELECT 'draft:' || id FROM drafts WHERE person = %(person)s))
ORDER BY x.at DESC, x.id LIMIT %(limit)s
"""


class _Notice(NamedTuple):
    id: UUID
    kind: str
    resource: str
    provider: str
    provider_zh: str
    provider_en: str
    record: str
    version: int | None
    fields: tuple[str, ...]
    message: str
    issued_at: datetime
    due_on: date
    node: str
    receipts: list[dict[str, Any]]


class _Id(NamedTuple):
    id: UUID


class _Head(NamedTuple):
    code: str
    peers: int


def requests(
    actor: Actor, *, shown: str, today: date, notice: int = 0, limit: int = 40, offset: int = 0
) -> list[RequestRow]:
    """List requests, those with a running clock first, by deadline; ``shown`` is a key of SHOWN, ``notice`` in days."""
    statement = LIST.format(shown=SHOWN[shown])
    values = {**_reader(actor), "today": today, "notice": notice, "limit": limit, "offset": offset}
    return records.rows(RequestRow, statement, values)


def request_counts(actor: Actor, today: date, notice: int) -> RequestCounts:
    """Count what each list would show."""
    found = records.first(RequestCounts, COUNTS, {**_reader(actor), "today": today, "notice": notice})
    return found or RequestCounts(0, 0, 0, 0, 0, 0)


def request(id: UUID, actor: Actor) -> RequestDetail | None:  # noqa: A002 -- what it is called
    """Read a request with its history; None for what is not theirs to see."""
    found = records.first(RequestDetail, DETAIL, {**_reader(actor), "id": id})
    return found and found._replace(asked=asked_in(cast("Mapping[str, object]", found.asked)))


def request_by_key(requester: int, key: str) -> UUID:
    """Find the request that somebody made with this key."""
    found = records.first(_Id, BY_KEY, [requester, key])
    assert found is not None  # noqa: S101 -- the caller met it
    return found.id


def asked_for(resource: str, actor: Actor, limit: int = 10) -> list[Asked]:
    """List the requests for a resource that somebody may see, the newest first."""
    return records.rows(Asked, ASKED, {**_reader(actor), "resource": resource, "limit": limit})


def provider_of(kind: str, near: str = "") -> str:
    """The agency that answers for the resources of a kind: the highest, of several the nearest; empty where there is none."""
    found = records.first(_Head, PROVIDER, {"kind": kind, "near": near})
    return found.code if found else ""


def stands_for_its_kind(agency: str) -> bool:
    """Whether an agency stands above all others of its kind."""
    found = records.first(_Head, PROVIDER, {"kind": agency.partition(".")[2], "near": agency})
    return found is not None and (found.code, found.peers) == (agency, 1)


def calls_under(grant: UUID, limit: int = 50) -> list[CallUnder]:
    """The newest calls under a grant, each once."""
    return records.rows(CallUnder, UNDER, {"grant": grant, "limit": limit})


def used(
    since: date,
    until: date,
    *,
    resource: str = "",
    side: str = "",
    agencies: tuple[str, ...] = (),
    limit: int = 60,
) -> list[Used]:
    """Who gave what to whom, and how often, from one day to another; ``side`` (``gave``, ``got``) looks at these agencies alone."""
    return records.rows(Used, USED, {**_used(since, until, resource, side, agencies), "limit": limit})


def used_daily(
    since: date, until: date, *, resource: str = "", side: str = "", agencies: tuple[str, ...] = ()
) -> list[UsedDay]:
    """The same, day by day; days without use are left out."""
    return records.rows(UsedDay, DAILY, _used(since, until, resource, side, agencies))


def notices(actor: Actor, limit: int = 50) -> list[NoticeRow]:
    """List corrections and recalls that an official's agency gave or got, with the receipts that concern it."""
    rows = records.rows(_Notice, NOTICES, {**_reader(actor), "limit": limit})
    return [NoticeRow(*row[:-1], [ReceiptRow(**one) for one in row.receipts]) for row in rows]


def uses_about(person: int, before: datetime, untold: Mapping[str, int], limit: int = 20) -> list[UseAbout]:
    """List the calls between agencies for somebody's own cases, newest first, but those of ``untold`` resources within so many days."""
    asked = {"person": person, "before": before, "untold": records.json_text(untold), "limit": limit}
    return records.rows(UseAbout, ABOUT, asked)


def _used(since: date, until: date, resource: str, side: str, agencies: tuple[str, ...]) -> dict[str, object]:
    return {"since": since, "until": until, "resource": resource, "side": side, "agencies": list(agencies)}


def _reader(actor: Actor) -> dict[str, object]:
    """What decides what somebody sees; only officials with a role see anything."""
    role = actor.role if actor.kind == "official" else ""
    return {"role": role, "agency": actor.agency, "realm": realm(actor.agency) or "-"}
