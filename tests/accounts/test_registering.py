"""Registering with a phone, and coming in again by password or code."""

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks as Committed

from qipan.accounts.models import Account
from qipan.adapters.notices import FileNotices
from qipan.ledger.models import Entry
from tests.accounts.newcomer import (
    OTHERS_PHONE,
    PASSWORD,
    PHONE,
    Phone,
    browser,
    confirm,
    is_in,
    register,
    sign_in,
    sign_in_by_code,
)
from tests.cast import Cast


def test_a_code_from_the_phone_makes_an_account_and_one_is_in(cast: Cast, phone: Phone) -> None:
    client = browser()
    assert register(client, phone).status_code == 302
    assert is_in(client)
    account = Account.objects.get()
    assert (account.phone, account.phone_verified, account.level) == (f"+86{PHONE}", True, 1)
    assert {"register_account", "sign_in"} <= set(Entry.objects.values_list("act", flat=True))


def test_somebody_new_on_the_way_to_a_matter_says_who_they_are_first(cast: Cast, phone: Phone) -> None:
    led = register(browser(), phone, onward="/events/birth/").headers["Location"]
    assert led == "/account/real-name/?next=%2Fevents%2Fbirth%2F"


def test_whoever_was_going_to_the_account_s_own_pages_gets_there(cast: Cast, phone: Phone) -> None:
    assert register(browser(), phone, onward="/account/devices/").headers["Location"] == "/account/devices/"


def test_one_comes_back_to_where_one_was_going(newcomer: Client) -> None:
    typed = {"login": PHONE, "password": PASSWORD, "next": "/events/birth/"}
    assert browser().post("/account/sign-in/", typed).headers["Location"] == "/events/birth/"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "/\\example.org"])
def test_nobody_is_led_off_the_site(cast: Cast, phone: Phone, elsewhere: str) -> None:
    assert register(browser(), phone, onward=elsewhere).headers["Location"] == "/"


def test_a_wrong_code_makes_none_and_the_third_ends_it(cast: Cast, phone: Phone) -> None:
    client = browser()
    client.post("/account/register/", {"phone": PHONE})
    wrong = "000000" if phone.code != "000000" else "000001"
    assert "验证码不对" in confirm(client, wrong).content.decode()
    confirm(client, wrong)
    assert confirm(client, wrong).status_code == 302
    confirm(client, phone.code)
    assert not is_in(client)


def test_a_code_can_be_sent_anew_and_the_old_one_is_worth_nothing(cast: Cast, phone: Phone) -> None:
    client = browser()
    client.post("/account/register/", {"phone": PHONE})
    old = phone.code
    client.post("/account/phone/confirm/", {"action": "resend"})
    if old != phone.code:
        confirm(client, old)
        assert not is_in(client)
    confirm(client, phone.code)
    assert is_in(client)


@pytest.mark.parametrize("typed", ["139 0000 0001", "+86-139-0000-0001", "8613900000001"])
def test_a_number_is_one_however_it_is_typed(newcomer: Client, typed: str) -> None:
    again = browser()
    assert sign_in(again, typed).status_code == 302
    assert is_in(again)


@pytest.mark.parametrize("typed", ["", "12345", "1390000000", "+0123456789", "一三九"])
def test_what_is_no_number_is_said_to_be_none(cast: Cast, typed: str) -> None:
    page = browser().post("/account/register/", {"phone": typed})
    assert page.status_code == 200
    assert "手机号" in page.content.decode()
    assert not Account.objects.exists()


def test_one_comes_in_by_password_and_by_code(newcomer: Client, phone: Phone) -> None:
    for come_in in (sign_in, lambda client: sign_in_by_code(client, phone)):
        again = browser()
        assert come_in(again).status_code == 302
        assert is_in(again)


@pytest.mark.parametrize("password", ["12345678", "password", "short7"])
def test_a_weak_password_is_not_taken(cast: Cast, password: str) -> None:
    browser().post("/account/register/", {"phone": PHONE, "password1": password})
    assert not Account.objects.exists()


def test_a_new_password_needs_a_fresh_code_and_ends_the_other_devices(
    newcomer: Client, phone: Phone, django_capture_on_commit_callbacks: Committed
) -> None:
    forgetful = browser()
    sign_in_by_code(forgetful, phone)
    with django_capture_on_commit_callbacks(execute=True):
        answer = forgetful.post("/account/password/", {"password": "another-horse-8"})
    assert answer.status_code == 302
    assert is_in(forgetful)
    assert not is_in(newcomer)
    assert "密码刚刚改了" in phone.texts[-1]
    assert sign_in(browser(), password=PASSWORD).status_code == 200
    assert sign_in(browser(), password="another-horse-8").status_code == 302


def test_a_password_is_not_changed_without_the_old_one(newcomer: Client) -> None:
    session = browser()
    sign_in(session)
    answer = session.post("/account/password/", {"password": "another-horse-8"})
    assert answer.headers["Location"].startswith("/account/again/")
    assert sign_in(browser()).status_code == 302


def test_another_number_takes_the_place_of_the_old_once_it_is_proved(
    newcomer: Client, phone: Phone, box: FileNotices
) -> None:
    other = Phone(box, OTHERS_PHONE)
    newcomer.post("/account/again/", {"password": PASSWORD, "next": "/account/phone/"})
    newcomer.post("/account/phone/", {"phone": OTHERS_PHONE})
    assert Account.objects.get().phone == f"+86{PHONE}"
    confirm(newcomer, other.code)
    assert Account.objects.get().phone == f"+86{OTHERS_PHONE}"
    assert sign_in(browser(), OTHERS_PHONE).status_code == 302
    assert sign_in(browser(), PHONE).status_code == 200


def test_signing_out_ends_the_session_itself(newcomer: Client) -> None:
    key = newcomer.cookies["account"].value
    newcomer.post("/sign-out/")
    again = browser()
    again.cookies["account"] = key
    assert not is_in(again)


def test_an_account_that_was_stopped_is_out_at_once(newcomer: Client) -> None:
    Account.objects.update(is_active=False)
    assert newcomer.get("/applications/").headers["Location"].startswith("/sign-in/")
