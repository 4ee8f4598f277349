"""Reading what the watch keeps: digests of calls, days of readings, findings."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.core.sharing import Role
from qipan.core.twins import MINUTE, WINDOW, Line, Part
from qipan.people.actors import Actor
from qipan.reader import as_platform

SLACK = timedelta(minutes=5)  # between when a call was signed, and when it came
# What both ends of a call put on record in the same words; signed_at is the moment in the request's envelope.
LINE = """
  encode(exchange, 'hex') AS exchange, outcome, rows,
  left(encode(sha256(convert_to(concat_ws(E'\\n', "grant", resource, array_to_string(fields, ' '), purpose, basis, "case", official),
    'UTF8')), 'hex'), 32) AS told
"""
WITHIN = "at >= %(early)s AND at < %(late)s AND signed_at >= %(since)s AND signed_at < %(until)s"
CALL_PART = f"""
SELECT peer, "grant", date_trunc('minute', signed_at) AS minute, count(*) AS calls,
  encode(sha256(convert_to(string_agg(concat_ws(' ', exchange, outcome, rows, told), E'\\n' ORDER BY exchange), 'UTF8')), 'hex') AS digest
FROM (SELECT DISTINCT peer, "grant", signed_at, {LINE} FROM exchange_calls
  WHERE {WITHIN} AND outcome IN ('ok', 'none') AND "grant" IS NOT NULL AND {{which}}) AS line
GROUP BY peer, "grant", date_trunc('minute', signed_at)
"""
WINDOWS = """
SELECT begins, calls, encode(digest, 'hex') AS digest FROM call_windows
WHERE peer = %(peer)s AND begins >= %(since)s AND begins < %(until)s ORDER BY begins LIMIT %(limit)s
"""
CLOSED = "SELECT at FROM watch_cursors WHERE name = 'windows'"
PARTS = f"""
SELECT "grant"::text, minute, calls, digest FROM ({CALL_PART.format(which="peer = %(peer)s")}) AS part
WHERE ("grant"::text, minute) > (%(after_grant)s, %(after_minute)s) ORDER BY "grant"::text, minute LIMIT %(limit)s
"""
LINES = f"""
SELECT * FROM (SELECT DISTINCT {LINE} FROM exchange_calls WHERE {WITHIN} AND peer = %(peer)s AND "grant" = %(grant)s) AS line
WHERE exchange > %(after)s ORDER BY exchange, outcome LIMIT %(limit)s
"""
ANOTHER_TIME = """
SELECT DISTINCT encode(exchange, 'hex') AS exchange FROM exchange_calls
WHERE exchange = ANY(SELECT decode(one, 'hex') FROM unnest(%(exchanges)s::text[]) AS one) AND peer = %(peer)s AND "grant" = %(grant)s
  AND outcome IN ('ok', 'none') AND (signed_at < %(since)s OR signed_at >= %(until)s)
"""
PEERS = "SELECT peer, until, met, silent_since, answered_at FROM watch_peers {which} ORDER BY peer"
IN_TRAIL = "SELECT id, subject FROM entries WHERE subject = ANY(%s)"
FINDING = """
SELECT f.id, f.kind, f.subject, f.official, f.agency, coalesce(g.name_zh, '') AS agency_zh, coalesce(g.name_en, '') AS agency_en,
  coalesce(o.name, '') AS name, coalesce(o.post, '') AS post, f.begins, f.ends, f.score, f.facts, f.state, f.raised_at, f.renewed_at,
  f.reason, f.decided_at, coalesce(d.name, '') AS auditor
