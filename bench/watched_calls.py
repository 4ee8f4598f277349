"""What the watch costs with a million calls of an hour and half as many readings; not among the claims that run by default.

Nothing is asked over the network: the peer's answers are our own, once equal, once with one call dropped.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bench import fresh
from bench.claims import Claim
from qipan import records
from qipan.watch import operations, reconciling, tasks
from qipan.watch.reconciling import Ask, Link

CALLS, READINGS = 1_000_000, 500_000
GRANT = "9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11"
LINK = Link("city", "hospitals", {})
FILL_CALLS = """
INSERT INTO exchange_calls (exchange, side, peer, "grant", resource, fields, purpose, basis, "case", official, outcome, alarm, rows, at,
  milliseconds, signed_at)
SELECT sha256(int8send(i)), 'consumer', 'hospitals', %s, 'birth_record', ARRAY['child.birth_date'], '核验', '母婴保健法', 'case:' || i,
  'person:' || i %% 1000, 'ok', false, 1, %s + interval '1 hour' * i / %s, 9, %s + interval '1 hour' * i / %s
FROM generate_series(1, %s) i
"""
FILL_READINGS = """
INSERT INTO readings (who, peers, agency, kind, subject, person, in_hand, namesake, times, slot, at)
SELECT 'official:' || i %% 5000, 'hospital 经办人', '330106.hospital', 'window', 'person:' || i, i %% 100000 + 1, true, false, 1, i,
  %s - interval '20 days' * i / %s
FROM generate_series(1, %s) i
"""


class _Peer:
    """The other node, whose records are ours; it counts what it is asked, and may have dropped a call."""

    def __init__(self) -> None:
        self.asked = 0

    def equal(self, one: Mapping[str, object]) -> Mapping[str, Any]:
        """Answer as we would."""
        self.asked += 1
        return reconciling.answer_to(LINK.peer, one)

    def dropped(self, one: Mapping[str, object]) -> Mapping[str, Any]:
        """Answer as who dropped the first call of the first minute."""
        answer = dict(self.equal(one))
        for part in ("windows", "minutes"):
            if answer.get(part):
                *place, calls, _digest = answer[part][0]
                answer[part] = [[*place, calls - 1, "00" * 32], *answer[part][1:]]
        if answer.get("calls") and not one["after"]:
            answer["calls"] = answer["calls"][1:]
        return answer


def measure() -> Iterator[Claim]:
    """Fill a fresh database, close windows, compare twice, judge twice."""
    fresh.database()
    now = timezone.now()
    begins = now - timedelta(hours=2)
    _fill(now, begins)
    yield _timed("close_windows", lambda: _close(now), f"{CALLS} calls of an hour")
    for name in ("equal", "dropped"):
        peer = _Peer()
        ask: Ask = getattr(peer, name)
        claim = _timed(f"compare_{name}", lambda ask=ask: _compare(ask, begins, now))  # type: ignore[misc]
        yield claim
        yield Claim(f"watch.questions_{name}", peer.asked, "questions")
    yield _timed("judge", lambda: tasks.watch_once(now), f"{READINGS} readings")
    yield _timed("judge_nothing_new", lambda: tasks.watch_once(now))


def _fill(now: datetime, begins: datetime) -> None:
    with transaction.atomic():
        records.execute(FILL_CALLS, [GRANT, begins, CALLS, begins, CALLS, CALLS])
        records.execute(FILL_READINGS, [now - timedelta(hours=1), READINGS, READINGS])
    records.execute("ANALYZE exchange_calls")


def _close(now: datetime) -> None:
    with transaction.atomic():
        operations.close_windows(node=LINK.node, at=now)


def _compare(ask: Ask, begins: datetime, now: datetime) -> None:
    reconciling.compare(LINK, ask, reconciling.twins.window_of(begins), now - timedelta(minutes=10))


def _timed(what: str, do: Callable[[], object], note: str = "") -> Claim:
    start = time.perf_counter()
    do()
    return Claim(f"watch.{what}", time.perf_counter() - start, "s", note=note)
