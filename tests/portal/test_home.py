"""Home: search first, then everything there is, then what one began."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from django.test import Client

Count = Callable[[int], AbstractContextManager[None]]


def test_home_shows_each_life_event_with_what_it_takes(anybody: Client) -> None:
    page = anybody.get("/").content.decode()
    assert "出生一件事" in page
    assert "<strong>5</strong> 件事一次办" in page
    assert "个人的一件事" in page
    assert "企业的一件事" not in page


def test_a_search_finds_an_event_by_a_service_and_says_so(anybody: Client) -> None:
    page = anybody.get("/", {"q": "医保"}).content.decode()
    assert "包含：居民医保参保" in page


def test_a_search_that_finds_nothing_helps(anybody: Client) -> None:
    page = anybody.get("/", {"q": "量子"}).content.decode()
    assert "没有找到这件事" in page
    assert "12345" in page
    assert "出生一件事" in page


def test_what_is_searched_for_is_shown_as_text(anybody: Client) -> None:
    page = anybody.get("/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_while_typing_only_the_results_are_sent(anybody: Client) -> None:
    page = anybody.get("/", {"q": "出生"}, headers={"HX-Target": "found"}).content.decode()
    assert "<html" not in page
    assert "出生一件事" in page


def test_home_reads_one_statement_for_anybody(anybody: Client, assert_query_count: Count) -> None:
    anybody.get("/")
    with assert_query_count(1):
        anybody.get("/")


def test_what_one_began_stands_first_and_costs_three_statements_more(
    mother: Client, draft: UUID, number: str, assert_query_count: Count
) -> None:
    mother.get("/")
    with assert_query_count(4):
        page = mother.get("/").content.decode()
    assert "接着办" in page
    assert f"/drafts/{draft}/" in page
    assert f"/applications/{number}/" in page


def test_nobody_sees_what_another_began(neighbour: Client, draft: UUID, number: str) -> None:
    page = neighbour.get("/").content.decode()
    assert "接着办" not in page
    assert str(draft) not in page
    assert number not in page
