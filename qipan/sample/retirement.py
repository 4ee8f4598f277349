"""When somebody may retire, after the reform in force since 2025-01-01.

Source: the Standing Committee's decision of 2024-09-13 and the State Council's measures for raising the statutory age by steps.
"""

from calendar import monthrange
from datetime import date
from typing import NamedTuple

from qipan.sample.people import MALE


class Rise(NamedTuple):
    """From the birth month ``first``, each ``every`` months add one, ``most`` at the end; before it, ``age`` in years."""

    age: int
    first: date
    every: int
    most: int


MEN = Rise(60, date(1965, 1, 1), 4, 36)
WOMEN_IN_OFFICES = Rise(55, date(1970, 1, 1), 4, 36)
WOMEN_WORKERS = Rise(50, date(1975, 1, 1), 2, 60)


def retirement_day(birth: date, sex: str, *, managing: bool) -> date:
    """Give the day on which somebody reaches the statutory age; ``managing`` matters for women alone."""
    rise = MEN if sex == MALE else WOMEN_IN_OFFICES if managing else WOMEN_WORKERS
    months = (birth.year - rise.first.year) * 12 + birth.month - rise.first.month
    later = min(rise.most, months // rise.every + 1) if months >= 0 else 0
    return _after(birth, rise.age * 12 + later)


def _after(birth: date, months: int) -> date:
    year, month = divmod(birth.year * 12 + birth.month - 1 + months, 12)
    return date(year, month + 1, min(birth.day, monthrange(year, month + 1)[1]))
