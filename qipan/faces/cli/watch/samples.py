"""Readings of sample officials in the last weeks, so that an auditor of the demo has something to see: the watch itself finds what it finds.

Most of them are what a window does on ordinary working days. Among them are a clerk who looked somebody up late in the evening, again and
again, one who looked up far more than all others on one day, and a resident whom officials of many agencies looked up in one week.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from importlib import import_module

from django.db import transaction
from django.utils import timezone

from qipan.adapters.working_days import WORKING_DAYS
from qipan.people import queries as people
from qipan.watch import operations, queries
from qipan.watch.operations import SampleReading

CLERKS = "government_service_center"
CLERKS_SHOWN, CURIOUS = 8, 24
WEEKS = 4
DAY = timedelta(days=1)
SLOT = timedelta(minutes=10)


def enter_samples() -> None:
    """Enter them once, and let the watch judge."""
    today = timezone.localdate()
    if queries.daily(today - timedelta(days=90), today):
        return
    clerks = [one.id for one in people.sample_officials(CLERKS, 200) if one.clerk][:CLERKS_SHOWN]
    curious = [one.id for one in people.sample_officials("330106", CURIOUS)]
    residents = [one.id for one in people.sample_persons()]
    if not (clerks and curious and residents):
        return
    now = timezone.now()
    with transaction.atomic():
        operations.enter_sample_readings(readings=list(_readings(clerks, curious, residents, now)), at=now)
    import_module("qipan.watch.tasks").watch_once(now)


def _readings(
    clerks: Sequence[int], curious: Sequence[int], residents: Sequence[int], now: datetime
) -> Iterator[SampleReading]:
    dice = random.Random(20261122)  # noqa: S311 -- the same sample each time
    days = [now - back * DAY for back in range(1, 7 * WEEKS)]
    working = [day for day in days if WORKING_DAYS.is_working(timezone.localdate(day))]
    for day in working:
        for clerk in clerks:
            yield from _work(dice, clerk, residents, day, dice.randint(7, 13))
    late, busy = clerks[0], clerks[-1]
    for slot in range(9):
        for resident in residents[:4]:
            yield SampleReading(late, resident, _at(working[0], 21) + slot * SLOT)
    yield from _work(dice, busy, residents, working[1], 90)
    for place, official in enumerate(curious):
        yield SampleReading(official, residents[0], now - timedelta(hours=1 + place))


def _work(
    dice: random.Random, clerk: int, residents: Sequence[int], day: datetime, count: int
) -> Iterator[SampleReading]:
    """A day at the window: so many residents, each at a time of their own."""
    places = dice.sample(range(51 * len(residents)), min(count, 51 * len(residents)))
    for place in places:
        slot, resident = divmod(place, len(residents))
        yield SampleReading(clerk, residents[resident], _at(day, 9) + slot * SLOT)


def _at(day: datetime, hour: int) -> datetime:
    return datetime.combine(timezone.localdate(day), time(hour), timezone.get_current_timezone())
