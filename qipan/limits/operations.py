"""Spending what a limit allows."""

from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

from qipan import records

HOUR = timedelta(hours=1)
SPEND = """
INSERT INTO allowances AS used (holder, used_until) VALUES (%(holder)s, %(at)s::timestamptz + %(each)s::interval)
ON CONFLICT (holder) DO UPDATE SET used_until = greatest(used.used_until, %(at)s::timestamptz) + %(each)s::interval
WHERE used.used_until <= %(at)s::timestamptz + %(room)s::interval
RETURNING used_until
"""
USED = "SELECT used_until FROM allowances WHERE holder = %s"
FORGET = "DELETE FROM allowances WHERE used_until < %s"
TIDY_EVERY = 1000  # times of spending in one process
_times = count(1)


class _Used(NamedTuple):
    used_until: datetime


class UnableToSpend(Exception):
    """The limit is used up; some of it has grown back after ``wait``."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


def spend(*, holder: str, hourly: int, at: datetime) -> None:
    """Use one of so many an hour; raises UnableToSpend. Outside a transaction: others' turn comes only when this one is over."""
    each = HOUR / hourly
    spent = {"holder": holder, "at": at, "each": each, "room": HOUR - each}
    if records.prepared(_Used, SPEND, spent) is None:
        used = records.first(_Used, USED, [holder])
        raise UnableToSpend(used.used_until + each - HOUR - at if used else timedelta())
    if next(_times) % TIDY_EVERY == 0:
        records.execute(FORGET, [at])
