"""Where an account is signed in: seen, and ended from anywhere."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from qipan.accounts import operations
from qipan.accounts.models import Account, AccountSession
from tests.accounts.newcomer import browser, is_in, real_name, sign_in
from tests.cast import Cast


@pytest.fixture
def elsewhere(newcomer: Client) -> Client:
    """The same account on another device."""
    client = Client(headers={"accept-language": "zh-hans", "user-agent": "Mozilla/5.0 (iPhone) Safari/605"})
    sign_in(client)
    return client


def test_devices_are_told_apart_in_words(newcomer: Client, elsewhere: Client) -> None:
    page = newcomer.get("/account/devices/").content.decode()
    assert "Chrome · Windows" in page
    assert "Safari · iPhone" in page
    assert page.count("这台") >= 1


def test_one_device_is_signed_out_from_another_at_once(newcomer: Client, elsewhere: Client) -> None:
    real_name(elsewhere)
    assert elsewhere.get("/applications/").status_code == 200
    other = AccountSession.objects.get(agent__contains="iPhone")
    newcomer.post("/account/devices/", {"device": bytes(other.digest).hex()})
    assert elsewhere.get("/applications/").headers["Location"].startswith("/sign-in/")
    assert not is_in(elsewhere)
    assert is_in(newcomer)


def test_all_others_are_signed_out_together(newcomer: Client, elsewhere: Client) -> None:
    third = browser()
    sign_in(third)
    newcomer.post("/account/devices/", {"others": "1"})
    assert [is_in(one) for one in (newcomer, elsewhere, third)] == [True, False, False]


@pytest.mark.parametrize("device", ["", "zz", "00" * 32])
def test_what_is_no_device_ends_nothing(newcomer: Client, device: str) -> None:
    assert newcomer.post("/account/devices/", {"device": device}).status_code == 302
    assert is_in(newcomer)


def test_what_is_kept_of_a_device_opens_nothing(newcomer: Client) -> None:
    kept = AccountSession.objects.get()
    key = newcomer.cookies["account"].value
    assert key.encode() not in bytes(kept.digest)
    assert key not in kept.content
    thief = browser()
    thief.cookies["account"] = bytes(kept.digest).hex()
    assert not is_in(thief)


def test_a_session_that_is_over_opens_nothing(newcomer: Client) -> None:
    AccountSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert newcomer.get("/applications/").status_code == 302
    assert not is_in(newcomer)


def test_choosing_a_sample_resident_leaves_the_account(newcomer: Client, cast: Cast) -> None:
    newcomer.post("/sign-in/", {"person": cast.mother_id})
    assert "王芳" in newcomer.get("/applications/").content.decode()
    assert not is_in(newcomer)


def test_coming_in_with_an_account_leaves_the_sample_resident(newcomer: Client, cast: Cast) -> None:
    client = browser()
    client.post("/sign-in/", {"person": cast.mother_id})
    sign_in(client)
    assert client.get("/applications/").headers["Location"].startswith("/account/real-name/")


def test_what_is_over_is_forgotten(newcomer: Client, cast: Cast) -> None:
    browser().post("/account/register/", {"phone": "13900000009"})
    assert Account.objects.filter(phone_verified=False).count() == 1
    operations.forget_what_is_over(at=timezone.now() + timedelta(days=2))
    assert not Account.objects.filter(phone_verified=False).exists()
    assert not AccountSession.objects.exists()
    assert Account.objects.count() == 1
