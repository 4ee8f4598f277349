"""On a slow network the form changes while somebody types, chooses or picks a file: nothing of it is lost."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import transaction
from playwright.sync_api import Page, Route, expect

from qipan.applications import operations
from qipan.applications.models import Draft, Upload
from tests import cast as play
from tests.cast import MONDAY, Cast
from tests.demo.hands import watch_for_files
from tests.journeys.mother_steps import Pointer, sign_in

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
SLOW = 0.6  # seconds
KEY_MILLISECONDS = 45
WAIT_SECONDS = 120
NAME = "[name='child.name']"
PLACE = "[name='child.native_place']"
STATUS = "input[name='mother.marital_status']"
ON_ITS_WAY = "document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling') !== null"
SETTLED = 100  # milliseconds: longer than htmx itself waits
COUNT_ANSWERS = f"""
() => {{ window.answered = 0; document.addEventListener("htmx:afterRequest", () => setTimeout(() => window.answered += 1, {SETTLED})) }}
"""


@pytest.fixture
def cast(site: str) -> Cast:
    return play.enter()


@pytest.fixture
def draft(cast: Cast, page: Page) -> UUID:
    """A form of which every question is still open, in front of the mother."""
    with transaction.atomic():
        draft = operations.start_draft(acting=cast.mother, person=cast.mother_id, event="birth", at=MONDAY)
        operations.consent(acting=cast.mother, draft=draft, resources=(), refused=play.RESOURCES, at=MONDAY)
    watch_for_files(page)
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    page.goto(f"/drafts/{draft}/")
    page.evaluate(COUNT_ANSWERS)
    return draft


def until(page: Page, found: Callable[[], object]) -> None:
    """Wait, while the page goes on, until something is so."""
    end = time.monotonic() + WAIT_SECONDS
    while not found():
        assert time.monotonic() < end, "it did not come about"
        page.wait_for_timeout(50)


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """Afterwards one more answer stands on the page."""
    before = page.evaluate("window.answered")
    yield
    until(page, lambda: page.evaluate("window.answered") > before)


@contextmanager
def held(page: Page) -> Iterator[list[Route]]:
    """Answers to saving wait until they are let go."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/save/", hold)
    yield waiting
    page.unroute("**/save/")


def let_go(page: Page, waiting: list[Route]) -> None:
    """Let the next answer through, and wait until the page shows it."""
    until(page, lambda: waiting)
    with answered(page):
        waiting.pop(0).continue_()


def slow_down(page: Page) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    speed = {"downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {"offline": False, "latency": SLOW * 1000, **speed})


def settled(page: Page) -> None:
    page.wait_for_timeout(SLOW * 1000)
    until(page, lambda: not page.evaluate(ON_ITS_WAY))


def answers(draft: UUID) -> dict[str, str]:
    return dict(Draft.objects.get(id=draft).answers)


def test_what_is_typed_quickly_while_the_form_changes_is_all_there(page: Page, draft: UUID) -> None:
    slow_down(page)
    page.locator(STATUS).first.check()
    for control, text in ((NAME, "Wang Xiaobao"), (PLACE, "Hangzhou, Xihu")):
        page.locator(control).focus()
        page.keyboard.type(text, delay=KEY_MILLISECONDS)
    page.locator(STATUS).nth(1).check()
    page.locator(NAME).focus()
    page.keyboard.press("End")
    page.keyboard.type(" Jr", delay=KEY_MILLISECONDS)
    settled(page)
    expect(page.locator(NAME)).to_have_value("Wang Xiaobao Jr")
    expect(page.locator(PLACE)).to_have_value("Hangzhou, Xihu")
    page.locator(NAME).blur()
    until(page, lambda: answers(draft).get("child.name") == "Wang Xiaobao Jr")
    until(page, lambda: answers(draft).get("child.native_place") == "Hangzhou, Xihu")


def test_the_cursor_stays_where_it_is(page: Page, draft: UUID) -> None:
    page.locator(NAME).fill("abcdef")
    page.wait_for_load_state("networkidle")
    with held(page) as waiting:
        page.locator(STATUS).first.check()
        page.locator(NAME).focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        let_go(page, waiting)
        page.keyboard.type("1")
        expect(page.locator(NAME)).to_have_value("a1bcdef")


def test_a_word_that_is_being_composed_is_not_broken_off(page: Page, draft: UUID) -> None:
    keys = page.context.new_cdp_session(page)
    with held(page) as waiting:
        page.locator(STATUS).first.check()
        page.locator(NAME).focus()
        keys.send("Input.imeSetComposition", {"text": "wang", "selectionStart": 4, "selectionEnd": 4})
        let_go(page, waiting)
        keys.send("Input.insertText", {"text": "王"})
        expect(page.locator(NAME)).to_have_value("王")
        expect(page.locator(NAME)).to_be_focused()


def test_arrow_keys_go_on_through_the_choices(page: Page, draft: UUID) -> None:
    slow_down(page)
    choices = page.locator(STATUS)
    last = choices.count() - 1
    choices.first.focus()
    page.keyboard.press("Space")
    for _ in range(last):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(SLOW * 500)
    expect(choices.nth(last)).to_be_checked()
    expect(choices.nth(last)).to_be_focused()
    settled(page)
    settled(page)
    expect(choices.nth(last)).to_be_checked()
    expect(choices.nth(last)).to_be_focused()
    chosen = choices.nth(last).get_attribute("value")
    until(page, lambda: answers(draft).get("mother.marital_status") == chosen)


def test_a_file_picked_while_the_form_changes_arrives(page: Page, draft: UUID) -> None:
    with answered(page):
        page.locator(STATUS).first.check()
    paper = page.locator("input[type=file]").first
    with held(page) as waiting:
        page.get_by_label("一并办理").uncheck()
        paper.focus()
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        let_go(page, waiting)
        chooser.value.set_files({"name": "paper.png", "mimeType": "image/png", "buffer": PNG})
        let_go(page, waiting)
    expect(page.get_by_role("link", name="paper.png")).to_be_visible()
    until(
        page, lambda: paper.evaluate("one => one.files.length") == 0
    )  # or it would be sent again with the form
    assert Upload.objects.count() == 1


def test_saves_follow_one_another(page: Page, draft: UUID) -> None:
    with held(page) as waiting:
        page.locator(NAME).fill("王")
        page.locator(NAME).blur()
        page.locator(PLACE).fill("杭州")
        page.locator(PLACE).blur()
        until(page, lambda: waiting)
        page.wait_for_timeout(300)
        assert len(waiting) == 1
        let_go(page, waiting)
        let_go(page, waiting)
    assert answers(draft)["child.native_place"] == "杭州"


def test_what_was_unfolded_stays_so(page: Page, draft: UUID) -> None:
    why = page.locator("details.why").last
    why.locator("summary").click()
    with answered(page):
        page.locator(STATUS).first.check()
    expect(why).to_have_attribute("open", "")


def test_the_focus_goes_to_what_took_the_place_of_a_question_that_went_away(page: Page, draft: UUID) -> None:
    page.locator(STATUS).nth(1).check()
    page.wait_for_load_state("networkidle")
    father = page.locator("[name='father.id_number']")
    expect(father).to_be_visible()
    with held(page) as waiting:
        page.locator(STATUS).first.check()
        father.focus()
        let_go(page, waiting)
    expect(father).to_have_count(0)
    until(page, lambda: page.evaluate("document.activeElement.matches('main *')"))
