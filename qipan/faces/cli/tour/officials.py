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


class _Entry(NamedTuple):
    """A way in: the form of an agency, and the official at its first button."""

    form: Form
    number: str
    name: str


def handle_all(base: str, language: str, number: str) -> Iterator[Done]:
    """Have an official of every agency listed do what can be done for the application now; who is busiest comes first."""
    seen: set[str] = set()
    while True:
        visitor = Visitor(base, language)
        page = visitor.open(SIGN_IN)
        entry = next((one for one in _entries(page) if one.number not in seen), None)
        if entry is None:
            visitor.close()
            return
        seen.add(entry.number)
        yield from _handle(visitor, visitor.send(page, entry.form, button="official"), entry.name, number)
        visitor.close()


def _entries(page: Page) -> Iterator[_Entry]:
    """The official listed first in each agency; as cases are handled, the order changes."""
    for form in page.forms:
        for name, number, text in form.buttons[:1]:
            if name == "official":
                yield _Entry(form, number, re.sub(r"^.*?[:：]\s*", "", text))


def _handle(visitor: Visitor, inbox: Page, official: str, number: str) -> Iterator[Done]:
    if not any(address.endswith("/desk/") for address, _text in inbox.links):
        return  # a post that handles no cases
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
