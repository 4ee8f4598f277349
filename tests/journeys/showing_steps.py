"""Showing some facts of a certificate by a link, and looking at what is shown."""

import re
from collections.abc import Callable, Collection

from playwright.sync_api import Page, expect

Look = Callable[[Page], None]
PATH = re.compile(r"/shown/[^/]+/$")


def make_link(page: Page, look: Look, facts: Collection[str], *, to: str, use: str) -> str:
    """From the certificate's page to the link's, whose path it gives."""
    page.get_by_role("link", name="发一个链接").click()
    for fact in facts:
        page.get_by_role("checkbox", name=fact).check()
    look(page)
    page.get_by_label("给谁看？").fill(to)
    page.get_by_label("用来做什么？").fill(use)
    page.get_by_role("button", name="生成链接").click()
    found = PATH.search(page.get_by_label("链接", exact=True).input_value())
    assert found
    look(page)
    return found.group()


def look_at(page: Page, path: str, who: str) -> None:
    """Open what is shown, as whoever got the link."""
    page.goto(path)
    page.get_by_label("您是谁？").fill(who)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", name="真实有效")).to_be_visible()


def take_back(page: Page) -> None:
    """On the link's page."""
    page.get_by_role("button", name="收回链接").click()
    expect(page.get_by_text("从现在起谁也看不到了")).to_be_visible()
