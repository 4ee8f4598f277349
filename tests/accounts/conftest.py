"""The cast, with a population register that can be asked, and a box that holds every message that is sent."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from qipan.adapters.notices import FileNotices
from qipan.applications import lookups
from tests import cast as play
from tests.accounts.newcomer import PASSWORD, Phone, browser, library_with_register, register
from tests.cast import Cast


@pytest.fixture(autouse=True)
def quickly(settings: Settings) -> None:
    """Passwords are hashed at a cost, which is not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def box(settings: Settings, tmp_path: Path) -> FileNotices:
    settings.QIPAN_NOTICES = str(tmp_path / "notices.jsonl")
    return FileNotices(tmp_path / "notices.jsonl")


@pytest.fixture
def phone(box: FileNotices) -> Phone:
    """The newcomer's."""
    return Phone(box)


@pytest.fixture
def cast(db: None, settings: Settings, tmp_path: Path) -> Iterator[Cast]:
    settings.QIPAN_REGISTERS = tmp_path / "registers.json"
    cast = play.enter(library_with_register(tmp_path))
    settings.QIPAN_REGISTERS.write_text(json.dumps({"drop": str(tmp_path / "drop")}), encoding="utf-8")
    lookups.registers.cache_clear()
    yield cast
    lookups.registers.cache_clear()


@pytest.fixture
def newcomer(cast: Cast, phone: Phone) -> Client:
    """Somebody who has just registered, with a password."""
    client = browser()
    register(client, phone, password=PASSWORD)
    return client
