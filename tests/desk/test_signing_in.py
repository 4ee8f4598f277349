"""Where officials sign in: what an agency has in hand is counted as far as anybody cares."""

from uuid import uuid4

import pytest
from django.test import Client

from qipan.applications.models import Case
from qipan.applications.queries.desks import MOST_COUNTED, desks
from tests import cast as play
from tests.cast import AGENCIES, MONDAY, Cast


def in_hand(agency: str, number: int) -> None:
    Case.objects.bulk_create(
        Case(
            id=uuid4(), application_id=uuid4(), ordinal=1, service="guidance", agency=AGENCIES[agency], state="submitted",
            due_on=MONDAY.date(), ready_at=MONDAY,
        )
        for _ in range(number)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 件在办"), (MOST_COUNTED, "100 件在办"), (MOST_COUNTED + 20, "100 件以上在办")]
)
def test_cases_in_hand_are_counted_up_to_a_hundred(cast: Cast, number: int, said: str) -> None:
    in_hand("police", number)
    page = Client(headers={"Accept-Language": "zh-hans"}).get("/desk/sign-in").content.decode()
    assert said in page


def test_the_busiest_stand_first_and_each_agency_together(cast: Cast) -> None:
    in_hand("health", 1)
    in_hand("police", 3)
    found = [row.agency for row in desks("", (), 41, MONDAY)]
    assert found[0] == AGENCIES["police"]
    assert found.index(AGENCIES["health"]) == found.count(AGENCIES["police"])
    assert play.AGENCIES["hospital"] in found