FROM findings f LEFT JOIN officials o ON o.id = f.official LEFT JOIN agencies g ON g.code = f.agency LEFT JOIN officials d ON d.id = f.auditor
"""
# Nobody sees what is about themselves, in whatever post.
NOT_OWN = """%(auditor)s AND NOT EXISTS (
  SELECT FROM officials me WHERE me.id = %(reader)s AND o.agency = me.agency AND o.name = me.name)"""
LIST = f"""
{FINDING} WHERE {NOT_OWN} AND (%(kinds)s::text[] = '{{}}' OR f.kind = ANY(%(kinds)s::text[])) AND f.state = ANY(%(states)s::text[])
ORDER BY f.state <> 'open', f.raised_at DESC, f.score DESC, f.id LIMIT %(limit)s OFFSET %(offset)s
"""
ONE = f"{FINDING} WHERE {NOT_OWN} AND f.id = %(id)s"
COUNTS = f"""
SELECT f.kind, f.state = 'open' AS open, count(*) AS findings FROM findings f LEFT JOIN officials o ON o.id = f.official
WHERE {NOT_OWN} GROUP BY 1, 2
"""
DAILY = """
SELECT day, volume, off_hours FROM reading_days WHERE who = '' AND day BETWEEN %(since)s AND %(until)s ORDER BY day
"""
HOURLY = """
SELECT one.place - 1 AS hour, sum(one.times)::bigint AS times FROM reading_days d, unnest(d.hours) WITH ORDINALITY AS one (times, place)
WHERE d.who = %(who)s AND d.day BETWEEN %(since)s AND %(until)s GROUP BY 1 ORDER BY 1
"""
DAYS_OF = """
SELECT day, volume, people, off_hours, closed, idle FROM reading_days WHERE who = %(who)s AND day BETWEEN %(since)s AND %(until)s ORDER BY day
"""
READINGS = """
SELECT r.at, r.who, r.agency, coalesce(g.name_zh, '') AS agency_zh, coalesce(g.name_en, '') AS agency_en, coalesce(o.name, '') AS name,
  coalesce(o.post, '') AS post, r.kind, r.subject, coalesce(p.name, '') AS person, r.in_hand, r.times,
  coalesce(a.number || '-' || c.ordinal, '') AS number, coalesce(c.service, '') AS service, coalesce(c.state, '') AS state,
  (SELECT min(e.id) FROM entries e WHERE e.subject = CASE r.kind WHEN 'case' THEN 'reading:' || substr(r.subject, 6) ELSE r.subject END
     AND e.actor_kind = 'official' AND e.actor = o.id AND e.at = r.at) AS entry,
  r.kind = 'case' AND EXISTS (SELECT FROM entries e WHERE e.subject = r.subject AND e.actor_kind = 'official' AND e.actor = o.id) AS acted
FROM (SELECT * FROM readings WHERE {whose} AND at >= %(since)s AND at < %(until)s ORDER BY at DESC LIMIT %(limit)s) r
LEFT JOIN persons p ON p.id = r.person LEFT JOIN agencies g ON g.code = r.agency
LEFT JOIN officials o ON o.id = CASE WHEN r.who ~ '^official:[0-9]{{1,18}}$' THEN substr(r.who, 10)::bigint END
LEFT JOIN cases c ON c.id = CASE WHEN r.kind = 'case' THEN substr(r.subject, 6)::uuid END LEFT JOIN applications a ON a.id = c.application_id
ORDER BY r.at DESC
"""

# What somebody is told: who opened their cases or served them, and which other node got what about them.
TOLD = """
SELECT used.at, used.kind, used.agency, coalesce(g.name_zh, '') AS agency_zh, coalesce(g.name_en, '') AS agency_en, used.post, used.resource,
  used.fields, used.purpose, used.basis, used.outcome, coalesce(c.service, '') AS service, coalesce(a.number, '') AS number,
  coalesce(a.event, '') AS event, coalesce(a.version, 0) AS version,
  (SELECT min(e.id) FROM entries e WHERE e.subject = used.told AND e.at BETWEEN used.at - interval '1 minute' AND used.at + interval '1 minute'
     AND (used.official IS NULL OR e.actor = used.official)) AS entry
FROM (
  (SELECT r.at, r.kind, r.agency, split_part(r.peers, ' ', 2) AS post, '' AS resource, '{}'::text[] AS fields, '' AS purpose, '' AS basis,
     '' AS outcome, CASE WHEN r.kind = 'case' THEN substr(r.subject, 6)::uuid END AS subject,
     CASE r.kind WHEN 'case' THEN 'reading:' || substr(r.subject, 6) ELSE r.subject END AS told,
     CASE WHEN r.who ~ '^official:[0-9]{1,18}$' THEN substr(r.who, 10)::bigint END AS official
   FROM readings r WHERE r.person = %(person)s AND r.kind <> 'exchange' AND r.at < %(before)s ORDER BY r.at DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT x.at, 'given', coalesce(h.consumer_agency, x.peer), '', x.resource, x.fields, x.purpose, x.basis, x.outcome, NULL,
     'exchange:' || encode(x.exchange, 'hex'), NULL
   FROM exchange_calls x JOIN exchange_grants h ON h.id = x."grant" AND h.consumer_node <> h.provider_node
   WHERE x.about = %(about)s AND x.side = 'provider' AND x.at < %(before)s AND coalesce(x.at < now() - make_interval(days => (%(untold)s::jsonb ->> x.resource)::integer), true)
   ORDER BY x.at DESC LIMIT %(limit)s)
) used LEFT JOIN cases c ON c.id = used.subject LEFT JOIN applications a ON a.id = c.application_id
LEFT JOIN agencies g ON g.code = used.agency
ORDER BY used.at DESC LIMIT %(limit)s
"""
IS_TOLD = """
SELECT count(*) FROM entries e WHERE e.id = %(entry)s AND (
  (e.subject ^@ 'reading:' OR e.subject = 'person:' || %(person)s) AND EXISTS (
    SELECT FROM readings r WHERE r.person = %(person)s AND r.at = e.at AND r.who = 'official:' || e.actor)
  OR e.act = 'provide_data' AND EXISTS (
    SELECT FROM exchange_calls x WHERE x.about = %(about)s AND x.at BETWEEN e.at - interval '1 minute' AND e.at + interval '1 minute'
      AND e.subject = 'exchange:' || encode(x.exchange, 'hex') AND coalesce(x.at < now() - make_interval(days => (%(untold)s::jsonb ->> x.resource)::integer), true)))
