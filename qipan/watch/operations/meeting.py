"""Keeping digests of what was put on record, and how far they were compared with each peer's."""

from datetime import datetime, timedelta

from qipan import records
from qipan.core.twins import WINDOW, window_of
from qipan.watch.queries import CALL_PART, SLACK, closed_until

GRACE = timedelta(
    minutes=10
)  # late is not missing: clocks may be a minute apart, and a record waits for its commit
MOST_AT_ONCE = timedelta(days=1)
CLOSE = f"""
INSERT INTO call_windows (peer, begins, calls, digest)
SELECT peer, begins, sum(calls), sha256(convert_to(string_agg(part, E'\\n' ORDER BY part COLLATE "C"), 'UTF8')) FROM (
  SELECT peer, date_bin('10 minutes', minute, 'epoch') AS begins, calls, concat_ws(' ', "grant", extract(epoch FROM minute)::bigint, calls, digest) AS part
  FROM ({CALL_PART.format(which="peer <> %(node)s")}) AS minutes) AS parts
GROUP BY peer, begins
ON CONFLICT (peer, begins) DO UPDATE SET calls = excluded.calls, digest = excluded.digest
"""
MARK = """
INSERT INTO watch_cursors (name, position, at) VALUES ('windows', 0, %(until)s)
ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""
MET = """
INSERT INTO watch_peers (peer, until, met, answered_at) VALUES (%(peer)s, %(until)s, %(met)s, %(at)s)
ON CONFLICT (peer) DO UPDATE SET until = greatest(watch_peers.until, excluded.until), met = watch_peers.met + excluded.met,
  silent_since = NULL, answered_at = excluded.answered_at
"""
SILENT = """
INSERT INTO watch_peers (peer, until, met, silent_since) VALUES (%(peer)s, %(until)s, 0, %(at)s)
ON CONFLICT (peer) DO UPDATE SET silent_since = coalesce(watch_peers.silent_since, excluded.silent_since)
"""


def close_windows(*, node: str, at: datetime) -> datetime:
    """Keep the digests of the windows that are over since the last time, at most a day of them; give up to when they are kept."""
    until = window_of(at - GRACE)
    since = closed_until() or window_of(at - MOST_AT_ONCE)
    until = min(until, since + MOST_AT_ONCE)
    if until <= since:
        return since
    told = {"node": node, "since": since, "until": until, "early": since - SLACK, "late": until + SLACK}
    records.execute(CLOSE, told)
    records.execute(MARK, {"until": until})
    return until


def note_answer(*, peer: str, until: datetime, met: int, at: datetime) -> None:
    """Note that records were compared with a peer's, up to when, and how many calls met."""
    records.execute(MET, {"peer": peer, "until": until, "met": met, "at": at})


def note_silence(*, peer: str, at: datetime) -> None:
    """Note that a peer did not answer, or not in a way that can be used."""
    records.execute(SILENT, {"peer": peer, "until": window_of(at) - WINDOW, "at": at})
