from datetime import date

import pytest

from qipan.sample.people import FEMALE, MALE
from qipan.sample.retirement import retirement_day


# The cases are those of the tables published with the State Council's measures.
@pytest.mark.parametrize(
    ("birth", "sex", "managing", "day"),
    [
        (date(1964, 12, 31), MALE, False, date(2024, 12, 31)),
        (date(1965, 1, 15), MALE, False, date(2025, 2, 15)),
        (date(1965, 4, 30), MALE, False, date(2025, 5, 30)),
        (date(1965, 5, 1), MALE, False, date(2025, 7, 1)),
        (date(1966, 7, 20), MALE, False, date(2026, 12, 20)),
        (date(1976, 9, 1), MALE, False, date(2039, 9, 1)),
        (date(1990, 9, 1), MALE, False, date(2053, 9, 1)),
        (date(1970, 1, 31), FEMALE, True, date(2025, 2, 28)),
        (date(1981, 9, 1), FEMALE, True, date(2039, 9, 1)),
        (date(1975, 1, 2), FEMALE, False, date(2025, 2, 2)),
        (date(1975, 3, 2), FEMALE, False, date(2025, 5, 2)),
        (date(1984, 11, 1), FEMALE, False, date(2039, 11, 1)),
    ],
)
def test_people_retire_by_the_published_table(birth: date, sex: str, managing: bool, day: date) -> None:  # noqa: FBT001
    assert retirement_day(birth, sex, managing=managing) == day
