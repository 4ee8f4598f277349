"""The mother and her neighbour at their screens: browsers without JavaScript, with the cast's small library published."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client

from qipan.people.actors import Acting
from tests import cast as play
from tests.cast import Cast

At = Callable[[Acting], Client]


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture
def anybody(cast: Cast) -> Client:
    """Somebody who has not signed in."""
    return Client(headers={"accept-language": "zh-hans"})


def signed_in(person: Acting, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    assert client.post("/sign-in/", {"person": person.actor.id}).status_code == 302
    return client


@pytest.fixture
def mother(cast: Cast) -> Client:
    return signed_in(cast.mother)


@pytest.fixture
def neighbour(cast: Cast) -> Client:
    return signed_in(cast.neighbour)


@pytest.fixture
def draft(cast: Cast) -> UUID:
    """The mother's form, looked up and filled in, to the last answer."""
    return play.filled_draft(cast)


@pytest.fixture
def number(cast: Cast) -> str:
    """The mother's application, under way at the hospital."""
    return play.running(cast).number
