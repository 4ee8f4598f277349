"""Officials at their desks: the cast with an application of the mother's under way."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client

from qipan.faces.look.actors import OFFICIAL
from qipan.people.models import Official
from tests import cast as play
from tests.cast import Cast

At = Callable[[str], Client]


@pytest.fixture
def cast(db: None) -> Cast:
    found = play.enter()
    Official.objects.update(sample=True)
    return found


@pytest.fixture
def application(cast: Cast) -> UUID:
    return play.running(cast).application


@pytest.fixture
def at(cast: Cast) -> At:
    """`at("hospital")`: a browser without JavaScript at which this official has signed in."""

    def sign_in(name: str) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        session = client.session
        who = cast.clerk if name == "clerk" else cast.official(name)
        session[OFFICIAL] = who.actor.id
        session.save()
        client.cookies["sessionid"] = str(session.session_key)
        return client

    return sign_in
