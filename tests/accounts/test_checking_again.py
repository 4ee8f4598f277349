"""The register is asked again for some people each night: names change, and people die."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from qipan.accounts.models import Account
from qipan.accounts.tasks import ASKED_EVERY, recheck_some
from qipan.adapters.sources import FakeSources
from qipan.applications.models import Call
from qipan.ledger.models import Entry
from qipan.people.models import Person
from tests.accounts.newcomer import NEWCOMER, is_in, real_name

LATER = ASKED_EVERY + timedelta(days=1)


@pytest.fixture
def person(newcomer: Client) -> Client:
    real_name(newcomer)
    return newcomer


def register(name: str = "陈晨", died: str = "") -> FakeSources:
    row = {"person.id_number": NEWCOMER, "person.name": name}
    return FakeSources({"population": [row | ({"person.death_date": died} if died else {})]})


def checked(sources: FakeSources) -> int:
    return recheck_some(timezone.now() + LATER, sources=sources)


def test_who_was_asked_for_lately_is_not(person: Client) -> None:
    assert recheck_some(timezone.now() + timedelta(days=30), sources=register()) == 0


def test_who_is_who_they_were_stays_so_and_it_is_on_record(person: Client) -> None:
    assert checked(register()) == 1
    assert checked(register()) == 0
    assert is_in(person)
    assert Call.objects.count() == 2
    assert Entry.objects.order_by("-id")[0].actor_kind == "system"


def test_another_name_in_the_register_is_theirs_now(person: Client) -> None:
    checked(register("陈思晨"))
    assert Person.objects.get(id_number=NEWCOMER).name == "陈思晨"
    assert "陈思晨" in person.get("/account/").content.decode()
    assert Entry.objects.filter(act="renew_name").count() == 1


def test_the_account_of_somebody_who_died_is_closed(person: Client) -> None:
    checked(register(died="2026-11-01"))
    assert not Account.objects.get().is_active
    assert not is_in(person)
    assert Entry.objects.filter(act="close_account").count() == 1
    assert checked(register()) == 0


def test_a_register_that_does_not_answer_changes_nothing_and_is_asked_again(person: Client) -> None:
    assert checked(FakeSources({}, down=frozenset({"population"}))) == 0
    assert is_in(person)
    assert checked(register()) == 1


def test_so_many_a_night(person: Client) -> None:
    assert recheck_some(timezone.now() + LATER, most=0, sources=register()) == 0