"""


class _Exchange(NamedTuple):
    exchange: str


class WindowRow(NamedTuple):
    """Ten minutes of calls with a peer, as one side kept them."""

    begins: datetime
    calls: int
    digest: str


class PeerRow(NamedTuple):
    """How far our records and a peer's were compared."""

    peer: str
    until: datetime
    met: int
    silent_since: datetime | None
    answered_at: datetime | None


class FindingRow(NamedTuple):
    """A finding as it is stored, with the names of whom it is about and who decided it."""

    id: UUID
    kind: str
    subject: str
    official: int | None
    agency: str
    agency_zh: str
    agency_en: str
    name: str
    post: str
    begins: datetime
    ends: datetime
    score: float
    facts: dict[str, object]
    state: str
    raised_at: datetime
    renewed_at: datetime
    reason: str
    decided_at: datetime | None
    auditor: str


class KindCount(NamedTuple):
    """How many findings of a kind are open, or are not."""

    kind: str
    open: bool
    findings: int


class DayRow(NamedTuple):
    """Everybody's readings of a day."""

    day: date
    volume: int
    off_hours: int


class HourRow(NamedTuple):
    """Readings of an hour of the day."""

    hour: int
    times: int


class OwnDayRow(NamedTuple):
    """Somebody's readings of a day."""

    day: date
    volume: int
    people: int
    off_hours: int
    closed: int
    idle: int


class ReadingRow(NamedTuple):
    """One reading; ``entry`` is its number in the trail, ``acted`` whether who read it ever did something in the case."""

    at: datetime
    who: str
    agency: str
    agency_zh: str
    agency_en: str
    name: str
    post: str
    kind: str
    subject: str
    person: str
    in_hand: bool
    times: int
    number: str
    service: str
    state: str
    entry: int | None
    acted: bool


class ToldRow(NamedTuple):
    """A use of somebody's data: an official opened a case of theirs or served them, or another node got facts (``given``)."""

    at: datetime
    kind: str
    agency: str
    agency_zh: str
    agency_en: str
    post: str
    resource: str
    fields: tuple[str, ...]
    purpose: str
    basis: str
    outcome: str
    service: str
    number: str
    event: str
    version: int
    entry: int | None


class Teller(NamedTuple):
    """Who is told: their number, the hash that calls about them are kept by, and for how many days nobody is told of a resource's use."""

    person: int
    about: bytes
    untold: Mapping[str, int]

    def asked(self, **more: object) -> dict[str, object]:
        """For a statement."""
        return {"person": self.person, "about": self.about, "untold": records.json_text(self.untold), **more}


class _Moment(NamedTuple):
    at: datetime | None


class _InTrail(NamedTuple):
    id: int
    subject: str


def closed_until() -> datetime | None:
    """Up to when the windows of calls are closed here; None before the first."""
    found = records.first(_Moment, CLOSED)
    return found.at if found else None


def windows(peer: str, since: datetime, until: datetime, limit: int) -> list[WindowRow]:
    """The closed windows of calls with a peer that began in a time."""
    return records.rows(WindowRow, WINDOWS, {"peer": peer, "since": since, "until": until, "limit": limit})


def parts(peer: str, since: datetime, after: tuple[str, datetime], limit: int) -> list[Part]:
    """The minutes of a window with a peer, by grant, after one of them."""
    told = {**_within(since, since + WINDOW), "peer": peer, "limit": limit}
    return records.rows(Part, PARTS, {**told, "after_grant": after[0], "after_minute": after[1]})


