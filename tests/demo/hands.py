"""Two ways to work a page: with the mouse, and with the keyboard alone."""

import time

from playwright.sync_api import Locator, Page

MOST_TABS = 400
NAVIGATION_MILLISECONDS = 120_000
SETTLING_SECONDS = 120
LOOK_MILLISECONDS = 10
BUSY = "document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling') !== null"


def watch_for_files(page: Page) -> None:
    """Have the browser tell of every file chooser from now on: asked only when one opens, it may open one before it hears."""
    page.on("filechooser", lambda _chooser: None)


class Mouse:
    """Points and clicks; works with JavaScript and without."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def choose(self, name: str, value: str) -> None:
        """Choose one of several."""
        self.page.locator(f'label:has(input[name="{name}"][value="{value}"])').first.click()
        self._settle()

    def select(self, name: str, value: str) -> None:
        """Choose from a list."""
        self.page.select_option(f'select[name="{name}"]', value)
        self._settle()

    def write(self, name: str, text: str) -> None:
        """Type."""
        self.page.fill(f'[name="{name}"]', text)
        self._settle()

    def attach(self, name: str, file: str) -> None:
        """Choose a file."""
        self.page.set_input_files(f'input[name="{name}"]', file)
        self._settle()

    def press(self, target: str) -> None:
        """Press a button or follow a link, and wait for the page it leads to."""
        with self.page.expect_navigation(timeout=NAVIGATION_MILLISECONDS):
            self.page.locator(target).first.click()
        self._settle()

    def _settle(self) -> None:
        """Wait until nothing is on its way to the page or back; htmx marks what is from the moment that it hears of it."""
        end = time.monotonic() + SETTLING_SECONDS
        while self.page.evaluate(BUSY):
            assert time.monotonic() < end, self.page.inner_text("main")
            self.page.wait_for_timeout(LOOK_MILLISECONDS)


class Keyboard(Mouse):
    """Reaches everything with Tab and works it with the keys."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        watch_for_files(page)

    def choose(self, name: str, value: str) -> None:
        """Choose one of several: Space on the first, arrows to the others."""
        self._reach(self.page.locator(f'input[name="{name}"]'))
        self.page.keyboard.press("Space")
        self._settle()
        for _ in range(20):
            if self.page.locator(f'input[name="{name}"][value="{value}"]').is_checked():
                return
            self._reach(self.page.locator(f'input[name="{name}"]'))
            self.page.keyboard.press("ArrowDown")
            self._settle()
        raise AssertionError(f"the keyboard cannot choose {value} of {name}")

    def select(self, name: str, value: str) -> None:
        """Go down a list until the value stands there."""
        box = self.page.locator(f'select[name="{name}"]')
        self._reach(box)
        for _ in range(100):
            if box.input_value() == value:
                break
            self.page.keyboard.press("ArrowDown")
        self._settle()

    def write(self, name: str, text: str) -> None:
        """Type what stands in place of all that was there."""
        self._reach(self.page.locator(f'[name="{name}"]'))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Escape")
        self._settle()

    def attach(self, name: str, file: str) -> None:
        """Open the file chooser with Enter."""
        self._reach(self.page.locator(f'input[name="{name}"]'))
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)
        self._settle()

    def press(self, target: str) -> None:
        """Press with Enter."""
        self._reach(self.page.locator(target).first)
        with self.page.expect_navigation(timeout=NAVIGATION_MILLISECONDS):
            self.page.keyboard.press("Enter")
        self._settle()

    def _reach(self, wanted: Locator) -> None:
        for _ in range(MOST_TABS):
            if wanted.evaluate_all("all => all.includes(document.activeElement)"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {wanted}")
