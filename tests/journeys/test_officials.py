"""Officials of five agencies carry a birth to its results, in a real browser."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from qipan.applications.models import Case
from qipan.people.models import Official
from tests import cast as play
from tests.cast import Cast

Accessible = Callable[[Page], None]
NAMES = {
    "birth_certificate": "hospital",
    "household_registration": "police",
    "social_card": "human_resources",
}


@pytest.fixture
def cast(site: str) -> Cast:
    found = play.enter()
    Official.objects.update(sample=True)
    return found


@pytest.fixture
def application(cast: Cast) -> UUID:
    return play.running(cast).application


def sign_in(page: Page, cast: Cast, name: str) -> None:
    acting = cast.clerk if name == "clerk" else cast.official(name)
    page.goto("/desk/sign-in")
    page.locator(f"button[name=official][value='{acting.actor.id}']").click()
    expect(page.get_by_role("heading", level=1, name="待办")).to_be_visible()


def state(case: Case) -> str:
    return Case.objects.get(id=case.id).state


def grant(page: Page, fill: dict[str, str]) -> None:
    """From the inbox: open the case, accept it, enter its results, look once more, and grant it."""
    page.locator("td.what a").first.click()
    page.get_by_role("button", name="受理", exact=True).click()
    for name, value in fill.items():
        page.locator(f"[name='{name}']").fill(value)
    page.get_by_role("button", name="核对后批准").click()
    page.get_by_role("button", name="确认批准").click()
    expect(page.get_by_role("status")).to_contain_text("已批准")


def carry_through(page: Page, cast: Cast, application: UUID) -> None:
    for service, name in NAMES.items():
        sign_in(page, cast, name)
        grant(page, {"child.card_number": "A1234567"} if service == "social_card" else {})
        play.advance(application)
    page.get_by_role("button", name="送达，办结").click()
    expect(page.get_by_role("status")).to_contain_text("已送达")
    for name in ("health", "medical_insurance"):
        sign_in(page, cast, name)
        expect(page.get_by_text("没有待办的件")).to_be_visible()
    assert set(play.states(application).values()) == {"delivered"}


def test_five_agencies_carry_a_birth_to_its_results(page: Page, cast: Cast, application: UUID) -> None:
    carry_through(page, cast, application)


def test_the_same_without_javascript(browser: Browser, site: str, cast: Cast, application: UUID) -> None:
    with browser.new_context(base_url=site, locale="zh-CN", java_script_enabled=False) as context:
        carry_through(context.new_page(), cast, application)


def test_a_case_is_handled_by_keyboard_alone(page: Page, cast: Cast, application: UUID) -> None:
    case = play.case_of(application, "birth_certificate")
    sign_in(page, cast, "hospital")
    page.wait_for_load_state()  # its script listens to the keys
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="受理", exact=True)).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="核对后批准")).to_be_visible()
    page.wait_for_load_state()
    tab_to(page, "核对后批准")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="确认批准")).to_be_visible()
    tab_to(page, "确认批准")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已批准")
    assert state(case) == "delivered"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until this button has the focus, and shows it."""
    for _press in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "[document.activeElement.innerText, getComputedStyle(document.activeElement).outlineStyle]"
        )
        if focused[0] == name:
            assert focused[1] != "none"
            return
    pytest.fail(f"Tab never came to {name!r}.")


def test_the_keys_can_be_turned_off_and_leave_typing_alone(page: Page, cast: Cast, application: UUID) -> None:
    sign_in(page, cast, "hospital")
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("jkx")
    assert page.locator("#q").input_value() == "jkx"
    page.locator("summary", has_text="键盘快捷键").click()
    page.get_by_role("button", name="关闭快捷键").click()
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_a_return_is_made_and_seen(page: Page, cast: Cast, application: UUID) -> None:
    case = play.case_of(application, "birth_certificate")
    sign_in(page, cast, "hospital")
    page.goto(f"/desk/cases/{case.id}")
    page.locator("summary", has_text="退回补正").click()
    page.get_by_label("宝宝 · 姓名").check()
    page.get_by_label("告诉申请人怎么改").fill("请用规范汉字")
    page.get_by_role("button", name="退回补正").click()
    expect(page.locator(".correction")).to_contain_text("请用规范汉字")
    assert state(case) == "returned"


def test_a_return_half_written_outlives_a_change_of_language_and_a_long_break(
    page: Page, cast: Cast, application: UUID
) -> None:
    sign_in(page, cast, "hospital")
    page.locator("td.what a").first.click()
    page.locator("summary").filter(has_text="退回补正").click()
    page.get_by_label("宝宝 · 姓名").check()
    page.locator("#return-message").fill("名字写错了")
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    expect(page.locator("#return-message")).to_have_value("名字写错了")
    expect(page.locator("[name=field][value='child.name']")).to_be_checked()
    page.context.clear_cookies(name="sessionid")
    with page.expect_navigation(url="**/desk/sign-in**"):
        page.get_by_role("button", name="Return for correction").click()
    page.locator(f"button[name=official][value='{cast.official('hospital').actor.id}']").click()
    expect(page.locator("#return-message")).to_have_value("名字写错了")
    assert state(play.case_of(application, "birth_certificate")) == "submitted"


def test_a_clerk_applies_for_who_is_present(page: Page, cast: Cast) -> None:
    sign_in(page, cast, "clerk")
    page.get_by_role("link", name="窗口代办").click()
    page.get_by_label("到场居民的公民身份号码").fill(play.MOTHER)
    page.get_by_label("本人当面请求代办").check()
    page.get_by_label("我确认").check()
    page.get_by_role("button", name="开始代办").click()
    expect(page.locator(".serving")).to_contain_text("王芳")
    page.goto("/desk/window")
    page.get_by_role("button", name="结束代办").click()
    expect(page.get_by_role("status")).to_contain_text("代办已结束")
    page.goto("/")
    expect(page.locator(".serving")).to_have_count(0)


@pytest.fixture(params=[(390, "zh-CN"), (390, "en-GB"), (1280, "zh-CN"), (1280, "en-GB")], ids=str)
def dark_page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    width, language = request.param
    viewport: ViewportSize = {"width": width, "height": 800}
    with browser.new_context(
        base_url=site, locale=language, viewport=viewport, color_scheme="dark"
    ) as context:
        yield context.new_page()


def test_every_page_is_accessible_and_fits(
    dark_page: Page, cast: Cast, application: UUID, assert_accessible: Accessible
) -> None:
    case, nothing = play.case_of(application, "birth_certificate").id, UUID(int=0)
    paths = ["", "?q=QP-1", "today", "agency", f"cases/{case}", f"cases/{nothing}", "sign-in"]
    dark_page.goto("/desk/sign-in")
    dark_page.locator(f"button[value='{cast.official('hospital').actor.id}']").click()
    for path in paths:
        dark_page.goto(f"/desk/{path}")
        assert_accessible(dark_page)
        assert dark_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
