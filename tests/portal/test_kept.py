"""What was typed when a session had ended, or when the language was changed, stands there again, for whom it belongs to alone."""

import time
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.test import Client

from qipan.applications.models import Application, Case, Draft
from qipan.faces.look.kept import COOKIES, LARGEST_COOKIE
from tests.cast import Cast
from tests.portal.conftest import signed_in

NAME = "慕容小宝"
STILL_THERE = "您刚才填的还在"


def sent(client: Client, page: str, typed: dict[str, str], **headers: str) -> str:
    """Send a form; gives where one is led."""
    answer = client.post(page, typed, headers={"referer": f"http://testserver{page}", **headers})
    return answer.headers.get("Location") or answer.headers["HX-Redirect"]


def sent_too_late(client: Client, page: str, typed: dict[str, str], **headers: str) -> str:
    """Send a form when the session has ended."""
    del client.cookies["sessionid"]
    return sent(client, page, typed, **headers)


def back_again(client: Client, person: int, led_to: str) -> str:
    """Sign in as was offered, and read the page one comes back to."""
    address = urlsplit(led_to)
    assert address.path == "/sign-in/"
    there = parse_qs(address.query)["next"][0]
    assert client.post("/sign-in/", {"person": person, "next": there}).headers["Location"] == there
    return client.get(there).content.decode()


def kept_by(client: Client) -> str:
    return "".join(client.cookies[name].value for name in COOKIES if name in client.cookies)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "saved"}])
def test_a_form_sent_too_late_is_filled_in_again(
    mother: Client, draft: UUID, cast: Cast, headers: dict[str, str]
) -> None:
    page = f"/drafts/{draft}/"
    shown = back_again(mother, cast.mother_id, sent_too_late(mother, page, {"child.name": NAME}, **headers))
    assert f'value="{NAME}"' in shown
    assert STILL_THERE in shown
    assert Draft.objects.get(id=draft).answers["child.name"] != NAME
    mother.post(page, {"child.name": NAME})
    assert Draft.objects.get(id=draft).answers["child.name"] == NAME
    assert not kept_by(mother)
    assert STILL_THERE not in mother.get(page).content.decode()


def test_nobody_else_sees_it_and_no_other_page_shows_it(mother: Client, draft: UUID, cast: Cast) -> None:
    page = f"/drafts/{draft}/"
    led_to = sent_too_late(mother, page, {"child.name": NAME})
    assert NAME not in kept_by(mother)
    assert NAME not in mother.get(led_to).content.decode()
    there = {"person": cast.neighbour.actor.id, "next": page}
    assert mother.post("/sign-in/", there).headers["Location"] == page
    assert mother.get(page).status_code == 404
    assert NAME not in mother.get("/applications/").content.decode()


def test_whoever_leaves_takes_it_along(mother: Client, draft: UUID) -> None:
    sent_too_late(mother, f"/drafts/{draft}/", {"child.name": NAME})
    assert kept_by(mother)
    mother.post("/sign-out/")
    assert not kept_by(mother)


@pytest.mark.parametrize(("minutes", "there"), [(59, True), (61, False)])
def test_it_is_kept_for_an_hour(
    mother: Client, draft: UUID, monkeypatch: pytest.MonkeyPatch, *, minutes: int, there: bool
) -> None:
    page, now = f"/drafts/{draft}/", time.time()
    mother.post(f"/preferences/?next={page}", {"child.name": NAME})
    monkeypatch.setattr(time, "time", lambda: now + minutes * 60)
    assert (NAME in mother.get(page).content.decode()) is there


def test_what_somebody_else_put_there_is_not_shown(mother: Client, draft: UUID) -> None:
    mother.cookies["kept0"] = "gAAAAABmadeup"
    assert STILL_THERE not in mother.get(f"/drafts/{draft}/").content.decode()


def test_of_too_much_the_longest_is_left_out_and_said(mother: Client, draft: UUID, cast: Cast) -> None:
    long = "".join(chr(0x4E00 + number % 20_000) for number in range(0, 7 * 30_000, 7))
    typed: dict[str, str] = {"child.native_place": long, "child.name": NAME}
    led_to = sent_too_late(mother, f"/drafts/{draft}/", typed)
    assert len(kept_by(mother)) <= LARGEST_COOKIE * len(COOKIES)
    shown = back_again(mother, cast.mother_id, led_to)
    assert f'value="{NAME}"' in shown
    assert "有几项太长" in shown


def test_every_other_form_is_filled_in_again(mother: Client, number: str, draft: UUID, cast: Cast) -> None:
    Application.objects.update(state="asking", missing=["father.name"])
    Case.objects.filter(service="birth_certificate").update(state="delivered")
    rated = Case.objects.get(service="birth_certificate").id
    for page, typed, shown in (
        (f"/applications/{number}/missing/", {"father.name": NAME}, f'value="{NAME}"'),
        (f"/applications/{number}/withdraw/", {"reason": NAME}, f">{NAME}<"),
        (f"/applications/{number}/{rated}/rating/", {"score": "2", "tag": "slow"}, 'value="slow" checked'),
        (f"/drafts/{draft}/facts/child.sex/", {"child.sex": "1"}, 'value="1" checked'),
    ):
        again = back_again(mother, cast.mother_id, sent_too_late(mother, page, typed))
        assert shown in again, page
        assert STILL_THERE in again, page


def test_a_change_of_language_keeps_what_is_typed(mother: Client, draft: UUID) -> None:
    page = f"/drafts/{draft}/"
    answer = mother.post(f"/preferences/?next={page}", {"language": "en", "child.name": NAME})
    assert answer.headers["Location"] == page
    shown = mother.get(page).content.decode()
    assert '<html lang="en"' in shown
    assert f'value="{NAME}"' in shown
    assert "It did not reach us" not in shown


def test_a_page_that_stood_open_while_one_signed_in_elsewhere_loses_nothing(draft: UUID, cast: Cast) -> None:
    page = f"/drafts/{draft}/"
    mother = Client(enforce_csrf_checks=True, headers={"accept-language": "zh-hans"})
    mother.cookies = signed_in(cast.mother).cookies
    stale = {"child.name": NAME, "csrfmiddlewaretoken": "x" * 64}
    assert sent(mother, page, stale, origin="http://testserver") == page
    assert f'value="{NAME}"' in mother.get(page).content.decode()


@pytest.mark.parametrize("origin", ["http://elsewhere.example", ""])
def test_what_another_site_sends_is_not_kept(draft: UUID, cast: Cast, origin: str) -> None:
    mother = Client(enforce_csrf_checks=True)
    mother.cookies = signed_in(cast.mother).cookies
    answer = mother.post(
        f"/drafts/{draft}/", {"child.name": NAME}, headers={"origin": origin} if origin else {}
    )
    assert answer.status_code == 403
    assert not kept_by(mother)


def test_whoever_has_no_cookies_is_told_what_to_do(cast: Cast) -> None:
    stranger = Client(enforce_csrf_checks=True, headers={"accept-language": "zh-hans"})
    answer = stranger.post("/sign-in/", {"person": cast.mother_id}, headers={"origin": "http://testserver"})
    assert answer.status_code == 403
    assert "允许本网站保存 Cookie" in answer.content.decode()
