"""What people and officials do in the running demo: apply for a birth, and handle what was applied for."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize

from tests.demo.hands import NAVIGATION_MILLISECONDS, Mouse

NUMBER = re.compile(r"QP-\d{8}-[0-9A-Z]{7}")
WIDE = ViewportSize(width=1280, height=900)
ANSWERS = {
    "child.parent_side": "1",
    "child.card_collection": "2",
    "child.name": "陈一诺",
    "child.ethnicity": "01",
    "child.native_place": "浙江省杭州市西湖区",
    "child.relation_to_head": "20",
    "enterprise.premises_area": "320",
    "enterprise.kitchen_area": "90",
    "enterprise.shop_name": "湖畔鲜",
    "enterprise.sign_width": "4",
    "enterprise.sign_height": "1",
    "enterprise.chain": "false",
    "enterprise.sells_tobacco": "false",
    "enterprise.produces_fumes": "false",
    "enterprise.daily_food_waste": "30",
    "enterprise.opens_on": f"{timezone.localdate() + timedelta(days=30)}",
}
END_SECONDS = 900
LULL_MILLISECONDS = 1_000
MOST_QUESTIONS = 40
BUSY = "section.agency:has(h2 .badge)"  # where cases are open
OFFICIALS = """all => all.map(one => one.querySelector("button[name=official]").value)"""
IDENTIFIERS = re.compile(r"[0-9a-f-]{36}|QP-[0-9A-Z-]+")
UNANSWERED = """
forms => forms.flatMap(form => [...form.elements]
  .filter(one => one.name && !["hidden", "checkbox", "submit"].includes(one.type) && /[. ]/.test(one.name))
  .filter(one => one.type === "radio"
    ? ![...form.elements].some(other => other.name === one.name && other.checked)
    : one.type === "file" ? !one.closest(".field").querySelector(".sent") && !one.value : !one.value)
  .map(one => [one.name, one.type, one.tagName === "SELECT" ? one.options[1].value : one.value]))
"""
Look = Callable[[Page], None]


@contextmanager
def visit(
    browser: Browser, base: str, *, scripts: bool = True, screen: ViewportSize = WIDE
) -> Iterator[Page]:
    context = browser.new_context(base_url=base, locale="zh-CN", viewport=screen, java_script_enabled=scripts)
    context.set_default_timeout(NAVIGATION_MILLISECONDS)
    yield context.new_page()
    context.close()


def once_for_each(look: Look) -> Look:
    """Look at each kind of page once, whatever it is about."""
    seen: set[str] = set()

    def check(page: Page) -> None:
        kind = IDENTIFIERS.sub("…", page.url)
        if kind not in seen:
            seen.add(kind)
            look(page)

    return check


def sign_in(hand: Mouse, name: str, look: Look) -> None:
    """Choose a sample resident."""
    hand.page.goto(f"/sign-in/?q={name}")
    look(hand.page)
    hand.press('button[name="person"]')


def apply(hand: Mouse, paper: str, look: Look) -> str:
    """From the event's page to the application's number, by whoever is signed in."""
    hand.page.goto("/events/newborn/")
    look(hand.page)
    hand.press('form[action$="/start/"] button')
    return fill_in(hand, paper, look)


def fill_in(hand: Mouse, paper: str, look: Look) -> str:
    """From the consent to the application's number."""
    page = hand.page
    look(page)
    hand.press('form:has(input[name="resource"]) button.primary')
    answer_all(hand, paper)
    look(page)
    hand.press('button[name="check"]')
    assert "/check/" in page.url, page.inner_text("main")
    look(page)
    hand.choose("declared", "yes")
    hand.press('form[action$="/submit/"] button.primary')
    look(page)
    found = NUMBER.search(page.url)
    assert found, page.inner_text("main")
    return found.group()


