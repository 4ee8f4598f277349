import pytest
from django.test import Client

from qipan.people.actors import Acting
from tests import cast as play
from tests.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


class Visitor(Client):
    """A client that signs in as the demo's pages do."""

    def as_person(self, acting: Acting) -> "Visitor":
        session = self.session
        session["person_id"] = acting.actor.id
        session.save()
        self.cookies["sessionid"] = str(session.session_key)
        return self


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()
