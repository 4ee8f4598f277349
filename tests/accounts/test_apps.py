"""Signing in to an agency's app: what it is told, how one agrees and withdraws, and at which level one has to be."""

import pytest
from django.test import Client
from django.utils import timezone

from qipan.accounts import operations, queries
from qipan.accounts.models import AppConsent
from qipan.ledger.models import Entry
from tests.accounts.newcomer import PASSWORD, PHONE, browser, real_name
from tests.accounts.relying import agree, registered, said, went_back
from tests.cast import Cast


@pytest.fixture
def person(newcomer: Client) -> Client:
    """Somebody signed in and real-named."""
    real_name(newcomer)
    return newcomer


def test_an_app_learns_who_it_is_to_it_the_level_and_the_name(person: Client) -> None:
    app = registered()
    asked = app.leads_to()
    page = person.get(asked).content.decode()
    assert "掌上公交" in page
    assert "bus.example.gov.cn" in page
    assert "陈晨" in page
    token = app.token(agree(person, asked))
    claims = app.claims(token)
    assert claims["acr"] == "urn:qipan:level:2"
    assert claims["auth_time"] <= timezone.now().timestamp()
    assert "name" not in claims
    assert app.person() == {"sub": claims["sub"], "acr": "urn:qipan:level:2", "name": "陈晨"}


def test_who_agreed_once_is_not_asked_again(person: Client) -> None:
    app = registered()
    agree(person, app.leads_to())
    first = AppConsent.objects.get().since
    answer = person.get(app.leads_to())
    assert answer.status_code == 302
    assert app.token(went_back(answer))["access_token"]
    assert AppConsent.objects.get().since == first
    assert said(went_back(person.get(app.leads_to(prompt="none"))))["code"]


def test_an_app_that_asks_for_more_asks_again(person: Client) -> None:
    app = registered()
    app.client.scope = "openid"
    agree(person, app.leads_to())
    app.client.scope = "openid profile"
    page = person.get(app.leads_to()).content.decode()
    assert "这次它要的多一些" in page


def test_saying_no_leads_back_without_anything(person: Client) -> None:
    app = registered()
    back = said(agree(person, app.leads_to(), "no"))
    assert back["error"] == "access_denied"
    assert back["state"] == app.state
    assert not AppConsent.objects.exists()


def test_a_stranger_signs_in_and_comes_back(cast: Cast, person: Client) -> None:
    app = registered()
    person.post("/account/leave/")
    stranger = person
    led = stranger.get(app.leads_to()).headers["Location"]
    assert led.startswith("/account/sign-in/?next=%2Faccount%2Fopenid%2Fauthorise")
    onward = said(led)["next"]
    signed = stranger.post("/account/sign-in/", {"login": PHONE, "password": PASSWORD, "next": onward})
    assert signed.headers["Location"] == onward
    assert app.claims(app.token(agree(stranger, onward)))["acr"] == "urn:qipan:level:2"


def test_a_higher_level_is_asked_for_on_the_way_and_the_way_goes_on(newcomer: Client) -> None:
    app = registered()
    asked = app.leads_to(acr_values="urn:qipan:level:2")
    page = newcomer.get(asked).content.decode()
    assert "要先核验" in page
    higher = page.split('href="/account/level/?')[1].split('"')[0].replace("&amp;", "&")
    led = newcomer.get(f"/account/level/?{higher}").headers["Location"]
    onward = real_name(newcomer, next=said(led)["next"]).headers["Location"]
    assert onward == asked
    assert app.claims(app.token(agree(newcomer, onward)))["acr"] == "urn:qipan:level:2"


def test_who_is_not_of_that_level_may_say_no(newcomer: Client) -> None:
    app = registered()
    asked = app.leads_to(acr_values="urn:qipan:level:3")
    assert said(agree(newcomer, asked, "no"))["error"] == "access_denied"


def test_with_a_phone_alone_no_name_is_told(newcomer: Client) -> None:
    app = registered()
    token = app.token(agree(newcomer, app.leads_to()))
    assert token["scope"] == "openid"
    assert set(app.person()) == {"sub", "acr"}


def test_a_name_is_not_told_without_consent_to_it(person: Client) -> None:
    app = registered()
    app.client.scope = "openid"
    app.token(agree(person, app.leads_to()))
    assert set(app.person()) == {"sub", "acr"}


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"prompt": "none"}, "consent_required"),
        ({"prompt": "none", "acr_values": "urn:qipan:level:3"}, "unmet_authentication_requirements"),
        ({"prompt": "none", "max_age": "0"}, "login_required"),
    ],
)
def test_silently_nothing_is_asked(person: Client, more: dict[str, str], error: str) -> None:
    app = registered()
    assert said(went_back(person.get(app.leads_to(**more))))["error"] == error


def test_an_app_can_have_it_shown_again_that_it_is_they(person: Client) -> None:
    app = registered()
    led = person.get(app.leads_to(prompt="login")).headers["Location"]
    assert led.startswith("/account/again/?next=")
    onward = said(led)["next"]
    assert (
        person.post("/account/again/", {"password": PASSWORD, "next": onward}).headers["Location"] == onward
    )
    assert said(agree(person, onward))["code"]


def test_one_s_apps_are_listed_and_withdrawn_from(person: Client) -> None:
    app = registered()
    agree(person, app.leads_to())
    assert "掌上公交" in person.get("/account/apps/").content.decode()
    person.post("/account/apps/", {"app": app.id})
    assert "掌上公交" not in person.get("/account/apps/").content.decode()
    acts = list(Entry.objects.filter(act__endswith="_app").order_by("id").values_list("act", flat=True))
    assert acts == ["register_app", "agree_to_app", "withdraw_from_app"]


def test_after_another_sign_in_one_agrees_as_somebody_known(person: Client) -> None:
    """The name of one and the same person stays what it was, also after withdrawing."""
    app = registered()
    before = app.claims(app.token(agree(person, app.leads_to())))["sub"]
    person.post("/account/apps/", {"app": app.id})
    assert app.claims(app.token(agree(person, app.leads_to())))["sub"] == before


def test_a_new_key_is_published_before_it_signs(person: Client) -> None:
    app = registered()
    token = app.token(agree(person, app.leads_to()))
    operations.rotate_key(app=app.id, at=timezone.now())
    keys = queries.app_keys(timezone.now())
    assert len(keys) == 2
    assert app.claims(token)["sub"]
    later = app.token(went_back(person.get(app.leads_to())))
    assert app.claims(later)["sub"]


def test_an_app_that_ended_is_unknown(person: Client) -> None:
    app = registered()
    agree(person, app.leads_to())
    operations.end_app(app=app.id, at=timezone.now())
    assert person.get(app.leads_to()).status_code == 400
    assert "掌上公交" not in person.get("/account/apps/").content.decode()


def test_what_there_is_can_be_discovered(cast: Cast) -> None:
    found = browser().get("/.well-known/openid-configuration").json()
    assert found["issuer"] == "http://testserver"
    assert found["subject_types_supported"] == ["pairwise"]
    assert found["code_challenge_methods_supported"] == ["S256"]
