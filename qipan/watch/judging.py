"""What of the newest readings is unusual: each day of somebody's against their own days and those of their peers.

Nothing here writes. Days that cannot be unusual, as too little was read, are left aside by the statement that finds them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from qipan import records
from qipan.core.unusual import Judgement, Usual, judge
from qipan.watch.kinds import DAILY, GRANT_FLOOR, SOUGHT_FLOOR, Kind
from qipan.watch.operations.counting import TOUCHED, Batch
from qipan.watch.operations.raising import NewFinding

OWN_DAYS, PEER_DAYS = 28, 14
MOST_PEERS = 400  # days of peers that one is held against
# The index on readings holds persons alone: the planner uses it where a statement says `person > 0`.
WEEK = timedelta(days=7)
LIKELY = " OR ".join(f"d.{kind} >= {2 * floor}" for kind, floor in DAILY.items())
COUNTED = ", ".join(f"{{of}}.{kind}" for kind in DAILY)
UNUSUAL = f"""
SELECT d.who, d.day, d.peers, d.agency, {COUNTED.format(of="d")} FROM reading_days d JOIN ({TOUCHED}) touched USING (who, day)
WHERE {LIKELY} ORDER BY d.who, d.day
"""
PAST = f"""
SELECT asked.who, asked.day, true AS own, {COUNTED.format(of="p")}
FROM unnest(%(whos)s::text[], %(days)s::date[], %(peers)s::text[]) AS asked (who, day, peers) CROSS JOIN LATERAL (
  SELECT * FROM reading_days WHERE who = asked.who AND day < asked.day AND day >= asked.day - 90 ORDER BY day DESC LIMIT {OWN_DAYS}) p
UNION ALL
SELECT asked.who, asked.day, false, {COUNTED.format(of="p")}
FROM unnest(%(whos)s::text[], %(days)s::date[], %(peers)s::text[]) AS asked (who, day, peers) CROSS JOIN LATERAL (
  SELECT * FROM reading_days WHERE peers = asked.peers AND day > asked.day - {PEER_DAYS} AND day <= asked.day AND who <> asked.who
  ORDER BY day DESC LIMIT {MOST_PEERS}) p
"""
READ_BY = "SELECT count(DISTINCT who) FROM readings WHERE person = {of}.person AND person > 0 AND at > %(since)s AND at <= %(at)s"
SOUGHT = f"""
SELECT one.person, found.officials, found.agencies, found.times,
  (SELECT count(*) FROM applications a JOIN cases c ON c.application_id = a.id WHERE a.person = one.person
     AND (c.ended_at IS NULL OR c.ended_at > %(since)s)) AS cases
FROM (SELECT DISTINCT person FROM readings WHERE id > %(after)s AND id <= %(upto)s AND person > 0) one CROSS JOIN LATERAL (
  SELECT count(DISTINCT who) AS officials, count(DISTINCT agency) AS agencies, sum(times) AS times FROM readings
  WHERE person = one.person AND person > 0 AND at > %(since)s AND at <= %(at)s) found
WHERE found.officials >= {2 * SOUGHT_FLOOR} ORDER BY one.person
"""
OTHERS = f"""
SELECT one.person, ({READ_BY.format(of="one")}) AS officials
FROM (SELECT DISTINCT person FROM (SELECT person FROM readings WHERE person > 0 ORDER BY id DESC LIMIT 1000) late) one
"""
GRANTS = f"""
SELECT u."grant"::text AS grant, u.day, u.rows, g.resource, g.consumer_node AS node, g.consumer_agency AS agency,
  ARRAY(SELECT p.rows FROM exchange_usage p WHERE p."grant" = u."grant" AND p.day < u.day ORDER BY p.day DESC LIMIT {OWN_DAYS}) AS past
