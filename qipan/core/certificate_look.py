"""What a certificate looks like on A4: a frame in its colour, its title, who it is about, a code to scan, and the seal over the issuer.

The library says of each kind which way the paper lies, its colour and the sentence above the facts.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from qipan.core.declarations import Paper, Tint
from qipan.core.sheets import Colour, Fill, Mark, Measure, Pen, Picture, Place, Sheet, Stroke

LONG, SHORT = 297.0, 210.0  # millimetres of A4
INK: Colour = (28, 32, 34)
SOFT: Colour = (96, 104, 106)
HAIR: Colour = (205, 210, 210)
SEAL = 42.0  # millimetres across, as agencies' round seals are
CODE = 30.0
TINTS: dict[Tint, Colour] = {
    Tint.RED: (158, 27, 27),
    Tint.BLUE: (28, 72, 128),
    Tint.GREEN: (24, 94, 60),
    Tint.TEAL: (11, 96, 102),
}
VERIFY = ("扫码核验真伪", "Scan to verify")


class Content(NamedTuple):
    """What stands on it, in words; ``code`` is the QR code as PNG, ``notes`` are small lines at the foot."""

    title: str
    subtitle: str
    number: str
    preamble: str
    facts: Sequence[tuple[str, str]]
    issuer: str
    issued_on: str
    valid: str
    notes: Sequence[str]
    code: bytes


class Frame(NamedTuple):
    """A page's size and the edges of its text, in millimetres."""

    width: float
    height: float
    left: float
    right: float
    columns: int

    @property
    def middle(self) -> float:
        """Half way across."""
        return self.width / 2

    @property
    def seal(self) -> Place:
        """Where the seal is put."""
        return Place(self.right - SEAL - 6, self.height - 74, SEAL, SEAL)


PORTRAIT = Frame(SHORT, LONG, 32, SHORT - 32, 1)
_FRAMES = {Paper.PORTRAIT: PORTRAIT, Paper.LANDSCAPE: Frame(LONG, SHORT, 36, LONG - 36, 2)}


def composed(content: Content, paper: Paper, tint: Tint, measure: Measure) -> Sheet:
    """Set a certificate on its page; a long text makes rows closer, never smaller than can be read."""
    frame, colour = _FRAMES[paper], TINTS[tint]
    top = 46.0 if frame.columns == 1 else 38.0
    foot = frame.height - 78 if frame.columns == 1 else frame.height - 70
    marks: list[Mark] = [*border(frame, colour)]
    marks += heading(content, frame, colour, top, measure)
    marks += _facts(content, frame, top + 32, foot, measure)
    marks += signing(content, frame, measure)
    return Sheet(frame.width, frame.height, tuple(marks), frame.seal)


def border(frame: Frame, colour: Colour) -> Iterator[Mark]:
    """Three lines around the page, with knots at its corners."""
    for inset, width in ((11.0, 1.1), (13.2, 0.25), (15.0, 0.25)):
        right, bottom = frame.width - inset, frame.height - inset
        corners = ((inset, inset), (right, inset), (right, bottom), (inset, bottom), (inset, inset))
        for start, end in pairwise(corners):
            yield Stroke(start, end, width, colour)
    knots = [
        (x - 1.8, y - 1.8, 3.6, 3.6) for x in (14.1, frame.width - 14.1) for y in (14.1, frame.height - 14.1)
    ]
    yield Fill(tuple(knots), colour)


def heading(content: Content, frame: Frame, colour: Colour, y: float, measure: Measure) -> Iterator[Mark]:
    """The title, as large as there is room, its translation and the number beneath; 19 mm from the title's line."""
    room = frame.right - frame.left
    size = next(
        (
            one
            for one in (12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0)
            if Pen("serif", one, colour, measure, 0.18).width(content.title) <= room
        ),
        5.0,
    )
    yield Pen("serif", size, colour, measure, 0.18).centred(frame.middle, y, content.title)
    yield Pen("serif", 4.2, SOFT, measure).centred(frame.middle, y + 9, content.subtitle)
    yield Stroke((frame.middle - 22, y + 13.5), (frame.middle + 22, y + 13.5), 0.3, colour)
    yield Pen("sans", 2.9, SOFT, measure).centred(frame.middle, y + 19, content.number)


def _facts(content: Content, frame: Frame, y: float, foot: float, measure: Measure) -> Iterator[Mark]:
    if content.preamble:
        pen = Pen("serif", 4.6, INK, measure)
        for line in pen.wrapped(content.preamble, frame.right - frame.left):
            yield pen.at(frame.left, y, line)
            y += 7.6
        y += 3
    gap = 12.0
    room = (frame.right - frame.left - gap * (frame.columns - 1)) / frame.columns
    count = -(-len(content.facts) // frame.columns)
    for place in range(frame.columns):
        left = frame.left + place * (room + gap)
        part = content.facts[place * count : (place + 1) * count]
        yield from column(part, left, room, (y, foot), measure)


def column(
    facts: Sequence[tuple[str, str]], left: float, room: float, span: tuple[float, float], measure: Measure
) -> Iterator[Mark]:
    """Titles and values with hairlines between, from the top of a span towards its foot."""
    label_room = room * 0.34
    labels, values = Pen("sans", 3.4, SOFT, measure), Pen("serif", 4.6, INK, measure)
    rows = [
        (labels.wrapped(label, label_room), values.wrapped(value, room - label_room - 3))
        for label, value in facts
    ]
    lines = sum(max(len(label), len(value)) for label, value in rows)
    y, foot = span
    leading = 6.4
    padding = max(1.6, min(5.4, (foot - y - lines * leading) / max(len(rows), 1)))
    for label, value in rows:
        for place, line in enumerate(label):
            yield labels.at(left, y + place * leading, line)
        for place, line in enumerate(value):
            yield values.at(left + label_room + 3, y + place * leading, line)
        y += max(len(label), len(value)) * leading
        yield Stroke((left, y - 3.2), (left + room, y - 3.2), 0.15, HAIR)
        y += padding


def signing(content: Content, frame: Frame, measure: Measure) -> Iterator[Mark]:
    """The lower part: the issuer where the seal goes, the code to scan, the notes at the foot."""
    seal = frame.seal
    middle = seal.x + seal.width / 2
    room = 2 * (frame.width - 20 - middle)
    name = next(
        (
            pen
            for pen in (Pen("serif", size, INK, measure) for size in (5.2, 4.6, 4.0, 3.4))
            if pen.width(content.issuer) <= room
        ),
        Pen("serif", 2.8, INK, measure),
    )
    yield name.centred(middle, seal.y + 22, content.issuer)
    yield Pen("serif", 4.6, INK, measure).centred(middle, seal.y + 31, content.issued_on)
    if content.valid:
        yield Pen("sans", 3.2, SOFT, measure).centred(middle, seal.y + SEAL + 4.5, content.valid)
    code = Place(frame.left, seal.y + 3, CODE, CODE)
    yield Picture(code, content.code)
    pen = Pen("sans", 3.0, SOFT, measure)
    for place, line in enumerate(VERIFY):
        yield pen.centred(code.x + CODE / 2, code.y + CODE + 4.5 + place * 4.2, line)
    small = Pen("sans", 2.6, SOFT, measure)
    for place, line in enumerate(content.notes):
        yield small.centred(frame.middle, frame.height - 22.5 + place * 4, line)