def lines(peer: str, grant: UUID, minute: datetime, after: str, limit: int) -> list[Line]:
    """The calls of a minute under a grant with a peer, whatever came of them, after one of them."""
    told = {**_within(minute, minute + MINUTE), "peer": peer, "grant": grant, "after": after, "limit": limit}
    return records.rows(Line, LINES, told)


def passed_another_time(peer: str, grant: UUID, minute: datetime, exchanges: Sequence[str]) -> set[str]:
    """Which of these we have on record outside this minute as well: a delivery that was lost is sent again, as what it was."""
    told = {
        "peer": peer,
        "grant": grant,
        "since": minute,
        "until": minute + MINUTE,
        "exchanges": list(exchanges),
    }
    return {one.exchange for one in records.rows(_Exchange, ANOTHER_TIME, told)} if exchanges else set()


def peers() -> list[PeerRow]:
    """How far our records were compared with each peer's."""
    return records.rows(PeerRow, PEERS.format(which=""))


def peer(name: str) -> PeerRow | None:
    """The same of one peer; None before the first time."""
    return records.first(PeerRow, PEERS.format(which="WHERE peer = %s"), [name])


def entries_of(exchanges: Sequence[str]) -> dict[str, int]:
    """The entries of the trail about calls, by exchange."""
    found = records.rows(_InTrail, IN_TRAIL, [[f"exchange:{one}" for one in exchanges]])
    return {one.subject.partition(":")[2]: one.id for one in found}


def findings(
    reader: Actor, *, kinds: Sequence[str] = (), states: Sequence[str], limit: int = 40, offset: int = 0
) -> list[FindingRow]:
    """List findings for an auditor, the open ones first, but none about themselves; no ``kinds`` are all of them."""
    told = {"kinds": list(kinds), "states": list(states), "limit": limit, "offset": offset}
    return records.rows(FindingRow, LIST, {**_reader(reader), **told})


def finding(id: UUID, reader: Actor) -> FindingRow | None:  # noqa: A002 -- what it is called
    """Read one finding; None where there is none, or it is not theirs to see."""
    return records.first(FindingRow, ONE, {**_reader(reader), "id": id})


def finding_counts(reader: Actor) -> list[KindCount]:
    """Count what an auditor may see, by kind."""
    return records.rows(KindCount, COUNTS, _reader(reader))


def daily(since: date, until: date) -> list[DayRow]:
    """Everybody's readings day by day; days without any are left out."""
    return records.rows(DayRow, DAILY, {"since": since, "until": until})


def hourly(since: date, until: date, who: str = "") -> list[HourRow]:
    """Readings by hour of the day, everybody's or somebody's."""
    return records.rows(HourRow, HOURLY, {"since": since, "until": until, "who": who})


def days_of(who: str, since: date, until: date) -> list[OwnDayRow]:
    """Somebody's readings day by day."""
    return records.rows(OwnDayRow, DAYS_OF, {"who": who, "since": since, "until": until})


def readings_by(who: str, since: datetime, until: datetime, limit: int = 100) -> list[ReadingRow]:
    """What somebody read in a time, the latest first."""
    told = {"who": who, "since": since, "until": until, "limit": limit}
    with as_platform():  # an auditor sees of which case it was, and nothing in it
        return records.rows(ReadingRow, READINGS.format(whose="who = %(who)s"), told)


def readings_of(person: int, since: datetime, until: datetime, limit: int = 100) -> list[ReadingRow]:
    """Who read somebody's data in a time, the latest first."""
    told = {"person": person, "since": since, "until": until, "limit": limit}
    with as_platform():
        return records.rows(ReadingRow, READINGS.format(whose="person = %(person)s"), told)


def told_to(reader: Teller, before: datetime, limit: int) -> list[ToldRow]:
    """List who opened somebody's cases, served them, or got facts about them at another node, the latest first."""
    return records.rows(ToldRow, TOLD, reader.asked(before=before, limit=limit))


def is_told(reader: Teller, entry: int) -> bool:
    """Whether an entry of the trail is about such a use of somebody's data, so that they may have its receipt."""
    return records.number(IS_TOLD, reader.asked(entry=entry)) > 0


def _within(since: datetime, until: datetime) -> dict[str, datetime]:
    """A time by when calls were signed, and a wider one by when they came, which is indexed."""
    return {"since": since, "until": until, "early": since - SLACK, "late": until + SLACK}


def _reader(reader: Actor) -> dict[str, object]:
    return {"reader": reader.id, "auditor": reader.kind == "official" and reader.role == Role.AUDITOR}
