"""What the mother does at the screen, step by step; `act` says with which hands: pointer or keyboard."""

from collections.abc import Callable, Mapping
from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

MOST_TABS = 150
OUTLINED = """['', '::after'].some(
  part => getComputedStyle(document.activeElement, part).outlineStyle !== 'none')"""  # a card's link covers the card
BY_HAND: Mapping[str, str] = {
    "mother.marital_status": "20",
    "mother.household_region": "杭州市西湖区北山街道",
    "father.id_number": "330106198903034516",
    "child.name": "王小宝",
    "child.sex": "2",
    "child.birth_date": "2026-11-20",
    "child.household_region": "杭州市西湖区北山街道",
    "child.native_place": "杭州",
    "child.chosen_bank": "a",
}
"""Everything that the form asks when no register answers; the father's name may yet be found by his number."""

Look = Callable[[Page, str], None]


class Hands(Protocol):
    """A way to use a page."""

    def press(self, button: Locator) -> None:
        """Press a button or follow a link."""

    def choose(self, radio: Locator) -> None:
        """Choose one of several."""

    def tick(self, box: Locator) -> None:
        """Tick a box."""

    def write(self, control: Locator, text: str) -> None:
        """Write into a control."""


class Pointer:
    """A mouse or a finger."""

    def press(self, button: Locator) -> None:
        button.click()

    def choose(self, radio: Locator) -> None:
        radio.check()

    def tick(self, box: Locator) -> None:
        box.check()

    def write(self, control: Locator, text: str) -> None:
        control.fill(text)
        control.blur()


class Keyboard:
    """Tab, arrows, space and Enter; whatever has the focus must show it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, button: Locator) -> None:
        self.reach(button)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, radio: Locator) -> None:
        group = self.page.locator(f"input[type=radio][name='{radio.get_attribute('name')}']")
        self.reach(group)
        self.page.keyboard.press("Space")
        for _other in range(group.count()):
            if radio.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        expect(radio).to_be_checked()

    def tick(self, box: Locator) -> None:
        self.reach(box)
        self.page.keyboard.press("Space")

    def write(self, control: Locator, text: str) -> None:
        self.reach(control)
        if control.get_attribute("type") == "date":
            self._write_date(control, text)
        else:
            self.page.keyboard.type(text)

    def _write_date(self, control: Locator, text: str) -> None:
        """Write a date in the order in which this browser has its parts."""
        year, month, day = text.split("-")
        for parts in ((month, day, year), (year, "→", month, day)):
            for part in parts:
                self.page.keyboard.press("ArrowRight") if part == "→" else self.page.keyboard.type(part)
            if control.input_value() == text:
                return
            for _part in parts:
                self.page.keyboard.press("ArrowLeft")
        pytest.fail(f"{text} could not be typed into {control}.")

    def reach(self, target: Locator) -> None:
        """Press Tab until one of these has the focus."""
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if target.evaluate_all("all => all.includes(document.activeElement)"):
                assert self.page.evaluate(OUTLINED)
                return
        pytest.fail(f"Tab never came to {target}.")


def sign_in(page: Page, hands: Hands, name: str = "王芳") -> None:
    """From any page that offers it: choose a resident."""
    hands.press(page.get_by_role("button", name=f"以{name}的身份登录"))


def start(page: Page, hands: Hands, look: Look) -> None:
    """From home to the form: search, look at the event, start, sign in, agree to the look-ups."""
    page.goto("/")
    look(page, "home")
    hands.write(page.get_by_role("searchbox"), "给宝宝上户口")
    hands.press(page.get_by_role("button", name="搜索"))
    hands.press(page.get_by_role("link", name="出生一件事"))
    expect(page.get_by_role("heading", level=1, name="出生一件事")).to_be_visible()
    look(page, "event")
    hands.press(page.get_by_role("button", name="开始办理"))
    look(page, "sign-in")
    sign_in(page, hands)
    hands.press(page.get_by_role("button", name="开始办理"))
    expect(page.get_by_role("heading", level=1, name="查得到的，不用您填")).to_be_visible()
    look(page, "consent")
    hands.press(page.get_by_role("button", name="同意，去填表"))
    expect(page.get_by_role("heading", level=1, name="出生一件事")).to_be_visible()


def fill_in(page: Page, hands: Hands, answers: Mapping[str, str] = BY_HAND) -> None:
    """Answer question after question, those that appear with an answer too."""
    for field, answer in answers.items():
        radio = page.locator(f"input[type=radio][name='{field}'][value='{answer}']")
        if radio.count():
            hands.choose(radio)
            if field == "mother.marital_status":
                _follow_up(page, hands)
        else:
            hands.write(page.locator(f"[name='{field}']"), answer)


def _follow_up(page: Page, hands: Hands) -> None:
    """The answer brings further questions; without scripts, a button brings them."""
    more = page.get_by_role("button", name="更新后面的问题")
    if more.count():
        hands.press(more)
    expect(page.locator("[name='father.id_number']")).to_be_visible()


def submit(page: Page, hands: Hands, look: Look) -> str:
    """From the filled form to the application's number."""
    hands.press(page.get_by_role("button", name="下一步：核对"))
    expect(page.get_by_role("heading", level=1, name="核对一遍，没错就提交")).to_be_visible()
    look(page, "check")
    hands.tick(page.get_by_role("checkbox"))
    hands.press(page.get_by_role("button", name="提交申请"))
    expect(page.get_by_role("heading", level=1, name="提交成功")).to_be_visible()
    look(page, "submitted")
    number = page.locator("strong.number").inner_text()
    hands.press(page.get_by_role("link", name="看办理进度"))
    return number


def supply(page: Page, hands: Hands, look: Look) -> None:
    """From the progress: answer what no register could give after all."""
    hands.press(page.get_by_role("link", name="去补充"))
    look(page, "missing")
    hands.write(page.get_by_label("父亲的姓名"), "李强")
    hands.press(page.get_by_role("button", name="提交补充"))
    expect(page.get_by_text("补充已经送到")).to_be_visible()


def rate(page: Page, hands: Hands, look: Look) -> None:
    """From the progress: say how the first ended case was handled."""
    hands.press(page.get_by_role("link", name="评一评这次办理").first)
    look(page, "rating")
    hands.choose(page.get_by_role("radio", name="非常满意"))
    hands.write(page.get_by_label("还有什么想说的？"), "没跑一趟")
    hands.press(page.get_by_role("button", name="提交评价"))
    expect(page.get_by_text("谢谢您的评价")).to_be_visible()
