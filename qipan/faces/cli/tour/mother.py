"""The mother's part: from the life event's page to a number, and later to the results and a rating."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qipan.faces.cli.tour.visitor import File, Form, Page, UnableToGoOn, Visitor

EVENT = "newborn"
MOTHER = "林晓雯"
ANSWERS: Mapping[str, str] = {
    "child.name": "陈一诺",
    "child.parent_side": "1",
    "child.card_collection": "1",
    "child.ethnicity": "01",
    "child.native_place": "浙江省杭州市西湖区",
    "child.relation_to_head": "20",
    "child.delivery_address": "浙江省杭州市西湖区文三路108号3幢2单元501室",
}
ROUNDS = 6
TRIES = 3
SAVING = re.compile(
    r"<dt>([^<]+)</dt>.*?<strong>([\d,]+)</strong>([^<]*)</span>.*?saving-before\">[^\d]*([\d,]+)", re.DOTALL
)
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """One saving as the event's page states it."""

    what: str
    before: int
    after: int
    unit: str


class Mother:
    """The mother at her browser, or another one of the cast."""

    def __init__(self, base: str, language: str, name: str = MOTHER) -> None:
        self.visitor, self._name = Visitor(base, language), name

    def sign_in(self) -> None:
        """Choose herself among the sample residents."""
        page = self.visitor.open(f"/sign-in/?q={self._name}")
        form = next(
            (form for form in page.forms if any(name == "person" for name, _, _ in form.buttons)), None
        )
        if form is None:
            raise UnableToGoOn(f"{page.address} offers nobody called {self._name}")
        self.visitor.send(page, form, button="person")

    def savings(self) -> list[Saved]:
        """Read from the event's page what is saved."""
        source = self.visitor.open(f"/events/{EVENT}/").source
        return [
            Saved(what.strip(), _whole(before), _whole(after), unit.strip())
            for what, after, unit, before in SAVING.findall(source)
        ]

    def consent(self) -> Page:
        """Begin the form and agree to every look-up; where a register did not answer, have it asked again."""
        page = self.visitor.open(f"/events/{EVENT}/")
        page = self.visitor.send(page, page.form("/start/"))
        page = self.visitor.send(page, _main_form(page)) if page.address.endswith("/consent/") else page
        for _again in range(TRIES):
            form = _main_form(page)
            if not any(name == "again" for name, _, _ in form.buttons):
                break
            page = self.visitor.send(page, form, button="again")
        return page

    def fill(self, page: Page) -> tuple[Page, dict[str, str]]:
        """Answer what is asked, as often as answers bring new questions; gives the page to check, and all answers."""
        given: dict[str, str] = {}
        for _round in range(ROUNDS):
            form = _main_form(page)
            answers = _answers(form)
            given |= answers
            page = self.visitor.send(page, form, answers, files=_files(form), button="check")
            if "/check/" in page.address:
                return page, given
        raise UnableToGoOn(f"the form is not content with {given}: {page.words[:800]}")

    def submit(self, page: Page) -> str:
        """Declare and submit; gives the application's number."""
        page = self.visitor.send(page, page.form("/submit/"), {"declared": "yes"})
        found = re.search(r"QP-[0-9A-Z-]+", page.address)
        if found is None:
            raise UnableToGoOn(f"{page.address} shows no number")
        return found.group()

    def progress(self, number: str) -> Page:
        """Look at how it goes."""
        return self.visitor.open(f"/applications/{number}/")

    def results(self, number: str) -> Page:
        """Look at what came of it."""
        return self.visitor.open(f"/applications/{number}/results/")

    def rate(self, number: str) -> str:
        """Rate the first case that can be rated; gives its address."""
        address = self.progress(number).link("/rating/")
        page = self.visitor.open(address)
        form = _main_form(page)
        score = next(name for name, control in form.controls.items() if control.kind == "radio")
        self.visitor.send(page, form, {score: "5"})
        return address


def _main_form(page: Page) -> Form:
    """The form of the page's own matter: the one with the most controls."""
    return max(page.forms, key=lambda form: len(form.controls))


def _answers(form: Form) -> dict[str, str]:
    """Answer each question that has no answer yet: as the story says, else with the first choice."""
    open_questions = {
        name: control
        for name, control in form.controls.items()
        if re.fullmatch(r"[a-z_]+\.[a-z_]+", name) and not any(control.chosen)
    }
    answers = {
        name: ANSWERS.get(name) or next((value for value in control.values if value), "")
        for name, control in open_questions.items()
    }
    if missing := [name for name, value in answers.items() if not value]:
        raise UnableToGoOn(
            f"the form asks for {', '.join(missing)}, which registers of the sample know: they were slow, or are not running."
            " Try again; on a slow machine start the demo with QIPAN_PATIENCE=10."
            " 样例业务库没有及时答复，请再试；机器较慢时请用 QIPAN_PATIENCE=10 启动演示。"
        )
    return answers


def _files(form: Form) -> dict[str, File]:
    """A page of paper for each document asked for."""
    return {
        name: (f"{name.split()[-1]}.pdf", PDF, "application/pdf")
        for name, control in form.controls.items()
        if control.kind == "file"
    }


def _whole(text: str) -> int:
    return int(text.replace(",", ""))
