"""An e-mail address beside the phone: confirmed by a link, told of what happens, dropped."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks as Committed
from pytest_django import Settings

from qipan.accounts.models import Account
from qipan.adapters.notices import FileNotices
from tests.accounts.newcomer import OTHERS_PHONE, PASSWORD, Phone, browser, real_name, register

OWN = "chen@example.com"
LINK = re.compile(r"http://testserver(\S+)")


def letters(box: FileNotices, to: str = OWN) -> list[str]:
    return [one.text for one in box.sent() if (one.kind, one.to) == ("email", to)]


def link(box: FileNotices) -> str:
    found = LINK.search(letters(box)[-1])
    assert found
    return found[1]


@pytest.fixture
def asked(newcomer: Client, box: FileNotices) -> Client:
    """Somebody who gave an address."""
    newcomer.post("/account/email/", {"email": OWN})
    return newcomer


def address() -> str:
    return Account.objects.order_by("id")[0].email


def test_an_address_counts_once_its_link_was_followed(asked: Client, box: FileNotices) -> None:
    assert address() == ""
    assert OWN in asked.get(link(box)).content.decode()
    assert address() == ""
    asked.post(link(box))
    assert address() == OWN
    assert OWN in asked.get("/account/").content.decode()


def test_what_happens_is_told_by_both_ways(
    asked: Client, phone: Phone, box: FileNotices, django_capture_on_commit_callbacks: Committed
) -> None:
    asked.post(link(box))
    with django_capture_on_commit_callbacks(execute=True):
        real_name(asked)
    assert any("完成了实名" in text for text in phone.texts)
    assert any("完成了实名" in text for text in letters(box))
    asked.post("/account/email/", {"drop": "1"})
    assert address() == ""


def test_a_link_for_another_account_confirms_nothing(asked: Client, box: FileNotices) -> None:
    stranger = browser()
    register(stranger, Phone(box, OTHERS_PHONE), password=PASSWORD)
    stranger.post(link(box))
    assert set(Account.objects.values_list("email", flat=True)) == {""}


@pytest.mark.parametrize("broken", ["x", "a:b:c", ""])
def test_a_link_of_one_s_own_making_confirms_nothing(asked: Client, box: FileNotices, broken: str) -> None:
    path = link(box).rstrip("/")
    asked.post(f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}/")
    asked.post(f"/account/email/confirm/{broken or 'none'}/")
    assert address() == ""


@pytest.mark.parametrize("typed", ["", "chen", "chen@", "a b@example.com", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_said_to_be_none(newcomer: Client, box: FileNotices, typed: str) -> None:
    assert "请填完整的邮箱地址" in newcomer.post("/account/email/", {"email": typed}).content.decode()
    assert letters(box, typed) == []


def test_letters_to_others_are_few(newcomer: Client, box: FileNotices, settings: Settings) -> None:
    answers = [
        newcomer.post("/account/email/", {"email": f"p{one}@example.com"}).status_code for one in range(9)
    ]
    assert answers[-1] == 429
    assert len([one for one in box.sent() if one.kind == "email"]) <= settings.QIPAN_LIMITS["code"]
