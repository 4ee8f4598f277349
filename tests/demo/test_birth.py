"""A birth in the browser: the mother, the officials of five agencies, the results, the rating — by mouse, by keyboard alone,
and with JavaScript off.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.demo.hands import Keyboard, Mouse

END_SECONDS = 900
LULL_MILLISECONDS = 1_000
NUMBER = re.compile(r"QP-\d{8}-[0-9A-Z]{7}")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ANSWERS = {
    "child.parent_side": "1",
    "child.card_collection": "2",
    "child.name": "陈一诺",
    "child.ethnicity": "01",
    "child.native_place": "浙江省杭州市西湖区",
    "child.relation_to_head": "20",
}
MOST_QUESTIONS = 40
OFFICIALS = """all => all.slice(0, 6).map(one => one.querySelector("button[name=official]").value)"""
OFFICIALS_DECIDE = 4  # the other three are decided by rule
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


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "discharge.pdf"
    path.write_bytes(PDF)
    return str(path)


@contextmanager
def visit(browser: Browser, base: str, *, scripts: bool = True) -> Iterator[Page]:
    context = browser.new_context(
        base_url=base, locale="zh-CN", viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
    )
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


def apply(hand: Mouse, paper: str, look: Look) -> str:
    page = hand.page
    page.goto("/sign-in/?q=林晓雯")
    look(page)
    hand.press('button[name="person"]')
    page.goto("/events/newborn/")
    look(page)
    hand.press('form[action$="/start/"] button')
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
        """Have the agencies that are listed first do all there is to do for the application; whether that was anything."""
        did = False
        self._lobby.goto("/desk/sign-in")
        for official in self._lobby.eval_on_selector_all("section.agency", OFFICIALS):
            if official not in self._desks:
                desk = Desk(self._visit(), self._look)
                if not desk.open(official):
                    continue
                self._desks[official] = desk
            did = self._desks[official].handle(number) or did
        return did

    @property
    def handled(self) -> set[str]:
        """The cases that were looked at."""
        return set().union(*(desk.handled for desk in self._desks.values()))

    def close(self) -> None:
        """Leave."""
        self._visits.close()


def through(
    browser: Browser, demo: str, hand_of: type[Mouse], paper: str, look: Look, *, scripts: bool
) -> set[str]:
    """Go through the whole story; gives the cases that officials handled."""
    with (
        visit(browser, demo, scripts=scripts) as page,
        closing(Desks(browser, demo, look, hand_of, scripts=scripts)) as desks,
    ):
        mother = hand_of(page)
        number = apply(mother, paper, look)
        end = time.monotonic() + END_SECONDS
        while not page.locator(".entry-state", has_text="已办结").count() and time.monotonic() < end:
            if not desks.handle(number):
                page.wait_for_timeout(LULL_MILLISECONDS)
            page.goto(f"/applications/{number}/")
        look(page)
        page.goto(f"/applications/{number}/results/")
        look(page)
        assert page.locator("section.result").count() == 7, page.inner_text("main")
        page.goto(f"/applications/{number}/")
        mother.press('a[href*="/rating/"]')
        look(page)
        mother.choose("score", "5")
        mother.press("form:has(input[name=score]) button.primary")
        assert page.get_by_text("5").count()
        return desks.handled


@pytest.mark.browser
def test_with_the_mouse_and_axe_finds_nothing(
    browser: Browser, demo: str, paper: str, assert_accessible: Look
) -> None:
    handled = through(browser, demo, Mouse, paper, once_for_each(assert_accessible), scripts=True)

    assert len(handled) >= OFFICIALS_DECIDE


@pytest.mark.browser
def test_with_the_keyboard_alone(browser: Browser, demo: str, paper: str) -> None:
    through(browser, demo, Keyboard, paper, lambda _page: None, scripts=True)


@pytest.mark.browser
def test_without_javascript(browser: Browser, demo: str, paper: str) -> None:
    through(browser, demo, Mouse, paper, lambda _page: None, scripts=False)
