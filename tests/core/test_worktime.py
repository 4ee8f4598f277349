"""Working days, counted one by one."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qipan.adapters.working_days import WORKING_DAYS
from qipan.core.worktime import due_on, working_days

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


class Only:
    """A calendar on which only these days are worked, and everything after the last."""

    def __init__(self, *days: int) -> None:
        self.days = {date(2026, 1, day) for day in days}

    def is_working(self, day: date, /) -> bool:
        return day in self.days or day.month > 1


def test_the_day_of_arrival_is_day_zero() -> None:
    assert due_on(date(2026, 1, 5), 1, Only(5, 6, 7)) == date(2026, 1, 6)


def test_days_of_rest_are_passed_over() -> None:
    assert due_on(date(2026, 1, 5), 2, Only(5, 8, 20)) == date(2026, 1, 20)


def test_a_limit_of_no_days_is_due_at_once_or_on_the_next_working_day() -> None:
    assert due_on(date(2026, 1, 5), 0, Only(5, 6)) == date(2026, 1, 5)
    assert due_on(date(2026, 1, 5), 0, Only(6)) == date(2026, 1, 6)


def test_a_stopped_clock_moves_the_due_date_by_as_many_working_days() -> None:
    assert due_on(date(2026, 1, 5), 1, Only(6, 7, 8), paused=2) == date(2026, 1, 8)


def test_the_spring_festival_of_2026_is_not_worked() -> None:
    assert due_on(date(2026, 2, 13), 1, WORKING_DAYS) == date(2026, 2, 14)  # a Saturday, worked in exchange
    assert due_on(date(2026, 2, 14), 1, WORKING_DAYS) == date(2026, 2, 24)


def test_years_whose_holidays_are_not_known_yet_count_weekdays() -> None:
    assert WORKING_DAYS.is_working(date(2039, 1, 3))
    assert not WORKING_DAYS.is_working(date(2039, 1, 1))


@given(DAYS, st.integers(1, 30), st.integers(0, 10))
def test_a_due_date_is_a_working_day_and_exactly_that_many_lie_before_it(
    start: date, days: int, paused: int
) -> None:
    due = due_on(start, days, WORKING_DAYS, paused)
    between = [start + timedelta(days=offset) for offset in range(1, (due - start).days + 1)]
    assert WORKING_DAYS.is_working(due)
    assert (
        sum(map(WORKING_DAYS.is_working, between)) == days + paused == working_days(start, due, WORKING_DAYS)
    )


@given(DAYS, DAYS)
def test_counting_backwards_gives_the_same_number_below_zero(first: date, second: date) -> None:
    assert working_days(first, second, WORKING_DAYS) == -working_days(second, first, WORKING_DAYS)
