"""An official who may not open a page, or meets none, stays at the desk, and reads who could open it."""

import pytest
from django.test import Client
from django.urls import reverse

from qipan.catalogue.operations import publish_library
from qipan.core.posts import Power
from qipan.faces.look.actors import OFFICIAL, PERSON
from qipan.people import operations as people
from qipan.people import queries
from qipan.people.rows import NewPerson
from tests.cast import LIBRARY, MONDAY


@pytest.fixture
def asks(db: None) -> Client:
    """Somebody who asks for shared data, and does nothing else."""
    publish_library(folder=LIBRARY, at=MONDAY)
    return signed_in(
        OFFICIAL,
        people.appoint_official(
            agency="330106.health",
            name="申请的人",
            post="申请员",
            powers=[Power.REQUESTER],
            at=MONDAY,
            sample=True,
        ),
    )


def signed_in(key: str, number: int) -> Client:
    client = Client()
    session = client.session
    session[key] = number
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def test_a_page_of_another_post_is_refused_at_the_desk_and_names_the_power(asks: Client) -> None:
    answer = asks.get(reverse("desk:window"))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "要有下面一项职责：窗口代办" in page
    assert "申请的人" in page
    assert f'href="{reverse("desk:pool")}"' in page
    assert f'<a class="button primary" href="{reverse("desk:pool")}"' in page
    assert reverse("portal:mine") not in page


@pytest.mark.parametrize("address", ["/desk/no-such-page", "/desk/pool/resources/no-such-resource"])
def test_what_is_not_there_is_said_at_the_desk(asks: Client, address: str) -> None:
    answer = asks.get(address)
    assert answer.status_code == 404
    assert "申请的人" in answer.content.decode()


def test_a_stranger_learns_no_more_at_an_address_of_the_desk(db: None) -> None:
    answer = Client().get("/desk/no-such-page")
    assert answer.status_code == 404
    assert reverse("desk:pool") not in answer.content.decode()


def test_a_person_who_meets_no_page_has_their_ways_on(db: None) -> None:
    resident = NewPerson("110101199003070134", "寻路人", "13800000000", "", "", True)
    people.admit_persons(persons=[resident], at=MONDAY)
    number = next(one.id for one in queries.sample_persons())
    page = signed_in(PERSON, number).get("/applications/QP-NONE/").content.decode()
    assert "寻路人" in page
    assert f'href="{reverse("portal:mine")}"' in page