def answer_all(hand: Mouse, paper: str) -> None:
    """Answer what is asked, and what comes up because of the answers; a source that was slow may have left more to ask."""
    for _ in range(MOST_QUESTIONS):
        asked = next((each for each in hand.page.eval_on_selector_all("#form", UNANSWERED)), None)
        if asked is None:
            return
        name, kind, value = asked
        if kind == "radio":
            hand.choose(name, ANSWERS.get(name, value))
        elif kind == "select-one":
            hand.select(name, ANSWERS.get(name, value))
        elif kind == "file":
            hand.attach(name, paper)
        else:
            hand.write(name, ANSWERS[name])
    raise AssertionError("the form asks and asks")


class Desk:
    """An agency's desk, at which an official signed in; ``handled`` are the cases that were looked at there."""

    def __init__(self, hand: Mouse, look: Look) -> None:
        self._hand, self._look = hand, look
        self.handled: set[str] = set()
        self._granted: set[str] = set()
        self._ended: set[str] = set()

    def open(self, official: str) -> bool:
        """Sign in, where the official is still among those that are shown; other agencies may have more to do by now."""
        self._hand.page.goto("/desk/sign-in")
        self._look(self._hand.page)
        button = f'button[name="official"][value="{official}"]'
        if not self._hand.page.locator(button).count():
            return False
        self._hand.press(button)
        return True

    def handle(self, number: str) -> bool:
        """Do all there is to do for the application; whether that was anything."""
        page = self._hand.page
        page.goto(f"/desk/?q={number}")
        self._look(page)
        links = page.locator('a[href*="/desk/cases/"]')
        found = {str(link.get_attribute("href")) for link in links.all()}
        self.handled |= found
        done = [self._decide(address) for address in sorted(found - self._ended)]
        return any(done)

    def _decide(self, address: str) -> bool:
        page = self._hand.page
        page.goto(address)
        self._look(page)
        accepts = bool(page.locator('form[action$="/accept"]').count())
        if accepts:
            self._hand.press('form[action$="/accept"] button')
            page.goto(address)
        if page.locator('form[action$="/grant"]').count():
            self._hand.press('form[action$="/grant"] button.primary')
            self._look(page)
            self._hand.press('button[name="reviewed"]')
            self._granted.add(address)
            return True
        if address in self._granted:
            self._ended.add(address)
        return accepts


class Desks:
    """The desks of the agencies that have something to do, each in a browser of its own."""

    def __init__(
        self, browser: Browser, demo: str, look: Look, hand_of: type[Mouse], *, scripts: bool
    ) -> None:
        self._visits = ExitStack()
        self._visit: Callable[[], Mouse] = lambda: hand_of(
            self._visits.enter_context(visit(browser, demo, scripts=scripts))
        )
        self._look, self._lobby = look, self._visit().page
        self._desks: dict[str, Desk] = {}

    def handle(self, number: str) -> bool:
        """Have the agencies with open cases do all there is to do for the application; whether that was anything."""
        did = False
        self._lobby.goto("/desk/sign-in")
        for official in self._lobby.eval_on_selector_all(BUSY, OFFICIALS):
            if official not in self._desks:
                desk = Desk(self._visit(), self._look)
                if not desk.open(official):
                    continue
                self._desks[official] = desk
            did = self._desks[official].handle(number) or did
        return did

    def carry_through(self, page: Page, number: str) -> None:
        """Handle what there is until all has ended; the applicant's page stands on the application afterwards."""
        end = time.monotonic() + END_SECONDS
        page.goto(f"/applications/{number}/")
        while not page.locator(".entry-state", has_text="已办结").count():
            assert time.monotonic() < end, page.inner_text("main")
            assert not page.locator('a[href$="/missing/"]').count(), page.inner_text("main")
            if not self.handle(number):
                page.wait_for_timeout(LULL_MILLISECONDS)
            page.goto(f"/applications/{number}/")

    @property
    def handled(self) -> set[str]:
        """The cases that were looked at."""
        return set().union(*(desk.handled for desk in self._desks.values()))

    def close(self) -> None:
        """Leave."""
        self._visits.close()
