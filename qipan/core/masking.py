"""Masking: showing a value so that whoever knows it recognises it, and nobody else learns it.

What is hidden depends on the kind of element. A masked value is a `Masked` and no `Value`: nothing that takes facts takes it for one.
"""

from enum import StrEnum
from typing import NamedTuple

from qipan.core.elements import Element, ElementType, Value

GRADE_TO_MASK = 3  # personal and sensitive; 1 is public, 4 is core
NUMBER = 11  # characters from which a text is a number: of a person, an account, a phone
HIDDEN = "***"


class Likeness(StrEnum):
    """What a masked value still looks like."""

    TEXT = "text"
    """``王*``, ``欧***``, ``330***********1234``, ``138****1234``: by length, the beginning, of a number the end too."""
    PLACE = "place"
    """``3301********``: the city."""
    DATE = "date"
    """``1990-**-**``: the year."""
    NOTHING = "nothing"
    """``***``: not even its length."""


class Masked(NamedTuple):
    """A value that is hidden as far as ``likeness`` says; ``text`` is all that is left of it."""

    text: str
    likeness: Likeness


def mask(value: Value, element: Element) -> Masked:
    """Hide a value by the kind of its element."""
    likeness = likeness_of(element)
    return Masked(_masked(str(value), likeness), likeness)


def likeness_of(element: Element) -> Likeness:
    """What is left of an element's values."""
    if element.type is ElementType.DATE:
        return Likeness.DATE
    if element.type is not ElementType.TEXT:
        return Likeness.NOTHING
    return Likeness.PLACE if "region" in element.checks.formats else Likeness.TEXT


def masked(value: Value, grade: int) -> str:
    """Hide a text on its owner's own screen, where others may look over a shoulder: from grade 3 on."""
    text = str(value)
    return text if grade < GRADE_TO_MASK else _masked(text, Likeness.TEXT)


def _masked(text: str, likeness: Likeness) -> str:
    match likeness:
        case Likeness.NOTHING:
            return HIDDEN
        case Likeness.DATE:
            return f"{text[:4]}-**-**"
        case Likeness.PLACE:
            return _stars(text, min(4, len(text) // 2), 0)
        case Likeness.TEXT:
            return _stars(text, *_shown(len(text)))


def _stars(text: str, head: int, tail: int) -> str:
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def _shown(length: int) -> tuple[int, int]:
    """How many characters may be seen at the beginning and at the end."""
    if length >= NUMBER:
        return 3, 4
    return (min(2, length // 3), 0) if length > 3 else (1 if length > 1 else 0, 0)  # noqa: PLR2004 -- names
