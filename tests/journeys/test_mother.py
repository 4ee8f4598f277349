"""The mother's way in a real browser: from a wish in her own words to results, rating, and who used her data."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from qipan.applications import operations
from qipan.applications.models import Application, Draft
from qipan.voice.models import Rating
from tests import cast as play
from tests.cast import MONDAY, Cast
from tests.journeys.mother_steps import Keyboard, Pointer, fill_in, rate, sign_in, start, submit, supply

Accessible = Callable[[Page], None]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
SMALLEST = ViewportSize(width=320, height=640)
SCREENS = [
    pytest.param((width, scheme), id=f"{width}-{scheme}")
    for width in (320, 390, 1280)
    for scheme in ("light", "dark")
]


@pytest.fixture
def cast(site: str) -> Cast:
    return play.enter()


def nothing(_page: Page, _name: str) -> None:
    """Look at nothing on the way."""


def fits(page: Page) -> None:
    """Nothing makes the reader scroll sideways."""
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], page.url


def application_of(number: str) -> Application:
    return Application.objects.get(number=number)


def carried_through(cast: Cast, number: str) -> None:
    """The officials do their part, behind the scenes; tests/journeys/test_officials.py watches them."""
    application = application_of(number).id
    play.advance(application)
    play.granted(cast, application, "birth_certificate", "hospital")
    play.granted(cast, application, "household_registration", "police")
    play.granted(cast, application, "social_card", "human_resources", **{"child.card_number": "A1234567"})


def test_the_mothers_way_from_a_wish_to_her_rating(
    page: Page, cast: Cast, assert_accessible: Accessible
) -> None:
    def look(page: Page, _name: str) -> None:
        assert_accessible(page)

    hands = Pointer()
    start(page, hands, look)
    look(page, "form")
    fill_in(page, hands)
    expect(page.get_by_text("已保存")).to_be_visible()
    number = submit(page, hands, look)
    look(page, "progress")
    expect(page.get_by_text("已送到，等受理").first).to_be_visible()
    play.advance(application_of(number).id)
    supply(page, hands, look)
    carried_through(cast, number)
    # The page asks again by itself; nobody reloads it.
    expect(page.get_by_text("办完 4 件，共 5 件").or_(page.get_by_text("办完 5 件，共 5 件"))).to_be_visible()
    page.get_by_role("link", name="看办好的结果").click()
    expect(page.get_by_text("A1234567")).to_be_visible()
    look(page, "results")
    page.go_back()
    rate(page, hands, look)
    assert Rating.objects.get().comment == "没跑一趟"
    page.get_by_role("link", name="谁用了我的数据").click()
    expect(page.get_by_text("转给").first).to_be_visible()
    look(page, "data uses")


def test_the_same_by_keyboard_alone(page: Page, cast: Cast) -> None:
    hands = Keyboard(page)
    start(page, hands, nothing)
    try:
        fill_in(page, hands)
    except (
        AssertionError
    ):  # keys typed faster than a busy machine swaps the questions; a person would look and go on
        page.reload()
        fill_in(page, hands)
    number = submit(page, hands, nothing)
    play.advance(application_of(number).id)
    page.reload()
    supply(page, hands, nothing)
    carried_through(cast, number)
    page.reload()
    rate(page, hands, nothing)
    assert Rating.objects.count() == 1


def test_the_same_without_javascript(browser: Browser, site: str, cast: Cast) -> None:
    hands = Pointer()
    with browser.new_context(base_url=site, locale="zh-CN", java_script_enabled=False) as context:
        page = context.new_page()
        start(page, hands, nothing)
        fill_in(page, hands)
        number = submit(page, hands, nothing)
        play.advance(application_of(number).id)
        page.reload()
        supply(page, hands, nothing)
        carried_through(cast, number)
        page.reload()
        expect(page.get_by_text("A1234567")).to_be_visible()
        rate(page, hands, nothing)
    assert Rating.objects.count() == 1


def test_the_first_tab_leads_past_the_frame(page: Page, cast: Cast) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_searching_while_typing_finds_and_forgives(page: Page, cast: Cast) -> None:
    page.goto("/")
    page.get_by_role("searchbox").press_sequentially("医疗保")
    expect(page.get_by_text("没有找到这件事").or_(page.get_by_text("包含：居民医保参保"))).to_be_visible()
    page.get_by_role("searchbox").fill("")
    page.get_by_role("searchbox").press_sequentially("居民医保")
    expect(page.get_by_text("包含：居民医保参保")).to_be_visible()


def test_what_is_wrong_is_said_beside_the_field_as_one_types_and_taken_back(page: Page, cast: Cast) -> None:
    draft = play.filled_draft(cast)
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    page.goto(f"/drafts/{draft}/")
    name = page.get_by_label("姓名")
    name.fill("王")
    name.blur()
    expect(page.locator("#f-child-name-error")).to_contain_text("太短了")
    name.fill("王小宝")
    name.blur()
    expect(page.locator("#f-child-name-error")).to_be_empty()
    page.wait_for_load_state("networkidle")
    assert Draft.objects.get(id=draft).answers["child.name"] == "王小宝"


def test_what_is_typed_while_registers_are_asked_is_kept(page: Page, cast: Cast) -> None:
    draft = play.filled_draft(cast, sources=play.registers(married=False))
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    page.goto(f"/drafts/{draft}/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/save/", hold)
    page.get_by_label("一并办理").uncheck()
    name = page.get_by_label("姓名")
    name.fill("王小宝贝")
    expect(name).to_be_focused()
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.unroute("**/save/")
    expect(page.get_by_label("一并办理")).not_to_be_checked()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("姓名")).to_have_value("王小宝贝")


def test_errors_are_listed_on_top_with_the_focus_and_lead_to_their_fields(page: Page, cast: Cast) -> None:
    draft = play.filled_draft(cast, answers={"child.household_region": "330106002"})
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    page.goto(f"/drafts/{draft}/")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors").get_by_role("link", name="“姓名”还没有回答。").click()
    expect(page.get_by_label("姓名")).to_be_focused()


def test_a_place_is_picked_from_what_fits(page: Page, cast: Cast) -> None:
    draft = play.filled_draft(cast)
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    page.goto(f"/drafts/{draft}/")
    place = page.locator("[name='child.household_region']")
    place.fill("")
    place.press_sequentially("西湖区")
    page.get_by_label("江西省南昌市西湖区").check()
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_text("江西省南昌市西湖区")).to_be_visible()


def test_a_photograph_is_sent_seen_and_removed(page: Page, cast: Cast) -> None:
    draft = play.filled_draft(cast, sources=play.registers(married=False))
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    page.goto(f"/drafts/{draft}/")
    page.locator("input[type=file]").set_input_files(
        {"name": "说明.png", "mimeType": "image/png", "buffer": PNG}
    )
    expect(page.get_by_role("link", name="说明.png")).to_be_visible()
    page.get_by_role("button", name=re.compile("删除.*说明.png")).click()
    expect(page.get_by_role("link", name="说明.png")).to_have_count(0)


def test_the_larger_mode_and_english_are_one_tap_away(page: Page, cast: Cast) -> None:
    page.goto("/events/birth/")
    small = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.get_by_role("button", name="长辈版").click()
    expect(page.get_by_role("button", name="标准版")).to_be_visible()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= small * 1.3
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="What it saves")).to_be_visible()
    assert page.url.endswith("/events/birth/")


@pytest.fixture
def addresses(cast: Cast) -> list[str]:
    """A page of every kind, with something on it."""
    unfinished = play.filled_draft(cast, answers={"child.name": "王"})
    whole = play.filled_draft(cast)
    discarded = play.filled_draft(cast)
    operations.discard_draft(acting=cast.mother, draft=discarded, at=MONDAY)
    running = play.running(cast)
    case = play.case_of(running.application, "guidance").id
    there = f"/applications/{running.number}"
    return [
        "/",
        "/?q=户口",
        "/?q=量子",
        "/sign-in/",
        "/events/birth/",
        f"/drafts/{unfinished}/?check=1",
        f"/drafts/{unfinished}/facts/father.name/",
        f"/applications/?discarded={discarded}",
        f"/drafts/{whole}/check/",
        "/applications/",
        f"{there}/",
        f"{there}/submitted/",
        f"{there}/results/",
        f"{there}/withdraw/",
        f"{there}/{case}/rating/",
        "/data-uses/",
        "/nowhere/",
    ]


@pytest.fixture(params=SCREENS)
def screen(
    request: pytest.FixtureRequest, browser: Browser, site: str, cast: Cast
) -> Iterator[BrowserContext]:
    width, scheme = request.param
    size = ViewportSize(width=width, height=640)
    with browser.new_context(base_url=site, locale="zh-CN", viewport=size, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        sign_in(page, Pointer())
        yield context


@pytest.mark.browser
def test_every_page_fits_every_screen_and_axe_finds_nothing(
    screen: BrowserContext, addresses: list[str], assert_accessible: Accessible
) -> None:
    page = screen.pages[0]
    for address in addresses:
        page.goto(address)
        for fold in page.locator("details").all():
            fold.evaluate("fold => { fold.open = true }")
        fits(page)
        if page.viewport_size != SMALLEST:  # axe looks at that size below
            assert_accessible(page)


@pytest.mark.browser
def test_every_page_fits_a_small_phone_in_the_larger_mode_and_in_english(
    browser: Browser, site: str, cast: Cast, addresses: list[str], assert_accessible: Accessible
) -> None:
    with browser.new_context(base_url=site, locale="en-GB", viewport=SMALLEST) as context:
        context.add_cookies([{"name": "mode", "value": "elder", "url": site}])
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_role("button", name="Sign in as 王芳").click()
        for address in addresses:
            page.goto(address)
            fits(page)
            assert_accessible(page)
