"""Taking in what is new: calls by officials become readings, and the days that new readings belong to are summed again.

Note [What is new]
Rows are numbered before they are committed, so the newest numbers may still be missing. A record waits at most three seconds for its
commit; what is younger than ``LAG`` is left for the next time. Of each day that got new readings all are summed again, by index, so
that a run costs what is new, and the same run again changes nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from qipan import records

LAG = timedelta(seconds=30)
MOST = 50_000  # rows of one run
FIRST_HOUR, LAST_HOUR = 7, 20  # of a working day; offices open at half past eight, and some come early
LONGEST = 200  # characters of what another node says
NEXT = """
INSERT INTO watch_cursors (name, position) VALUES (%(name)s, 0) ON CONFLICT (name) DO NOTHING
"""
TAKE = """
WITH before AS (SELECT position FROM watch_cursors WHERE name = %(name)s FOR UPDATE),
upto AS (
  SELECT coalesce(max(id), (SELECT position FROM before)) AS id FROM (
    SELECT id, at FROM {table} WHERE id > (SELECT position FROM before) ORDER BY id LIMIT %(most)s) next
  WHERE at < %(settled)s)
UPDATE watch_cursors SET position = upto.id, at = %(at)s FROM upto, before WHERE name = %(name)s
RETURNING before.position AS after, upto.id AS upto
"""
# At the provider's end, who acts is what the other node vouches for; whose data it was is not known there.
CALLS = """
INSERT INTO readings (who, peers, agency, kind, subject, person, in_hand, namesake, times, slot, at)
SELECT who, peers, agency, 'exchange', subject, max(person), bool_and(in_hand), false, count(*), slot, min(at)
FROM (
  SELECT CASE x.side WHEN 'consumer' THEN x.official ELSE left(x.peer || '/' || x.official, %(longest)s) END AS who,
    CASE x.side WHEN 'consumer' THEN coalesce(split_part(o.agency, '.', 2) || ' ' || o.post, '') ELSE 'node ' || x.peer END AS peers,
    coalesce(CASE x.side WHEN 'consumer' THEN o.agency END, g.consumer_agency, '') AS agency, left(x."case", %(longest)s) AS subject,
    a.person, x.outcome <> 'case-not-open' AS in_hand, extract(epoch FROM x.at)::bigint / 600 AS slot, x.at
  FROM exchange_calls x LEFT JOIN exchange_grants g ON g.id = x."grant"
  LEFT JOIN officials o ON x.side = 'consumer' AND o.id = substr(x.official, 10)::bigint
  LEFT JOIN cases c ON x.side = 'consumer' AND c.id = CASE WHEN x."case" ~ %(of_case)s THEN substr(x."case", 6)::uuid END
  LEFT JOIN applications a ON x.side = 'consumer'
    AND a.id = coalesce(c.application_id, CASE WHEN x."case" ~ %(of_application)s THEN substr(x."case", 13)::uuid END)
  WHERE x.id > %(after)s AND x.id <= %(upto)s AND x.official ~ '^official:[0-9]{1,18}$'
    AND (x.side = 'consumer' OR g.id IS NULL OR g.consumer_node <> g.provider_node)
) AS call GROUP BY who, peers, agency, subject, slot
"""
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
TOUCHED = """
SELECT DISTINCT who, (at AT TIME ZONE %(zone)s)::date AS day FROM readings WHERE id > %(after)s AND id <= %(upto)s
"""
OFF = f"(hour < {FIRST_HOUR} OR hour >= {LAST_HOUR} OR day = ANY(%(rest)s::date[]))"
HOURS = ", ".join(f"coalesce(sum(times) FILTER (WHERE hour = {hour}), 0)" for hour in range(24))
SUM = f"""
INSERT INTO reading_days (who, day, peers, agency, volume, people, off_hours, closed, idle, hours)
SELECT who, day, max(peers), max(agency), sum(times), count(DISTINCT coalesce(person::text, subject)),
  coalesce(sum(times) FILTER (WHERE {OFF}), 0), coalesce(sum(times) FILTER (WHERE NOT in_hand), 0),
  count(DISTINCT coalesce(person::text, subject)) FILTER (WHERE kind = 'case' AND NOT acted), ARRAY[{HOURS}]
FROM (
  SELECT touched.day, r.*, extract(hour FROM r.at AT TIME ZONE %(zone)s) AS hour,
    r.kind = 'case' AND EXISTS (SELECT FROM entries e WHERE e.subject = r.subject AND e.actor_kind = 'official'
      AND 'official:' || e.actor = r.who) AS acted
  FROM ({TOUCHED}) touched JOIN readings r ON r.who = touched.who
    AND r.at >= touched.day::timestamp AT TIME ZONE %(zone)s AND r.at < (touched.day + 1)::timestamp AT TIME ZONE %(zone)s
) AS reading GROUP BY who, day
ON CONFLICT (who, day) DO UPDATE SET peers = excluded.peers, agency = excluded.agency, volume = excluded.volume,
  people = excluded.people, off_hours = excluded.off_hours, closed = excluded.closed, idle = excluded.idle, hours = excluded.hours
"""

TOTALS = f"""
INSERT INTO reading_days (who, day, peers, agency, volume, people, off_hours, closed, idle, hours)
SELECT '', day, '*', '', sum(volume), sum(people), sum(off_hours), sum(closed), sum(idle),
  ARRAY[{", ".join(f"sum(hours[{hour}])" for hour in range(1, 25))}]
FROM reading_days WHERE who <> '' AND day IN (SELECT day FROM ({TOUCHED}) touched) GROUP BY day
ON CONFLICT (who, day) DO UPDATE SET volume = excluded.volume, people = excluded.people, off_hours = excluded.off_hours,
  closed = excluded.closed, idle = excluded.idle, hours = excluded.hours
"""


class Batch(NamedTuple):
    """The readings that were taken in: those with numbers after one, up to another."""

    after: int
    upto: int


def count_readings(*, at: datetime, rest: Sequence[date]) -> Batch:
    """Take in what is new since the last time, in the caller's transaction; ``rest`` are the days of rest of the last weeks.

    See Note [What is new].
    """
    calls = _taken("calls", "exchange_calls", at)
    if calls.upto > calls.after:
        told = {"longest": LONGEST, "of_case": f"^case:{UUID}", "of_application": f"^application:{UUID}"}
        records.execute(CALLS, {**calls._asdict(), **told})
    batch = _taken("readings", "readings", at)
    if batch.upto > batch.after:
        zone = str(timezone.get_current_timezone())
        records.execute(SUM, {**batch._asdict(), "zone": zone, "rest": list(rest)})
        records.execute(TOTALS, {**batch._asdict(), "zone": zone})
    return batch


def _taken(name: str, table: str, at: datetime) -> Batch:
    records.execute(NEXT, {"name": name})
    told = {"name": name, "settled": at - LAG, "most": MOST, "at": at}
    return records.first(Batch, TAKE.format(table=table), told) or Batch(0, 0)
