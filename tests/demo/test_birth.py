"""A birth in the browser: the mother, the officials of five agencies, the results, the rating — by mouse, by keyboard alone,
and with JavaScript off.
"""

from contextlib import closing

import pytest
from playwright.sync_api import Browser

from tests.demo.demo_steps import Desks, Look, apply, once_for_each, sign_in, visit
from tests.demo.hands import Keyboard, Mouse

OFFICIALS_DECIDE = 4  # the other three are decided by rule


def through(
    browser: Browser, demo: str, hand_of: type[Mouse], paper: str, look: Look, *, scripts: bool
) -> set[str]:
    """Go through the whole story; gives the cases that officials handled."""
    with (
        visit(browser, demo, scripts=scripts) as page,
        closing(Desks(browser, demo, look, hand_of, scripts=scripts)) as desks,
    ):
        mother = hand_of(page)
        sign_in(mother, "林晓雯", look)
        number = apply(mother, paper, look)
        desks.carry_through(page, number)
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
