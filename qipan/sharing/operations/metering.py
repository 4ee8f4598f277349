"""Measuring who gave and who used: the records of calls, summed by resource, agencies and day."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from qipan import records
from qipan.catalogue import queries as catalogue

# A look-up for an application serves services of several kinds of agency: it counts once for each kind. What brought no field is no use.
MEASURE = """
INSERT INTO use_days (day, resource, giver, receiver, calls, found, refused, facts)
SELECT (at AT TIME ZONE %(zone)s)::date, resource, giver, receiver, count(*), count(*) FILTER (WHERE outcome = 'ok'),
  count(*) FILTER (WHERE outcome NOT IN ('ok', 'none', 'down', 'nonsense')), coalesce(sum(facts) FILTER (WHERE outcome = 'ok'), 0)
FROM (
  SELECT c.at, c.resource, c.agency AS giver, receiver, c.outcome, cardinality(c.fields) AS facts
  FROM calls c CROSS JOIN LATERAL (
    SELECT DISTINCT coalesce(%(agencies)s::jsonb ->> service, '') AS receiver
    FROM unnest(CASE WHEN cardinality(c.services) = 0 THEN ARRAY[''] ELSE c.services END) AS service) AS for_it
  WHERE c.at >= %(since)s
  UNION ALL
  (SELECT DISTINCT ON (x.exchange) x.at, x.resource, coalesce(g.provider_agency, x.peer), coalesce(g.consumer_agency, x.peer), x.outcome,
     cardinality(x.fields) * greatest(x.rows, 1)
   FROM exchange_calls x LEFT JOIN exchange_grants g ON g.id = x."grant"
   WHERE x.at >= %(since)s AND NOT (x.outcome = 'ok' AND x.fields = '{}') ORDER BY x.exchange, x.at)
) AS used
GROUP BY 1, 2, 3, 4
ON CONFLICT (day, resource, giver, receiver) DO UPDATE
SET calls = excluded.calls, found = excluded.found, refused = excluded.refused, facts = excluded.facts
"""
LAST = "SELECT max(day) AS day FROM use_days"


class _Day(NamedTuple):
    day: date | None


def measure_use(*, at: datetime) -> int:
    """Sum the calls since the day before the last measured one, those days once more; give how many sums were written.

    The day before, because a call of a moment before midnight may have been put on record a moment after it was measured.
    """
    last = records.first(_Day, LAST)
    zone = timezone.get_current_timezone()
    first = last.day - timedelta(days=1) if last and last.day else date(2000, 1, 1)
    since = datetime.combine(first, time.min, zone)
    library = catalogue.current_library()
    agencies = {name: service.agency for name, service in library.services.items()}
    midnight = datetime.combine(timezone.localdate(at), time.min, zone)
    return records.execute(
        MEASURE,
        {"zone": str(zone), "since": min(since, midnight), "agencies": records.json_text(agencies)},
    )
