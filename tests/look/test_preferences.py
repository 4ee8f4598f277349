"""The reader's language and mode, in one tap, without signing in and without scripts."""

import pytest
from django.test import Client


def choose(client: Client, **choice: str) -> str:
    answer = client.post("/preferences/", choice)
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_mode_is_remembered_and_leads_back(client: Client) -> None:
    assert choose(client, mode="elder", next="/sign-in/?q=1") == "/sign-in/?q=1"
    assert client.cookies["mode"].value == "elder"


def test_the_larger_mode_shows_on_the_next_page_and_can_be_left(client: Client) -> None:
    choose(client, mode="elder")
    assert 'class="elder"' in client.get("/nowhere/").content.decode()
    choose(client, mode="standard")
    assert 'class="elder"' not in client.get("/nowhere/").content.decode()


def test_a_language_is_remembered(client: Client) -> None:
    assert '<html lang="zh-Hans"' in client.get("/nowhere/").content.decode()
    choose(client, language="en")
    assert '<html lang="en"' in client.get("/nowhere/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_nobody_is_led_off_the_site(client: Client, elsewhere: str) -> None:
    assert choose(client, mode="elder", next=elsewhere) == "/"


@pytest.mark.parametrize("choice", [{"mode": "huge"}, {"language": "tlh"}])
def test_what_is_not_offered_is_not_kept(client: Client, choice: dict[str, str]) -> None:
    choose(client, **choice)
    assert not client.cookies


def test_it_takes_a_form_not_a_link(client: Client) -> None:
    assert client.get("/preferences/?mode=elder").status_code == 405
