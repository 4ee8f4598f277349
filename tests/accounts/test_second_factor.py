"""The second factor: an authenticator's codes, and recovery codes; passkeys are in tests/journeys/test_accounts.py."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from qipan.accounts.models import Account
from qipan.accounts.session_store import AccountSession
from qipan.ledger.models import Entry
from tests.accounts.newcomer import PASSWORD, Phone, browser, is_in, sign_in, sign_in_by_code

SECRET = re.compile(r"<code>([A-Z2-7]{32})</code>")
RECOVERY = re.compile(r"<code>([0-9a-zA-Z-]+)</code>")
AGAIN = "/account/again/"


def code_of(secret: str, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def wrong_code(secret: str) -> str:
    """One that is good neither now nor within two minutes."""
    good = {code_of(secret, later) for later in range(-2, 5)}
    return next(code for number in range(10) if (code := f"{number:06}") not in good)


@pytest.fixture
def secret(newcomer: Client) -> str:
    """The newcomer has added an authenticator; what it knows."""
    newcomer.post(AGAIN, {"password": PASSWORD})
    page = newcomer.get("/account/authenticator/").content.decode()
    found = SECRET.search(page)
    assert found
    answer = newcomer.post("/account/authenticator/", {"code": code_of(found[1])})
    assert answer.headers["Location"] == "/account/recovery-codes/"
    return found[1]


@pytest.fixture
def recovery_codes(newcomer: Client, secret: str) -> list[str]:
    return RECOVERY.findall(newcomer.get("/account/recovery-codes/").content.decode())


def test_neither_password_nor_code_is_enough_once_there_is_one(secret: str, phone: Phone) -> None:
    for come_in in (sign_in, lambda client: sign_in_by_code(client, phone)):
        client = browser()
        assert come_in(client).headers["Location"] == "/account/sign-in/second/"
        assert not is_in(client)
        assert client.get("/applications/").status_code == 302
        assert (
            "没有通过"
            in client.post("/account/sign-in/second/", {"code": wrong_code(secret)}).content.decode()
        )
    client.post("/account/sign-in/second/", {"code": code_of(secret, 1)})
    assert is_in(client)


def test_a_code_is_good_once(secret: str) -> None:
    code = code_of(secret, 1)
    first, second = browser(), browser()
    for client in (first, second):
        sign_in(client)
        client.post("/account/sign-in/second/", {"code": code})
    assert [is_in(first), is_in(second)] == [True, False]


def test_a_code_is_good_once_though_half_a_minute_passed_and_it_still_is_tolerated(secret: str) -> None:
    code, account = code_of(secret, 1), Account.objects.get()
    first, second = browser(), browser()
    sign_in(first)
    first.post("/account/sign-in/second/", {"code": code})
    assert is_in(first)
    assert cache.delete(f"allauth.mfa.totp.used?user={account.pk}&code={code}")  # as it does by itself then
    sign_in(second)
    assert "没有通过" in second.post("/account/sign-in/second/", {"code": f" {code}"}).content.decode()
    assert not is_in(second)


def test_a_recovery_code_opens_once_and_is_shown_once(newcomer: Client, recovery_codes: list[str]) -> None:
    assert len(recovery_codes) == 10
    assert recovery_codes[0] not in newcomer.get("/account/recovery-codes/").content.decode()
    opened = []
    for _time in range(2):
        client = browser()
        sign_in(client)
        client.post("/account/sign-in/second/", {"code": recovery_codes[0]})
        opened.append(is_in(client))
    assert opened == [True, False]


def test_secrets_are_sealed_where_they_are_kept(secret: str) -> None:
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert "gAAAA" in kept


def test_taking_it_away_needs_the_owner_again_and_is_on_record(secret: str, newcomer: Client) -> None:
    thief = browser()
    sign_in(thief)
    thief.post("/account/sign-in/second/", {"code": code_of(secret, 1)})
    assert is_in(thief)
    assert thief.post("/account/authenticator/remove/").headers["Location"].startswith(AGAIN)
    assert newcomer.post("/account/authenticator/remove/").status_code == 302
    assert not Authenticator.objects.exists()
    acts = set(Entry.objects.values_list("act", flat=True))
    assert {"add_authenticator", "remove_authenticator"} <= acts


def test_taking_it_away_ends_what_was_opened_with_it(secret: str, newcomer: Client) -> None:
    other = browser()
    sign_in(other)
    other.post("/account/sign-in/second/", {"code": code_of(secret, 1)})
    newcomer.post("/account/authenticator/remove/")
    assert [is_in(newcomer), is_in(other)] == [True, False]


def test_whoever_has_no_password_comes_in_by_a_code_once_more(newcomer: Client, phone: Phone) -> None:
    account = Account.objects.get()
    account.set_unusable_password()
    account.save()
    client = browser()
    sign_in_by_code(client, phone)
    assert client.get("/account/authenticator/").status_code == 200
    store = AccountSession(client.cookies["account"].value)
    for record in store["account_authentication_methods"]:
        record["at"] -= 3600
    store.modified = True
    store.save()
    assert client.get("/account/authenticator/").headers["Location"].startswith("/account/sign-in/code/")
    assert not is_in(client)
