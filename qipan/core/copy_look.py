"""What an annotated copy looks like on A4: the certificate's colour and frame, the chosen facts, and the terms in a box of their own.

Across the page stands, over and over, for whom and for what it is; it is written beneath all else, so that everything stays readable.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qipan.core.certificate_look import INK, PORTRAIT, SOFT, TINTS, Content, border, column, heading, signing
from qipan.core.declarations import Tint
from qipan.core.sheets import Across, Colour, Fill, Mark, Measure, Pen, Sheet, Stroke

WASH: Colour = (226, 230, 230)
SLANT = 30.0  # degrees
TOP, FOOT = 42.0, 212.0  # millimetres: the title's line, and where the signing begins
LABEL = 40.0
USUAL, CLOSE = (4.4, 6.6), (3.5, 5.0)  # size and leading of the terms, and of long ones
FEW = 6  # lines


class CopyContent(NamedTuple):
    """What stands on it besides what a certificate has: ``terms`` are pairs, ``only`` is written across the page."""

    content: Content
    part: str
    terms: Sequence[tuple[str, str]]
    only: str


def composed_copy(copy: CopyContent, tint: Tint, measure: Measure) -> Sheet:
    """Set an annotated copy on its page."""
    frame, colour = PORTRAIT, TINTS[tint]
    terms, height = _terms(copy.terms, colour, measure)
    marks: list[Mark] = [*border(frame, colour)]
    marks += heading(copy.content, frame, colour, TOP, measure)
    marks += _part(copy.part, TOP + 28, colour, measure)
    room = frame.right - frame.left
    marks += column(copy.content.facts, frame.left, room, (TOP + 42, FOOT - height - 6), measure)
    marks += terms
    marks += signing(copy.content, frame, measure)
    return Sheet(frame.width, frame.height, tuple(marks), frame.seal, _across(copy.only, measure))


def _part(said: str, y: float, colour: Colour, measure: Measure) -> Iterator[Mark]:
    """A band that says that this is a part."""
    pen = Pen("sans", 3.6, (255, 255, 255), measure)
    width = pen.width(said) + 12
    left = PORTRAIT.middle - width / 2
    yield Fill(((left, y - 5.2, width, 8.0),), colour)
    yield pen.centred(PORTRAIT.middle, y, said)


def _terms(terms: Sequence[tuple[str, str]], colour: Colour, measure: Measure) -> tuple[list[Mark], float]:
    """The terms between two lines that end above the signing; how high they are."""
    rows, (size, leading) = _rows(terms, measure)
    labels, values = Pen("sans", 3.2, SOFT, measure), Pen("serif", size, INK, measure)
    left, right = PORTRAIT.left, PORTRAIT.right
    height = leading * sum(len(lines) for _, lines in rows) + 3.6
    marks: list[Mark] = [Stroke((left, y), (right, y), 0.3, colour) for y in (FOOT - height, FOOT)]
    y = FOOT - height + leading
    for label, lines in rows:
        marks.append(labels.at(left + 2, y, label))
        for line in lines:
            marks.append(values.at(left + LABEL, y, line))
            y += leading
    return marks, height


def _rows(
    terms: Sequence[tuple[str, str]], measure: Measure
) -> tuple[list[tuple[str, list[str]]], tuple[float, float]]:
    """The terms in lines, closer where they are long."""
    room = PORTRAIT.right - PORTRAIT.left - LABEL - 6
    for style in (USUAL, CLOSE):
        pen = Pen("serif", style[0], INK, measure)
        rows = [(label, pen.wrapped(value, room)) for label, value in terms]
        if sum(len(lines) for _, lines in rows) <= FEW:
            break
    return rows, style


def _across(only: str, measure: Measure) -> Across:
    """Lines of the same words, each begun elsewhere, for a page that is turned by the slant."""
    pen = Pen("sans", 6.0, WASH, measure)
    words = f"{only}　　"
    step = pen.width(words) or 1.0
    lines = []
    for place, y in enumerate(range(-130, 430, 27)):
        x = -160.0 - (place % 2) * step / 2
        while x < PORTRAIT.width + 160:
            lines.append(pen.at(x, float(y), only))
            x += step
    return Across(tuple(lines), SLANT)
