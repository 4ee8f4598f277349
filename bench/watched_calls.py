"""What the watch costs with a million calls of an hour and half as many readings: run by hand, `python -m bench.watched_calls [calls]`.

Nothing is asked over the network: the peer's answers are our own, once equal, once with one call dropped.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from bench import home

CALLS = 1_000_000
GRANT = "9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11"
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


class Took(NamedTuple):
    """One line of the result."""

    what: str
    seconds: float
    note: str = ""


def main(calls: int) -> None:
    """Fill, measure, print."""
    home.enter()
    from django.db import transaction  # noqa: PLC0415 -- once the settings are those of the home

    from qipan import records  # noqa: PLC0415 -- see above
    from qipan.exchange.queries import HeldGrant  # noqa: PLC0415 -- see above
    from qipan.site import rights  # noqa: PLC0415 -- see above
    from qipan.watch import operations, reconciling, tasks  # noqa: PLC0415 -- see above
    from qipan.watch.reconciling import Link  # noqa: PLC0415 -- see above

    readings = calls // 2
    rights.migrate()
    now = timezone.now()
    begins = now - timedelta(hours=2)
    with transaction.atomic():
        records.execute(FILL_CALLS, [GRANT, begins, calls, begins, calls, calls])
        records.execute(FILL_READINGS, [now - timedelta(hours=1), readings, readings])
    records.execute("ANALYZE exchange_calls")
    grants: dict[str, HeldGrant] = {}
    asked: list[object] = []

    def equal(one: Mapping[str, object]) -> Mapping[str, Any]:
        asked.append(one)
        return reconciling.answer_to("hospitals", one)

    def dropped(one: Mapping[str, object]) -> Mapping[str, Any]:
        answer = dict(equal(one))
        if answer.get("windows"):
            first, *rest = answer["windows"]
            answer["windows"] = [[first[0], first[1] - 1, "00" * 32], *rest]
        if answer.get("minutes"):
            first, *rest = answer["minutes"]
            answer["minutes"] = [[first[0], first[1], first[2] - 1, "00" * 32], *rest]
        if answer.get("calls") and not one["after"]:
            answer["calls"] = answer["calls"][1:]
        return answer

    def closed() -> object:
        with transaction.atomic():
            return operations.close_windows(node="city", at=now)

    since = reconciling.twins.window_of(begins)
    until = now - timedelta(minutes=10)
    link = Link("city", "hospitals", grants)
    took = [
        _timed("close the windows of an hour", closed, f"{calls} calls"),
        _timed("compare, all equal", lambda: reconciling.compare(link, equal, since, until)),
        _timed("compare, one call dropped", lambda: reconciling.compare(link, dropped, since, until)),
        _timed(
            "take in and judge readings, first run", lambda: tasks.watch_once(now), f"{readings} readings"
        ),
        _timed("the same with nothing new", lambda: tasks.watch_once(now)),
    ]
    for one in took:
        print(
            json.dumps(
                {"what": one.what, "seconds": round(one.seconds, 3), "note": one.note}, ensure_ascii=False
            )
        )
    print(json.dumps({"what": "questions asked", "equal": 1, "dropped": len(asked) - 1}))


def _timed(what: str, do: Callable[[], object], note: str = "") -> Took:
    start = time.perf_counter()
    do()
    return Took(what, time.perf_counter() - start, note)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)
