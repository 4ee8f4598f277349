"""On a slow network the form changes while somebody types, chooses or picks a file: nothing of it is lost."""

from collections.abc import Iterator
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
LONGEST_WAIT = 100  # times of fifty milliseconds
NAME = "[name='child.name']"
PLACE = "[name='child.native_place']"
STATUS = "input[name='mother.marital_status']"


@pytest.fixture
def cast(site: str) -> Cast:
    return play.enter()


@pytest.fixture
def draft(cast: Cast, page: Page) -> UUID:
    """A form of which every question is still open, in front of the mother."""
    with transaction.atomic():
        draft = operations.start_draft(acting=cast.mother, person=cast.mother_id, event="birth", at=MONDAY)
        operations.consent(acting=cast.mother, draft=draft, resources=(), refused=play.RESOURCES, at=MONDAY)
    page.set_default_timeout(10_000)
    watch_for_files(page)
    page.goto("/sign-in/")
    sign_in(page, Pointer())
    page.goto(f"/drafts/{draft}/")
    return draft


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
    for _ in range(LONGEST_WAIT):
        if waiting:
            break
        page.wait_for_timeout(50)
    with page.expect_response("**/save/"):
        waiting.pop(0).continue_()
    page.wait_for_timeout(150)


def slow_down(page: Page) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    speed = {"downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {"offline": False, "latency": SLOW * 1000, **speed})


def settled(page: Page) -> None:
    page.wait_for_timeout(SLOW * 1000)
    page.wait_for_load_state("networkidle")


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
    settled(page)
    kept = answers(draft)
    assert kept["child.name"] == "Wang Xiaobao Jr"
    assert kept["child.native_place"] == "Hangzhou, Xihu"


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
    assert answers(draft)["mother.marital_status"] == choices.nth(last).get_attribute("value")


def test_a_file_picked_while_the_form_changes_arrives(page: Page, draft: UUID) -> None:
    with page.expect_response("**/save/"):
        page.locator(STATUS).first.check()
    page.wait_for_timeout(150)
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
    assert paper.evaluate("one => one.files.length") == 0, "it would be sent again with the form"
    assert Upload.objects.count() == 1


def test_saves_follow_one_another(page: Page, draft: UUID) -> None:
    with held(page) as waiting:
        page.locator(NAME).fill("王")
        page.locator(NAME).blur()
        page.locator(PLACE).fill("杭州")
        page.locator(PLACE).blur()
        page.wait_for_timeout(300)
        assert len(waiting) == 1
        let_go(page, waiting)
        let_go(page, waiting)
    assert answers(draft)["child.native_place"] == "杭州"


def test_what_was_unfolded_stays_so(page: Page, draft: UUID) -> None:
    why = page.locator("details.why").last
    why.locator("summary").click()
    with page.expect_response("**/save/"):
        page.locator(STATUS).first.check()
    page.wait_for_timeout(150)
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
    assert page.evaluate("document.activeElement.matches('main *')")
