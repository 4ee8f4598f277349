"""Working days: due dates, and the days for which a correction request stops the clock.

Limits count from the day after (行政许可法 第八十二条: 工作日，不含法定节假日); the day of arrival is day zero.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Protocol

_DAY = timedelta(days=1)


class Calendar(Protocol):
    """Tells working days from days of rest."""

    def is_working(self, day: date, /) -> bool:
        """Whether offices work that day."""
        ...


def due_on(start: date, days: int, calendar: Calendar, paused: int = 0) -> date:
    """Give the last day of a limit of ``days`` working days from ``start``, with the clock stopped for ``paused`` of them.

    A limit of no days is due on ``start`` itself, or on the next working day.
    """
    left = days + paused
    if left == 0:
        return next(day for day in _days_from(start) if calendar.is_working(day))
    for day in _days_from(start + _DAY):
        left -= calendar.is_working(day)
        if left == 0:
            return day
    raise AssertionError("days do not end")  # pragma: no cover


def working_days(after: date, until: date, calendar: Calendar) -> int:
    """Count the working days after one day up to and with another; negative when ``until`` lies before."""
    if until < after:
        return -working_days(until, after, calendar)
    return sum(calendar.is_working(after + _DAY * offset) for offset in range(1, (until - after).days + 1))


def _days_from(start: date) -> Iterator[date]:
    return (start + _DAY * offset for offset in count())
