"""People click twice, switch the language, stay away too long, have no cookies, and leave pages open: nothing is done twice or lost."""

from uuid import UUID

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from qipan.applications.models import Application, Case, Draft
from tests import cast as play
from tests.cast import Cast
from tests.journeys.mother_steps import Pointer, sign_in

NAME = "[name='child.name']"
LEFT_OPEN = 6_000  # milliseconds: longer than the page waits before it asks again


@pytest.fixture
def cast(site: str) -> Cast:
    return play.enter()


@pytest.fixture
def draft(cast: Cast, page: Page) -> UUID:
    """The mother's form, filled in and in front of her."""
    with transaction.atomic():
        draft = play.filled_draft(cast)
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    page.goto(f"/drafts/{draft}/")
    return draft


def test_a_double_click_submits_once_and_ends_on_the_receipt(page: Page, draft: UUID) -> None:
    page.goto(f"/drafts/{draft}/check/")
    page.get_by_label("以上内容是真实的").check()
    with page.expect_navigation(url="**/submitted/"):
        page.get_by_role("button", name="提交申请").dblclick()
    expect(page.get_by_role("heading", name="提交成功")).to_be_visible()
    assert Application.objects.count() == 1
    page.go_back()
    expect(page.get_by_text("这张表已经提交了")).to_be_visible()


def test_enter_in_a_field_goes_on_and_neither_deletes_nor_translates(page: Page, draft: UUID) -> None:
    page.locator(NAME).fill("王大宝")
    with page.expect_navigation(url="**/check/"):
        page.locator(NAME).press("Enter")
    expect(page.get_by_text("王大宝")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_the_language_changes_in_the_midst_of_a_word(page: Page, draft: UUID) -> None:
    page.locator(NAME).fill("王大")
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator(NAME)).to_have_value("王大")


def test_whoever_stayed_away_too_long_signs_in_and_goes_on(page: Page, draft: UUID) -> None:
    page.context.clear_cookies(name="sessionid")
    page.locator(NAME).fill("王大宝")
    with page.expect_navigation(url="**/sign-in/**"):
        page.locator(NAME).press("Tab")
    sign_in(page, Pointer())
    page.wait_for_url(f"**/drafts/{draft}/")
    expect(page.get_by_text("您刚才填的还在")).to_be_visible()
    expect(page.locator(NAME)).to_have_value("王大宝")
    assert Draft.objects.get(id=draft).answers["child.name"] == "王小宝"


def test_whoever_has_no_cookies_is_told_what_to_do(page: Page, cast: Cast) -> None:
    page.goto("/sign-in/")
    page.context.clear_cookies()
    page.get_by_role("button", name="登录").first.click()
    expect(page.get_by_role("heading", name="浏览器没有保存 Cookie")).to_be_visible()


def test_a_page_left_open_stops_asking_when_all_is_done(page: Page, cast: Cast) -> None:
    number = play.running(cast).number
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    page.clock.install()
    page.goto(f"/applications/{number}/")
    expect(page.locator("#progress[hx-get]")).to_have_count(1)
    with page.expect_response(f"**/applications/{number}/?seen=*"):
        page.clock.run_for(LEFT_OPEN)
    expect(page.locator("#progress[hx-get]")).to_have_count(1)
    Case.objects.update(state="withdrawn")
    Application.objects.update(state="withdrawn")
    page.clock.run_for(LEFT_OPEN)
    expect(page.locator("#progress[hx-get]")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(10 * LEFT_OPEN)
    page.wait_for_timeout(500)
    assert asked == []


def test_what_could_not_be_saved_is_said_and_stays(page: Page, draft: UUID) -> None:
    page.route("**/save/", lambda route: route.abort())
    page.locator(NAME).fill("王大宝")
    page.locator(NAME).blur()
    expect(page.get_by_text("没有存上")).to_be_visible()
    expect(page.locator(NAME)).to_have_value("王大宝")
    page.unroute("**/save/")
    page.locator(NAME).fill("王二宝")
    page.locator(NAME).blur()
    expect(page.get_by_text("已保存")).to_be_visible()


def test_ten_megabytes_pasted_into_a_field_are_cut_to_what_it_takes(page: Page, draft: UUID) -> None:
    place = page.locator("[name='child.native_place']")
    place.focus()
    page.keyboard.insert_text("长" * 3_300_000)
    assert len(place.input_value()) <= 100
