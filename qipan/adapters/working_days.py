"""China's working days, as the State Council arranges them each year (chinese-calendar); weekdays where it is silent."""

from datetime import date
from functools import lru_cache

import chinese_calendar

SATURDAY = 5


class WorkingDays:
    """A calendar for ``qipan.core.worktime``."""

    def is_working(self, day: date, /) -> bool:
        """Whether offices work that day; next year's holidays are unknown until the Council's notice, usually in November."""
        return _is_working(day)


@lru_cache(maxsize=4096)
def _is_working(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


WORKING_DAYS = WorkingDays()
