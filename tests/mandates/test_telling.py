"""Both sides are told what becomes of a mandate, by the worker, and once each."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from qipan.accounts.models import Account
from qipan.adapters.notices import FileNotices
from qipan.ledger.models import Entry
from qipan.mandates import operations, tasks
from qipan.mandates.later import TASK, Became, Side
from qipan.mandates.models import Mandate
from qipan.people.actors import Acting
from tests import acting as play
from tests.acting import AGENT, DAUGHTER, SHOP_NAME, Company
from tests.cast import MONDAY

PHONES = {"father": "+8613800000011", "daughter": "+8613800000012", "owner": "+8613800000013"}


@pytest.fixture
def notices(tmp_path: Path, settings: Any) -> FileNotices:
    settings.QIPAN_NOTICES = str(tmp_path / "notices.jsonl")
    return FileNotices(tmp_path / "notices.jsonl")


@pytest.fixture
def told(company: Company, notices: FileNotices) -> Company:
    """Father, daughter and the shop's owner have accounts; the shop's agent has none."""
    for name, phone in PHONES.items():
        person = getattr(company, name).actor.id
        Account.objects.create(phone=phone, phone_verified=True, person_id=person, created_at=MONDAY)
    return company


def use(acting: Acting, mandate: int) -> None:
    with transaction.atomic():
        operations.use_mandate(acting=acting, mandate=mandate, at=MONDAY)


def jobs(mandate: int) -> list[tuple[str, str]]:
    """What is to be told of a mandate, and to whom."""
    found = ProcrastinateJob.objects.filter(task_name=TASK, args__mandate=mandate).order_by("id")
    return [(job.args["became"], job.args["side"]) for job in found]


def test_each_side_is_told_of_what_the_other_does(told: Company) -> None:
    mandate = play.offered(told.father, DAUGHTER, ["retirement"])
    play.accept(told.daughter, mandate)
    for _time in range(2):
        use(told.daughter, mandate)
    play.end(told.father, mandate)
    assert jobs(mandate) == [
        ("given", "principal"), ("given", "agent"), ("accepted", "principal"), ("used", "principal"),
        ("ended", "principal"), ("ended", "agent"),
    ]  # fmt: skip
    assert Entry.objects.filter(subject=f"mandate:{mandate}", act="use_mandate").count() == 1
    assert Mandate.objects.get(id=mandate).used_at == MONDAY


@pytest.mark.parametrize("became", Became)
def test_messages_name_the_other_and_no_matter(told: Company, notices: FileNotices, became: Became) -> None:
    mandate = play.offered(told.father, DAUGHTER, ["retirement"])
    assert tasks.tell_now(mandate, became, Side.PRINCIPAL) == 1
    (one,) = notices.sent()
    assert one.to == PHONES["father"]
    assert "方小雨" in one.text
    assert "退休" not in one.text


def test_a_letter_goes_too_where_there_is_an_address(told: Company, notices: FileNotices) -> None:
    Account.objects.filter(phone=PHONES["daughter"]).update(email="xiaoyu@example.org")
    mandate = play.offered(told.father, DAUGHTER, ["retirement"])
    assert tasks.tell_now(mandate, Became.GIVEN, Side.AGENT) == 2
    assert [(one.kind, one.to) for one in notices.sent()] == [
        ("sms", PHONES["daughter"]), ("email", "xiaoyu@example.org"),
    ]  # fmt: skip


def test_for_an_enterprise_who_leads_it_is_told(told: Company, notices: FileNotices) -> None:
    owner = play.leads(told.owner)
    assert owner.mandate
    assert jobs(owner.mandate.id) == [("given", "agent")]
    mandate = play.offered(owner, AGENT, ["open_shop"])
    assert tasks.tell_now(mandate, Became.GIVEN, Side.PRINCIPAL) == 1
    assert tasks.tell_now(mandate, Became.GIVEN, Side.AGENT) == 0
    (one,) = notices.sent()
    assert one.to == PHONES["owner"]
    assert SHOP_NAME in one.text


def test_to_turn_to_what_was_not_accepted_or_is_ones_own_enterprise_is_no_use(told: Company) -> None:
    mandate = play.offered(told.father, DAUGHTER, ["retirement"])
    use(told.daughter, mandate)
    owner = play.leads(told.owner)
    assert owner.mandate
    use(told.owner, owner.mandate.id)
    assert not Entry.objects.filter(act="use_mandate").exists()
