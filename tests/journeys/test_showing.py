"""The vaccination certificate's two facts, shown to a kindergarten by link in a real browser, and taken back; and a code on a screen."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize, expect

from qipan.certificates.rows import WholeCertificate
from tests.cast import Cast
from tests.certificates import vaccination
from tests.certificates.office import issued_and_listed
from tests.journeys.mother_steps import Pointer, sign_in
from tests.journeys.showing_steps import look_at, make_link, take_back

Check = Callable[[Page], None]
EARLIER = timezone.now() - timedelta(hours=1)
NARROW = ViewportSize(width=320, height=640)


@pytest.fixture
def cast(site: str, tmp_path: Path) -> Cast:
    return vaccination.enter(tmp_path / "library")


@pytest.fixture
def shot(cast: Cast, tmp_path: Path) -> WholeCertificate:
    return issued_and_listed(cast, tmp_path, EARLIER)


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def kindergarten(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Another browser, with JavaScript and without, where nobody is signed in."""
    context = browser.new_context(
        base_url=site, locale="zh-CN", java_script_enabled=request.param, viewport=NARROW
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def mother(page: Page, cast: Cast) -> Page:
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    return page


def fits(page: Page) -> None:
    """Nothing makes the reader scroll sideways."""
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], page.url


def test_two_facts_for_the_kindergarten(
    mother: Page, kindergarten: Page, shot: WholeCertificate, assert_accessible: Check
) -> None:
    mother.goto("/certificates/")
    mother.get_by_role("link", name="预防接种证").click()
    path = make_link(mother, assert_accessible, ("姓名", "出生日期"), to="西溪幼儿园", use="入园登记")
    kindergarten.goto(path)
    expect(kindergarten.get_by_text("王小宝")).to_have_count(0)
    look_at(kindergarten, path, "西溪幼儿园 陈老师")
    expect(kindergarten.get_by_text("王小宝")).to_be_visible()
    expect(kindergarten.get_by_text("2026-11-20")).to_be_visible()
    expect(kindergarten.locator(".shown-card dt")).to_have_text(["姓名", "出生日期"])
    expect(kindergarten.get_by_text("持证人没有出示另外 2 项")).to_be_visible()

    mother.reload()
    expect(mother.get_by_text("西溪幼儿园 陈老师")).to_be_visible()
    take_back(mother)
    kindergarten.reload()
    expect(kindergarten.get_by_role("heading", name="出示人已经收回")).to_be_visible()
    expect(kindergarten.get_by_text("王小宝")).to_have_count(0)


def test_pages_of_whoever_looks(
    mother: Page, page: Page, shot: WholeCertificate, assert_accessible: Check
) -> None:
    page.set_viewport_size(NARROW)
    page.goto(f"/certificates/{shot.number}/show/code/")
    page.get_by_role("button", name="出示二维码").click()
    expect(page.get_by_role("link", name="请至少选一项。")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("checkbox", name="姓名").check()
    page.get_by_role("button", name="出示二维码").click()
    expect(page.get_by_role("img", name="出示这张证照的二维码")).to_be_visible()
    fits(page)
    assert_accessible(page)
    page.goto(f"/certificates/{shot.number}/")
    fits(page)
    assert_accessible(page)
