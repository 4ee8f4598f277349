"""A life event's page: what is bundled, what it saves, how it goes."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.test import Client

from qipan.applications.models import Draft


def test_it_shows_each_service_its_agency_and_its_days(anybody: Client) -> None:
    page = anybody.get("/events/birth/").content.decode()
    for service in ("出生医学证明签发", "出生户口登记", "社会保障卡申领", "居民医保参保", "科学育儿指导登记"):
        assert service in page
    assert "派出所" in page
    assert "第 1 个工作日" in page
    assert "原来" in page


def test_it_says_what_the_law_says(anybody: Client) -> None:
    page = anybody.get("/events/birth/").content.decode()
    assert "户口登记条例" in page
    assert "承诺 3 个工作日，法定 7 个工作日" in page


def test_an_unknown_event_is_not_found(anybody: Client) -> None:
    assert anybody.get("/events/wedding/").status_code == 404


def test_starting_asks_to_sign_in_and_comes_back_to_the_event(anybody: Client) -> None:
    answer = anybody.post("/events/birth/start/", headers={"Referer": "http://testserver/events/birth/"})
    assert answer.headers["Location"] == "/sign-in/?next=%2Fevents%2Fbirth%2F"


def test_starting_leads_to_consent(mother: Client) -> None:
    answer = mother.post("/events/birth/start/")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/consent/")


def test_an_unknown_event_cannot_be_started(mother: Client) -> None:
    assert mother.post("/events/wedding/start/").status_code == 404


def test_it_reads_one_statement(
    anybody: Client, assert_query_count: Callable[[int], AbstractContextManager[None]]
) -> None:
    anybody.get("/events/birth/")
    with assert_query_count(1):
        anybody.get("/events/birth/")


def test_it_speaks_english(anybody: Client) -> None:
    page = anybody.get("/events/birth/", headers={"accept-language": "en"}).content.decode()
    assert "Household registration" in page
    assert "Police station" not in page
    assert "What it saves" in page


def test_starting_twice_begins_one_form(mother: Client) -> None:
    first, second = (mother.post("/events/birth/start/").headers["Location"] for _ in range(2))
    assert first == second
    draft = Draft.objects.get().id
    mother.post(f"/drafts/{draft}/save/", {"child.name": "王小宝"})
    assert mother.post("/events/birth/start/").headers["Location"] != first
