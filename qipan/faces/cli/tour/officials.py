"""The officials' part: whoever has cases of this application waiting signs in and handles them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qipan.faces.cli.tour.visitor import Form, Page, UnableToGoOn, Visitor

SIGN_IN = "/desk/sign-in"
ACTS = ("accept", "grant", "deliver")
MOST_ACTS = 6


class Done(NamedTuple):
    """What an official did to a case."""

    official: str
    service: str
    act: str


def handle_all(base: str, language: str, number: str) -> Iterator[Done]:
    """Have an official of every agency listed with cases in hand do what can be done for the application now."""
    page = Visitor(base, language).open(SIGN_IN)
    for place in range(len(_entries(page))):
        visitor = Visitor(base, language)
        form = _entries(visitor.open(SIGN_IN))[place]
        official = re.sub(r"^.*?[:：]\s*", "", form.buttons[0][2])
        yield from _handle(visitor, visitor.send(page, form, button="official"), official, number)
        visitor.close()


def _entries(page: Page) -> list[Form]:
    """The sign-in forms, one for each agency; those with cases in hand come first."""
    return [form for form in page.forms if any(name == "official" for name, _, _ in form.buttons)]


def _handle(visitor: Visitor, inbox: Page, official: str, number: str) -> Iterator[Done]:
    inbox = visitor.open(f"/desk/?q={number}")
    cases = {address: text for address, text in inbox.links if "/desk/cases/" in address}
    for address, text in cases.items():
        for act in _acts(visitor, address):
            yield Done(official, text.partition(number)[0].strip(), act)


def _acts(visitor: Visitor, address: str) -> Iterator[str]:
    """Do with a case whatever it still needs, one act after another."""
    for _ in range(MOST_ACTS):
        page = visitor.open(address)
        act = next((act for act in ACTS if _form_for(page, act)), None)
        if act is None:
            return
        _send(visitor, page, act)
        yield act
    raise UnableToGoOn(f"{address} does not come to an end")


def _send(visitor: Visitor, page: Page, act: str) -> None:
    """Send the act's form, and confirm it where the desk asks for a second look."""
    form = _form_for(page, act)
    if form is None:
        return
    review = visitor.send(page, form)
    confirm = _form_for(review, act)
    if review.address.endswith(f"/{act}") and confirm is not None:
        visitor.send(review, confirm, button="reviewed")


def _form_for(page: Page, act: str) -> Form | None:
    return next((form for form in page.forms if form.action.endswith(f"/{act}")), None)
