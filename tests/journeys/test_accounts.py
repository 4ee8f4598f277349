"""A new person in a real browser: by phone, then with a passkey; and every account page as axe and a narrow screen see it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, ViewportSize, expect

from qipan.adapters.notices import FileNotices
from tests import cast as play
from tests.accounts.newcomer import PASSWORD, PHONE, Phone
from tests.cast import Cast
from tests.journeys.newcomer_steps import add_passkey, confirm_password, give_authenticator, register

Check = Callable[[Page], None]
NARROW = ViewportSize(width=320, height=640)
PAGES = (
    "sign-in/", "register/", "sign-in/code/", "", "devices/", "real-name/", "password/", "phone/",
    "passkeys/add/", "authenticator/", "email/", "apps/",
)  # fmt: skip


@pytest.fixture
def phone() -> Iterator[Phone]:
    """The server's own box of messages."""
    box = Path(settings.QIPAN_NOTICES)
    box.unlink(missing_ok=True)
    yield Phone(FileNotices(box))
    box.unlink(missing_ok=True)


@pytest.fixture
def cast(site: str) -> Cast:
    return play.enter()


@pytest.fixture
def at_home(browser: Browser, site: str, cast: Cast) -> Iterator[Page]:
    """A browser under the machine's name: no passkey is bound to a bare address."""
    context = browser.new_context(base_url=site.replace("127.0.0.1", "localhost"), locale="zh-CN")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert not troubles


def enter(page: Page, phone: Phone) -> None:
    page.goto("/account/register/")
    register(page, phone)
    page.wait_for_url(lambda url: url.endswith("/") and "/account/" not in url)


@pytest.mark.browser
def test_a_new_person_comes_in_by_phone_and_next_time_by_passkey(at_home: Page, phone: Phone) -> None:
    page = at_home
    give_authenticator(page)
    enter(page, phone)
    page.goto("/account/")
    add_passkey(page)
    expect(page.get_by_role("heading", name="我的手机")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page.goto("/account/sign-in/?next=/account/devices/")
    page.get_by_role("button", name="用通行密钥").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录着的设备")


@pytest.mark.browser
def test_with_a_passkey_a_password_alone_is_not_enough(at_home: Page, phone: Phone) -> None:
    page = at_home
    give_authenticator(page)
    enter(page, phone)
    page.goto("/account/passkeys/add/")
    confirm_password(page)
    page.get_by_role("button", name="加上").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("恢复码")
    page.get_by_role("button", name="退出").click()
    page.goto("/account/sign-in/")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("再验一步")
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url(lambda url: url.endswith("/") and "/account/" not in url)
    page.goto("/account/")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")


@pytest.mark.browser
def test_every_account_page_is_accessible_and_fits_a_narrow_screen(
    at_home: Page, phone: Phone, assert_accessible: Check
) -> None:
    page = at_home
    page.set_viewport_size(NARROW)
    for path in PAGES[:3]:
        page.goto(f"/account/{path}")
        fits(page)
        assert_accessible(page)
    enter(page, phone)
    page.goto("/account/password/")
    confirm_password(page)
    for path in PAGES[3:]:
        page.goto(f"/account/{path}")
        fits(page)
        assert_accessible(page)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
