"""Signing in to apps under attack: no code reaches another address or app, none is good twice, and what was withdrawn opens nothing."""

import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from allauth.idp.oidc.models import Client as AppClient
from allauth.idp.oidc.models import Token
from authlib.oauth2.rfc6749.errors import MismatchingStateException
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from qipan.accounts import operations
from qipan.accounts.models import Account, AppConsent, AppSubject
from qipan.adapters.notices import FileNotices
from qipan.ledger.models import Entry
from tests.accounts.newcomer import OTHERS_PHONE, PASSWORD, Phone, browser, register
from tests.accounts.relying import (
    BACK,
    HEALTH,
    POLICE,
    VERIFIER,
    RelyingApp,
    agree,
    registered,
    said,
    went_back,
)
from tests.cast import Cast

TOKEN, BAD_REQUEST, UNAUTHORISED = "/account/openid/token", 400, 401


@pytest.fixture(autouse=True)
def quickly(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def phone(settings: Settings, tmp_path: Path) -> Phone:
    settings.QIPAN_NOTICES = str(tmp_path / "notices.jsonl")
    return Phone(FileNotices(tmp_path / "notices.jsonl"))


@pytest.fixture
def person(cast: Cast, phone: Phone) -> Client:
    """Whoever is attacked, signed in."""
    client = browser()
    register(client, phone, password=PASSWORD)
    return client


@pytest.fixture
def app(person: Client) -> RelyingApp:
    return registered()


def changed(address: str, **parameters: str | None) -> str:
    """The address an app leads to, with some of what it says said otherwise."""
    known: Mapping[str, str | None] = {**said(address), **parameters}
    return f"{address.partition('?')[0]}?{urlencode({one: value for one, value in known.items() if value is not None})}"


def exchange(app: RelyingApp, code: str, **otherwise: str) -> httpx2.Response:
    """What somebody with a code sends by hand."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER,
        "client_id": app.id, "client_secret": app.secret, **otherwise,
    }  # fmt: skip
    answer = Client().post(TOKEN, {name: value for name, value in form.items() if value})
    return httpx2.Response(answer.status_code, content=answer.content)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        BACK + "&more=1",
        BACK + "#part",
        BACK.replace("https", "http"),
        BACK.replace("signed-in", "signed-in/"),
        BACK.replace("bus.", "BUS."),
        BACK.replace("example.gov.cn", "example.gov.cn:443"),
        BACK.replace("https://", "https://evil.example@"),
        BACK.partition("?")[0],
        "",
    ],
)
def test_nobody_is_led_to_another_address(person: Client, app: RelyingApp, address: str) -> None:
    for method in (person.get, person.post):
        answer = method(changed(app.leads_to(), redirect_uri=address))
        assert answer.status_code == BAD_REQUEST
        assert "Location" not in answer.headers
        assert "refresh" not in answer.content.decode()
    assert not AppConsent.objects.exists()


def test_a_second_address_does_not_slip_in(person: Client, app: RelyingApp) -> None:
    asked = app.leads_to()
    for more in ("&redirect_uri=https://evil.example/", f"&client_id={app.id}"):
        assert person.get(asked + more).status_code == BAD_REQUEST
    assert said(went_back(person.get(f"{asked}&scope=openid")))["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("said_otherwise", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported"),
    ],
)
def test_weaker_ways_are_refused(
    person: Client, app: RelyingApp, said_otherwise: dict[str, str | None], error: str
) -> None:
    asked = changed(app.leads_to(), **said_otherwise)
    for answer in (person.get(asked), person.post(asked, {"answer": "yes"})):
        back = said(went_back(answer))
        assert back["error"] == error
        assert "code" not in back
    assert not AppConsent.objects.exists()


def test_a_code_is_good_once(person: Client, app: RelyingApp) -> None:
    code = said(agree(person, app.leads_to()))["code"]
    assert exchange(app, code).status_code == httpx2.codes.OK
    again = exchange(app, code)
    assert again.status_code == BAD_REQUEST
    assert again.json()["error"] == "invalid_grant"
    assert Token.objects.count() == 1


@pytest.mark.parametrize("verifier", ["", "w" * 43, VERIFIER + "v", VERIFIER[:-1]])
def test_a_stolen_code_is_worthless_without_its_verifier(
    person: Client, app: RelyingApp, verifier: str
) -> None:
    code = said(agree(person, app.leads_to()))["code"]
    assert exchange(app, code, code_verifier=verifier).status_code == BAD_REQUEST
    assert not Token.objects.exists()


def test_a_code_is_of_one_app(person: Client, app: RelyingApp) -> None:
    other = registered(POLICE, "掌上派出所")
    code = said(agree(person, app.leads_to()))["code"]
    agree(person, other.leads_to())
    assert exchange(other, code).json()["error"] == "invalid_grant"
    assert not Token.objects.exists()


@pytest.mark.parametrize("secret", ["", "guessed", None])
def test_an_app_needs_its_own_secret(person: Client, app: RelyingApp, secret: str | None) -> None:
    other = registered(POLICE, "掌上派出所")
    code = said(agree(person, app.leads_to()))["code"]
    answer = exchange(app, code, client_secret=other.secret if secret is None else secret)
    assert answer.status_code == UNAUTHORISED
    assert not Token.objects.exists()


def test_an_older_secret_is_worth_nothing(person: Client, app: RelyingApp) -> None:
    operations.renew_secret(app=app.id, at=timezone.now())
    code = said(agree(person, app.leads_to()))["code"]
    assert exchange(app, code).status_code == UNAUTHORISED


def test_another_address_at_the_end_is_refused(person: Client, app: RelyingApp) -> None:
    code = said(agree(person, app.leads_to()))["code"]
    assert exchange(app, code, redirect_uri="https://evil.example/").status_code == BAD_REQUEST


@pytest.mark.parametrize(
    "grant",
    ["refresh_token", "client_credentials", "password", "urn:ietf:params:oauth:grant-type:device_code"],
)
def test_no_other_way_leads_to_a_token(person: Client, app: RelyingApp, grant: str) -> None:
    answer = exchange(app, "x", grant_type=grant, username="13900000001", password=PASSWORD)
    assert answer.json()["error"] == "unsupported_grant_type"


def test_a_mixed_up_state_is_seen_by_the_app(person: Client, app: RelyingApp) -> None:
    back = agree(person, app.leads_to())
    app.state = "of-another-sign-in"
    with pytest.raises(MismatchingStateException):
        app.token(back)
    assert said(back)["iss"] == "http://testserver"
    assert not Token.objects.exists()


def test_a_token_opens_nothing_once_it_was_withdrawn(person: Client, app: RelyingApp) -> None:
    token = app.token(agree(person, app.leads_to()))
    assert app.client.get("/account/openid/userinfo").status_code == httpx2.codes.OK
    person.post("/account/apps/", {"app": app.id})
    answer = Client().get(
        "/account/openid/userinfo", headers={"authorization": f"Bearer {token['access_token']}"}
    )
    assert answer.status_code == UNAUTHORISED
    assert "sub" not in answer.content.decode()


def test_a_code_is_worthless_once_it_was_withdrawn(person: Client, app: RelyingApp) -> None:
    code = said(agree(person, app.leads_to()))["code"]
    person.post("/account/apps/", {"app": app.id})
    assert exchange(app, code).json()["error"] == "invalid_grant"
    assert not Token.objects.exists()


def test_one_withdraws_for_oneself_alone(person: Client, app: RelyingApp, phone: Phone) -> None:
    agree(person, app.leads_to())
    stranger = browser()
    register(stranger, Phone(phone.box, OTHERS_PHONE), password=PASSWORD)
    stranger.post("/account/apps/", {"app": app.id})
    assert AppConsent.objects.count() == 1


def test_apps_of_different_sectors_cannot_tell_that_it_is_one_person(person: Client, app: RelyingApp) -> None:
    other, sister = registered(POLICE, "掌上派出所"), registered(HEALTH, "预约挂号")
    names = [one.claims(one.token(agree(person, one.leads_to())))["sub"] for one in (app, other, sister)]
    assert names[0] != names[1]
    assert names[0] == names[2]
    account = Account.objects.get()
    assert not any(account.phone[3:] in name for name in names)
    assert AppSubject.objects.count() == 2


def test_consent_to_one_app_is_none_to_another(person: Client, app: RelyingApp) -> None:
    """Allauth itself would take any app's token for consent."""
    app.token(agree(person, app.leads_to()))
    other = registered(POLICE, "掌上派出所")
    assert said(went_back(person.get(other.leads_to(prompt="none"))))["error"] == "consent_required"


def test_a_token_of_one_app_is_signed_by_its_own_key(person: Client, app: RelyingApp) -> None:
    other = registered(POLICE, "掌上派出所")
    kids = {
        httpx2.Response(200, content=one.token(agree(person, one.leads_to()))["id_token"]).text.split(".")[0]
        for one in (app, other)
    }
    assert len(kids) == 2
    assert len(Client().get("/.well-known/jwks.json").json()["keys"]) == 2


def test_another_site_cannot_agree_in_one_s_name(person: Client, app: RelyingApp) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["account"] = person.cookies["account"].value
    assert strict.post(app.leads_to(), {"answer": "yes"}).status_code == 403
    assert not AppConsent.objects.exists()
    page = person.get(app.leads_to())
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_an_access_token_in_an_address_is_not_read(person: Client, app: RelyingApp) -> None:
    token = app.token(agree(person, app.leads_to()))["access_token"]
    assert Client().get(f"/account/openid/userinfo?access_token={token}").status_code == UNAUTHORISED


def test_no_secret_is_kept_in_clear(person: Client, app: RelyingApp) -> None:
    token = app.token(agree(person, app.leads_to()))["access_token"]
    assert app.secret not in AppClient.objects.get().secret
    assert token not in Token.objects.get().hash
    told = [entry.details for entry in Entry.objects.all()]
    assert app.secret not in str(told)
    assert token not in str(told)


def test_sign_ins_to_apps_are_so_many_an_hour(person: Client, app: RelyingApp, settings: Settings) -> None:
    settings.QIPAN_LIMITS = {**settings.QIPAN_LIMITS, "app": 3, "token": 2}
    assert [person.get(app.leads_to()).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [exchange(app, "x").status_code for _ in range(3)] == [400, 400, 429]


@pytest.mark.parametrize("value", ["", "\x00", "x" * 5000, "é", "' OR 1=1 --"])
def test_strange_values_break_nothing(person: Client, app: RelyingApp, value: str) -> None:
    asked = app.leads_to()
    for name in (
        "client_id",
        "redirect_uri",
        "scope",
        "nonce",
        "code_challenge",
        "prompt",
        "max_age",
        "acr_values",
    ):
        assert person.get(changed(asked, **{name: value})).status_code < 500
    assert exchange(app, value or "x").status_code < 500


@pytest.mark.django_db(transaction=True)
def test_a_code_brought_by_many_at_once_is_good_once(person: Client, app: RelyingApp) -> None:
    code = said(agree(person, app.leads_to()))["code"]
    answers: list[int] = []

    def bring() -> None:
        try:
            answers.append(exchange(app, code).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [200, 400, 400, 400, 400, 400]
    cache.clear()
