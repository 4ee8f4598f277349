"""The pool's cast at their desks."""

from pathlib import Path
from typing import Protocol

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from qipan.faces.look.actors import OFFICIAL
from tests.sharing.conftest import Pool, enter


class At(Protocol):
    """Signs an official in and gives their browser."""

    def __call__(self, name: str, language: str = "zh-hans") -> Client: ...


@pytest.fixture
def pool(db: None, settings: Settings, tmp_path: Path) -> Pool:
    """This installation's home is a folder of the test's, with the key that signs for it."""
    settings.QIPAN_HOME = tmp_path
    return enter(tmp_path)


@pytest.fixture
def at(pool: Pool) -> At:
    """`at("requester")`: a browser without JavaScript at which this official has signed in."""

    def sign_in(name: str, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        session = client.session
        session[OFFICIAL] = pool[name].actor.id
        session.save()
        client.cookies["sessionid"] = str(session.session_key)
        return client

    return sign_in
