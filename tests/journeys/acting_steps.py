"""Leaving a matter to somebody, and acting for them, at the screen."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Look = Callable[[Page], None]


def leave_matter(page: Page, look: Look, *, to: str, number: str, matter: str) -> None:
    """On the page to give a mandate, forgetting at first to say what for."""
    page.get_by_label("对方的姓名").fill(to)
    page.get_by_label("对方的公民身份号码").fill(number)
    page.get_by_role("button", name="发出委托").click()
    expect(page.get_by_role("alert")).to_contain_text("请至少选一件")
    look(page)
    page.get_by_role("checkbox", name=matter).check()
    page.get_by_role("button", name="发出委托").click()
    expect(page.get_by_text("等对方接受")).to_be_visible()


def accept(page: Page) -> None:
    """Where mandates are: the one that waits."""
    page.get_by_role("button", name=re.compile("^接受")).click()


def act_for(page: Page, name: str, look: Look) -> None:
    """Where mandates are: from now on for them."""
    page.get_by_role("radio", name=name).check()
    look(page)
    page.get_by_role("button", name="切换").click()
    expect(page.locator(".serving")).to_contain_text(f"为{name}办理")


def lead_enterprise(page: Page, look: Look) -> None:
    """Where mandates are: whoever the register names acts for their enterprise from now on."""
    page.get_by_role("link", name="我是企业的法定代表人").click()
    look(page)
    page.get_by_role("button", name="同意，去查").click()
