"""Signing in under attack opens nothing, tells nothing, and locks nobody out."""

import json
import re
from functools import partial
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core import signing
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from qipan import reader
from qipan.accounts.models import Account, AccountSession
from qipan.accounts.queries import digest_of
from qipan.accounts.session_store import AccountSession as Store
from qipan.adapters.embedded_postgres import PLATFORM as ROLE
from qipan.adapters.notices import FileNotices
from qipan.faces.look.kept import _opened
from qipan.reader import Reader
from qipan.site import rights
from tests.accounts.newcomer import (
    OTHERS_PHONE,
    PASSWORD,
    PHONE,
    Phone,
    browser,
    confirm,
    is_in,
    real_name,
    register,
    sign_in,
    sign_in_by_code,
)
from tests.cast import Cast

TOO_MANY = 429


@pytest.fixture(autouse=True)
def quickly(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def box(settings: Settings, tmp_path: Path) -> FileNotices:
    settings.QIPAN_NOTICES = str(tmp_path / "notices.jsonl")
    return FileNotices(tmp_path / "notices.jsonl")


@pytest.fixture
def phone(box: FileNotices) -> Phone:
    return Phone(box)


@pytest.fixture
def owner(cast: Cast, phone: Phone) -> Client:
    """Whose account it is, in the browser they registered in."""
    client = browser()
    register(client, phone, password=PASSWORD)
    client.post("/account/leave/")
    return client


def from_anywhere(number: int) -> Client:
    """An attacker's next address."""
    return Client(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


def test_sixty_guesses_from_as_many_addresses_open_nothing_and_the_owner_still_gets_in(
    owner: Client, phone: Phone, settings: Settings
) -> None:
    answers = [sign_in(from_anywhere(guess), password=f"guess-{guess}").status_code for guess in range(60)]
    looked_at = settings.QIPAN_LIMITS["guess"]
    assert answers[:looked_at] == [200] * looked_at
    assert answers[looked_at:] == [TOO_MANY] * (60 - looked_at)
    # The right one is not looked at either: from here on each guess is answered before the account is read, so the rest of ten thousand
    # would be answered as these were.
    assert sign_in(from_anywhere(10_000)).status_code == TOO_MANY
    assert sign_in(owner).status_code == 302
    assert is_in(owner)
    elsewhere = browser()
    sign_in_by_code(elsewhere, phone)
    assert is_in(elsewhere)


def test_guesses_at_one_account_leave_another_alone(owner: Client, box: FileNotices) -> None:
    register(browser(), Phone(box, OTHERS_PHONE), password=PASSWORD)
    for guess in range(30):
        sign_in(from_anywhere(guess), password="wrong-one-1")
    assert sign_in(browser(), OTHERS_PHONE).status_code == 302


def test_the_owner_s_own_browser_cannot_be_claimed(owner: Client) -> None:
    thief = browser()
    thief.cookies["known"] = owner.cookies["known"].value[:-2] + "xx"
    for guess in range(30):
        thief.defaults["REMOTE_ADDR"] = f"10.0.0.{guess}"
        answer = sign_in(thief, password=f"guess-{guess}")
    assert answer.status_code == TOO_MANY


def test_messages_to_one_phone_are_few_whoever_asks(owner: Client, phone: Phone, settings: Settings) -> None:
    for asked in range(30):
        from_anywhere(asked).post("/account/sign-in/code/", {"phone": PHONE})
    assert len(phone.texts) <= settings.QIPAN_LIMITS["code"] + 1
    assert sign_in(owner).status_code == 302


def test_a_code_cannot_be_tried_out(owner: Client, phone: Phone) -> None:
    """Each try is of a session as it was when the code came: what counts is counted outside it."""
    client = browser()
    client.post("/account/sign-in/code/", {"phone": PHONE})
    key, kept = client.cookies["account"].value, AccountSession.objects.get(account=None).content
    right, answers = int(phone.code), []
    for guess in range(40):
        AccountSession.objects.filter(account=None).delete()
        store = Store(key)
        store.create()
        AccountSession.objects.filter(account=None).update(content=kept, digest=digest_of(key))
        client.cookies["account"] = key
        wrong = f"{(right + 1 + guess) % 1_000_000:06}"
        answers.append(confirm(client, wrong, "/account/sign-in/code/confirm/").status_code)
    assert TOO_MANY in answers[:20]
    assert set(answers[20:]) == {TOO_MANY}
    assert not is_in(client)


def test_the_browser_is_never_told_the_code(owner: Client, phone: Phone) -> None:
    client = browser()
    answer = client.post("/account/sign-in/code/", {"phone": PHONE})
    page = client.get("/account/sign-in/code/confirm/")
    sent = "".join(cookie.value for cookie in client.cookies.values())
    for cookie in client.cookies.values():
        try:
            sent += json.dumps(
                signing.loads(cookie.value, salt="django.contrib.sessions.backends.signed_cookies")
            )
        except signing.BadSignature:
            continue
    told = sent + answer.content.decode() + page.content.decode()
    assert not re.search(rf"(?<![\w.]){phone.code}(?!\w)", told), (
        "by itself: six digits may stand within a time or a digest"
    )
    assert phone.code not in AccountSession.objects.get(account=None).content


def test_a_planted_session_is_not_the_one_that_is_signed_in(owner: Client, phone: Phone) -> None:
    attacker = browser()
    attacker.post("/account/sign-in/code/", {"phone": PHONE})
    planted = attacker.cookies["account"].value
    victim = browser()
    victim.cookies["account"] = planted
    confirm(victim, phone.code, "/account/sign-in/code/confirm/")
    assert is_in(victim)
    assert victim.cookies["account"].value != planted
    assert not is_in(attacker)


@pytest.mark.parametrize("key", ["", "x", "a" * 43, "\x00" * 10, "é" * 20, "0" * 5000])
def test_a_made_up_key_opens_nothing_and_breaks_nothing(owner: Client, key: str) -> None:
    client = browser()
    client.cookies["account"] = key
    assert client.get("/").status_code == 200
    assert not is_in(client)


def test_pages_do_not_tell_who_has_an_account(owner: Client, phone: Phone, box: FileNotices) -> None:
    nobody = Phone(box, "13900000099")
    known, unknown = browser(), browser()
    told = []
    for client, number in ((known, PHONE), (unknown, nobody.number)):
        words = sign_in(client, number, "wrong-one-1").content.decode()
        code = client.post("/account/sign-in/code/", {"phone": number})
        page = client.get(code.headers["Location"]).content.decode()
        fresh = browser()
        signup = fresh.post("/account/register/", {"phone": number})
        after = fresh.get(signup.headers["Location"]).content.decode()
        told.append([_plain(one, number) for one in (words, page, signup.headers["Location"], after)])
    assert told[0] == told[1]
    assert any("还没有账号" in text for text in nobody.texts)
    assert any("已经有账号" in text for text in phone.texts)


def _plain(page: str, number: str) -> str:
    """A page without what is its own each time: the number it was asked about, and the token of its forms."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return re.sub(rf"{number}|(?<!\w){number[-4:]}(?!\w)", "", page)


def test_a_number_that_somebody_else_typed_first_is_still_its_owner_s(cast: Cast, phone: Phone) -> None:
    squatter = browser()
    squatter.post("/account/register/", {"phone": PHONE, "password1": "squatters-own-1"})
    rightful = browser()
    register(rightful, phone, password=PASSWORD)
    assert is_in(rightful)
    assert sign_in(browser(), password="squatters-own-1").status_code == 200
    assert not is_in(squatter)


def test_a_code_for_one_number_proves_no_other(owner: Client, box: FileNotices) -> None:
    other = Phone(box, OTHERS_PHONE)
    client = browser()
    client.post("/account/register/", {"phone": OTHERS_PHONE})
    code = other.code
    client.post("/account/phone/confirm/", {"action": "change", "phone": PHONE})
    confirm(client, code)
    assert Account.objects.filter(phone=f"+86{PHONE}", phone_verified=True).count() == 1


def test_names_and_numbers_cannot_be_tried_out(owner: Client, settings: Settings) -> None:
    sign_in(owner)
    answers = [real_name(owner, f"陈{chr(0x4E00 + guess)}").status_code for guess in range(15)]
    assert answers.count(200) == settings.QIPAN_LIMITS["real_name"]
    assert answers[-1] == TOO_MANY


def test_another_site_changes_nothing(owner: Client) -> None:
    sign_in(owner)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["account"] = owner.cookies["account"].value
    for path in (
        "password/",
        "devices/",
        "real-name/",
        "phone/",
        "leave/",
        "authenticator/",
        "passkeys/add/",
    ):
        assert strict.post(f"/account/{path}", {"others": "1"}).status_code == 403
    assert is_in(owner)


def test_another_s_passkey_is_not_there(owner: Client, box: FileNotices) -> None:
    sign_in(owner)
    key = Authenticator.objects.create(
        user=Account.objects.get(),
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "我的手机", "credential": {}},
    )
    stranger = browser()
    register(stranger, Phone(box, OTHERS_PHONE), password=PASSWORD)
    stranger.post("/account/again/", {"password": PASSWORD})
    for method in (stranger.get, stranger.post):
        assert method(f"/account/passkeys/{key.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_passwords_are_not_kept_where_typed_forms_are(owner: Client) -> None:
    stranger = browser()
    stranger.post(
        "/account/password/", {"password": "typed-too-late-1"}, headers={"Referer": "/account/password/"}
    )
    sealed = "".join(
        stranger.cookies[name].value for name in ("kept0", "kept1", "kept2") if name in stranger.cookies
    )
    assert not sealed or "typed-too-late-1" not in str(_opened(sealed))


def test_accounts_come_out_to_nobody_but_the_platform(owner: Client) -> None:
    """The second wall, as the platform's own role meets it: see tests/attacks/test_row_walls.py."""
    rights.grant(connection)
    person = Reader(person=Account.objects.get().person_id or 1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        for who, found in (
            (reader.NOBODY, 0),
            (person, 0),
            (Reader(agency="330106.health"), 0),
            (reader.PLATFORM, 1),
        ):
            with reader.reading(partial(Reader, *who)):
                cursor.execute("SELECT count(*) FROM accounts")
            assert cursor.fetchone() == (found,)
