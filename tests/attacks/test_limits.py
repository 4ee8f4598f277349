"""Whoever makes the platform work without end is told when to come back, and nobody else is."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from qipan.applications.models import Draft
from qipan.faces.look import limits as face
from qipan.faces.look.actors import PERSON
from qipan.limits import operations as limits
from qipan.limits.models import Allowance
from qipan.people import operations as people
from qipan.people.actors import SYSTEM
from tests.attacks.at_once import at_once
from tests.cast import MONDAY, Cast

FEW = 3
PDF = b"%PDF-1.4\n"


@pytest.fixture
def few(settings: Settings) -> None:
    settings.QIPAN_LIMITS = dict.fromkeys(settings.QIPAN_LIMITS, FEW)


def as_person(number: int, **headers: str) -> Client:
    client = Client(headers=headers)
    session = client.session
    session[PERSON] = number
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    return client


def begin(client: Client) -> Draft:
    starts(client)
    return Draft.objects.latest("id")


def type_something() -> None:
    """So that beginning again makes another form; one in which nothing was typed is found again."""
    Draft.objects.update(answers={"child.name": "王小宝"})


def starts(client: Client) -> int:
    status = client.post("/events/birth/start/").status_code
    type_something()
    return status


def saves(client: Client, draft: Draft, **more: object) -> int:
    sent = {"child.name": "王小宝", **more}
    return client.post(f"/drafts/{draft.id}/save/", sent, headers={"HX-Target": "questions"}).status_code


Send = Callable[[Client, Draft], int]
ACTS: dict[str, Send] = {
    "sign_in": lambda client, _draft: client.post("/sign-in/", {"person": "0"}).status_code,
    "desk_sign_in": lambda client, _draft: client.post("/desk/sign-in", {"official": "0"}).status_code,
    "search": lambda client, _draft: client.get("/sign-in/?q=王").status_code,
    "desk_search": lambda client, _draft: client.get("/desk/sign-in?q=公安").status_code,
    "start": lambda client, _draft: starts(client),
    "consent": lambda client, draft: client.post(f"/drafts/{draft.id}/consent/", {"resource": "population"}).status_code,
    "form": lambda client, draft: client.post(f"/drafts/{draft.id}/", {"again": "1"}).status_code,
    "save": saves,
    "submit": lambda client, draft: client.post(f"/drafts/{draft.id}/submit/", {"declared": "yes"}).status_code,
    "api_begin": lambda client, _draft: client.post("/api/drafts", {"event": "birth"}, "application/json").status_code,
    "api_submit": lambda client, draft: client.post("/api/applications", {"draft": str(draft.id)}, "application/json").status_code,
    "api_upload": lambda client, draft: client.post(
        f"/api/drafts/{draft.id}/documents/birth_certificate/proof", {"file": BytesIO(PDF)}
    ).status_code,
    "api_plan": lambda client, _draft: client.post("/api/events/birth/plan", {}, "application/json").status_code,
    "api_key": lambda _client, _draft: Client(headers={"Authorization": "Bearer guess"}).get("/api/agency/cases").status_code,
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_what_costs_work_ends_for_an_hour(cast: Cast, few: None, name: str) -> None:
    client = as_person(cast.mother_id)
    draft = begin(client)
    Allowance.objects.all().delete()
    answers = [ACTS[name](client, draft) for _ in range(FEW + 1)]
    assert 429 not in answers[:FEW]
    assert answers[FEW] == 429


def test_reading_is_not_limited(cast: Cast, few: None) -> None:
    client = as_person(cast.mother_id)
    draft = begin(client)
    Allowance.objects.all().delete()
    for path in ("/", "/?q=出生", "/events/birth/", "/applications/", f"/drafts/{draft.id}/", "/sign-in/"):
        client.get(path)
    assert not Allowance.objects.exists()


def test_one_cannot_use_up_anothers(cast: Cast, few: None) -> None:
    mother, stranger = as_person(cast.mother_id), as_person(cast.neighbour.actor.id)
    for _ in range(FEW + 1):
        stopped = starts(mother)
    assert stopped == 429
    assert starts(stranger) == 302


def test_a_right_key_opens_however_many_wrong_ones_were_tried_beside_it(cast: Cast, few: None) -> None:
    official = cast.officials["police"].actor.id
    key = people.issue_api_key(acting=SYSTEM, official=official, label="system", at=MONDAY)
    guesses = [Client(headers={"Authorization": f"Bearer {guess}"}) for guess in range(FEW + 1)]
    assert [one.get("/api/agency/cases").status_code for one in guesses] == [401, 401, 401, 429]
    assert Client(headers={"Authorization": f"Bearer {key}"}).get("/api/agency/cases").status_code == 200


def test_it_says_when_in_both_languages(cast: Cast, few: None) -> None:
    for language, words in (("zh-hans", "一小时内"), ("en", "in one hour")):
        client = as_person(cast.mother_id, **{"Accept-Language": language})
        for _ in range(FEW + 1):
            page = client.post("/events/birth/start/")
            type_something()
            problem = client.post("/api/drafts", {"event": "birth"}, "application/json")
        assert 1000 < int(page.headers["Retry-After"]) <= 1200
        assert words in page.content.decode()
        assert problem.headers["Retry-After"]
        assert problem.json()["code"] == "too-many"


def test_what_was_typed_is_kept_when_a_limit_is_used_up(cast: Cast, few: None) -> None:
    client = as_person(cast.mother_id)
    draft = begin(client)
    while saves(client, draft) != 429:
        pass
    said = client.post(
        f"/drafts/{draft.id}/save/", {"child.name": "王大宝"}, headers={"HX-Target": "questions"}
    )
    assert "一小时内" in said.content.decode()
    assert 'id="questions"' in said.content.decode()
    whole = client.post(f"/drafts/{draft.id}/", {"child.name": "王二宝"})
    assert whole.status_code == 429
    draft.refresh_from_db()
    assert draft.answers["child.name"] == "王二宝"


def test_it_grows_back(db: None) -> None:
    at = timezone.now()
    for _ in range(FEW):
        limits.spend(holder="x", hourly=FEW, at=at)
    with pytest.raises(limits.UnableToSpend) as refused:
        limits.spend(holder="x", hourly=FEW, at=at)
    assert refused.value.wait == timedelta(minutes=20)
    limits.spend(holder="x", hourly=FEW, at=at + refused.value.wait)
    with pytest.raises(limits.UnableToSpend):
        limits.spend(holder="x", hourly=FEW, at=at + refused.value.wait)


def test_processes_count_together(transactional_db: None) -> None:
    at = timezone.now()

    def spend() -> None:
        limits.spend(holder="x", hourly=FEW, at=at)

    done = at_once(*[spend] * 12, atomic=False)
    assert done.count(None) == FEW


def test_what_has_grown_back_is_forgotten(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TIDY_EVERY", 1)
    at = timezone.now()
    limits.spend(holder="old", hourly=FEW, at=at - timedelta(hours=2))
    limits.spend(holder="new", hourly=FEW, at=at)
    assert [one.holder for one in Allowance.objects.all()] == ["new"]


@pytest.mark.parametrize(
    ("proxies", "said", "counted"),
    [
        (0, "10.0.0.1", "127.0.0.1"),
        (1, "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, 10.0.0.1", "10.0.0.1"),
        (2, "6.6.6.6, 10.0.0.1, 10.0.0.2", "10.0.0.1"),
        (2, "10.0.0.1", "127.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_whose_address_counts(settings: Settings, proxies: int, said: str, counted: str) -> None:
    settings.QIPAN_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": said})
    assert face.address(request) == counted