FROM exchange_usage u JOIN exchange_grants g ON g.id = u."grant"
WHERE u.day >= %(day)s AND u.rows >= {2 * GRANT_FLOOR} ORDER BY 1, 2
"""
NAMESAKES = """
SELECT who, person, min(at) AS at, sum(times)::bigint AS times, max(agency) AS agency FROM readings
WHERE id > %(after)s AND id <= %(upto)s AND namesake GROUP BY who, person, (at AT TIME ZONE %(zone)s)::date ORDER BY 1, 2
"""


class _Day(NamedTuple):
    who: str
    day: date
    peers: str
    agency: str
    volume: int
    idle: int
    off_hours: int
    closed: int


class _Past(NamedTuple):
    who: str
    day: date
    own: bool
    volume: int
    idle: int
    off_hours: int
    closed: int


class _Sought(NamedTuple):
    person: int
    officials: int
    agencies: int
    times: int
    cases: int


class _Other(NamedTuple):
    person: int
    officials: int


class _Grant(NamedTuple):
    grant: str
    day: date
    rows: int
    resource: str
    node: str
    agency: str
    past: tuple[int, ...]


class _Namesake(NamedTuple):
    who: str
    person: int
    at: datetime
    times: int
    agency: str


def unusual(batch: Batch, at: datetime) -> list[NewFinding]:
    """Find what is unusual in the days, weeks and grants that a batch of readings belongs to."""
    new = batch.upto > batch.after
    found: list[NewFinding] = [*_grants(at)]
    if new:
        found += [*_days(batch), *_sought(batch, at), *_namesakes(batch)]
    return found


def _days(batch: Batch) -> Iterator[NewFinding]:
    zone = str(timezone.get_current_timezone())
    days = records.rows(_Day, UNUSUAL, {**batch._asdict(), "zone": zone})
    if not days:
        return
    asked = {
        "whos": [one.who for one in days],
        "days": [one.day for one in days],
        "peers": [one.peers for one in days],
    }
    past: Mapping[tuple[str, date, bool], list[_Past]] = defaultdict(list)
    for row in records.rows(_Past, PAST, asked):
        past[row.who, row.day, row.own].append(row)
    for one in days:
        for kind, floor in DAILY.items():
            own, peers = (_counts(past[one.who, one.day, mine], kind) for mine in (True, False))
            judged = judge(getattr(one, kind), own, peers, floor)
            if judged:
                yield _of_day(kind, one, judged)


def _counts(rows: Iterable[_Past], kind: Kind) -> list[int]:
    return [getattr(row, kind) for row in rows]


def _of_day(kind: Kind, one: _Day, judged: Judgement) -> NewFinding:
    begins = datetime.combine(one.day, time.min, timezone.get_current_timezone())
    return NewFinding(
        kind,
        one.who,
        begins,
        begins + timedelta(days=1),
        judged.score,
        {**told(judged), "peers_named": one.peers, **{str(each): getattr(one, each) for each in DAILY}},
        official=official_in(one.who),
        agency=one.agency,
    )


def _sought(batch: Batch, at: datetime) -> Iterator[NewFinding]:
    since = at - WEEK
    within = {"since": since, "at": at}
    found = records.rows(_Sought, SOUGHT, {**batch._asdict(), **within})
    if not found:
        return
    others = records.rows(_Other, OTHERS, within)
    week = _monday(at)
    for one in found:
        usual = [other.officials for other in others if other.person != one.person]
        judged = judge(one.officials, (), usual, max(SOUGHT_FLOOR, one.cases))
        if judged:
            facts = {**told(judged), "agencies": one.agencies, "times": one.times, "cases": one.cases}
            yield NewFinding(Kind.SOUGHT, f"person:{one.person}", week, week + WEEK, judged.score, facts)


def _grants(at: datetime) -> Iterator[NewFinding]:
    for one in records.rows(_Grant, GRANTS, {"day": at.date() - timedelta(days=1)}):
        judged = judge(one.rows, one.past, (), GRANT_FLOOR)
        if judged:
            begins = datetime.combine(one.day, time.min, UTC)
            facts = {**told(judged), "resource": one.resource, "node": one.node}
            yield NewFinding(
                Kind.GRANT_VOLUME,
                f"grant:{one.grant}",
                begins,
                begins + timedelta(days=1),
                judged.score,
                facts,
                agency=one.agency,
            )


def _namesakes(batch: Batch) -> Iterator[NewFinding]:
    zone = timezone.get_current_timezone()
    for one in records.rows(_Namesake, NAMESAKES, {**batch._asdict(), "zone": str(zone)}):
        begins = datetime.combine(timezone.localdate(one.at), time.min, zone)
        facts = {"person": one.person, "count": one.times}
        yield NewFinding(
            Kind.NAMESAKE,
            one.who,
            begins,
            begins + timedelta(days=1),
            1.0,
            facts,
            official=official_in(one.who),
            agency=one.agency,
        )


def told(judged: Judgement) -> dict[str, object]:
    """The numbers from which a judgement is told."""
    return {
        "count": judged.counted,
        "own": _told(judged.own),
        "peers": _told(judged.peers),
        "expected": round(judged.expected, 1),
        "chance": f"{judged.chance:.1e}",
    }


def official_in(who: str) -> int | None:
    """The number of an official of this installation; None for another node's."""
    kind, _, number = who.partition(":")
    return int(number) if kind == "official" and number.isdigit() else None


def _told(usual: Usual | None) -> dict[str, object] | None:
    return usual and {"middle": usual.middle, "most": round(usual.most, 1), "days": usual.days}


def _monday(at: datetime) -> datetime:
    day = timezone.localdate(at)
    return datetime.combine(day - timedelta(days=day.weekday()), time.min, timezone.get_current_timezone())
