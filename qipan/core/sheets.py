"""A page that looks the same everywhere: texts, lines, shapes and the place of a seal, in millimetres from the upper left corner.

What is drawn is decided once; writers of PDF and OFD put it down in their formats.
"""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

Font = Literal["serif", "sans"]
Colour = tuple[int, int, int]
Measure = Callable[[Font, str], float]
"""The width of a character as a part of the text's size."""

_NO_START = frozenset("，。、；：！？）》」』】〉%’”")


class Writing(NamedTuple):
    """One line of text; ``x, y`` is where its baseline begins, ``advances`` lead from each character to the next.

    ``spacing`` is the part of each advance that is not the character's own width.
    """

    x: float
    y: float
    size: float
    font: Font
    colour: Colour
    text: str
    advances: tuple[float, ...]
    spacing: float = 0.0


class Stroke(NamedTuple):
    """A straight line."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    colour: Colour


class Fill(NamedTuple):
    """Rectangles of one colour: x, y, width, height."""

    boxes: tuple[tuple[float, float, float, float], ...]
    colour: Colour


class Place(NamedTuple):
    """A rectangle that something else fills."""

    x: float
    y: float
    width: float
    height: float


class Picture(NamedTuple):
    """A PNG that fills its place; a sheet has one at most."""

    place: Place
    png: bytes


Mark = Writing | Stroke | Fill | Picture


class Across(NamedTuple):
    """Lines of text beneath all else, on a page turned by so many degrees around its middle."""

    lines: tuple[Writing, ...] = ()
    slant: float = 0.0


class Sheet(NamedTuple):
    """One page; ``seal`` is where the seal is put on it. What stands across it is written in PDF alone."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    seal: Place
    across: Across = Across()


class Pen(NamedTuple):
    """How a text is written; ``spacing`` is added after each character, in parts of the size."""

    font: Font
    size: float
    colour: Colour
    measure: Measure
    spacing: float = 0.0

    def width(self, text: str) -> float:
        """How long a text is on the page."""
        return sum(self._advances(text)) - (self.spacing * self.size if text else 0)

    def at(self, x: float, y: float, text: str) -> Writing:
        """Write from the left."""
        advances = self._advances(text)[:-1]
        return Writing(x, y, self.size, self.font, self.colour, text, advances, self.spacing * self.size)

    def centred(self, x: float, y: float, text: str) -> Writing:
        """Write around a middle."""
        return self.at(x - self.width(text) / 2, y, text)

    def wrapped(self, text: str, room: float) -> list[str]:
        """Break a text into lines; Latin words stay whole where they fit, and no line begins with a closing mark."""
        lines, line, used = [], "", 0.0
        for piece in pieces(text):
            length = sum(self._advances(piece))
            if line and used + length > room and piece not in _NO_START:
                lines.append(line.rstrip())
                line, used = "", 0.0
            while used + length > room and len(piece) > 1:
                cut = max(1, next((n for n in range(len(piece), 0, -1) if self.width(piece[:n]) <= room), 1))
                lines.append(piece[:cut])
                piece = piece[cut:]  # noqa: PLW2901 -- what is left of it
                length = sum(self._advances(piece))
            if line or not piece.isspace():
                line, used = line + piece, used + length
        return [*lines, line.rstrip()] if line.strip() or not lines else lines

    def _advances(self, text: str) -> tuple[float, ...]:
        return tuple((self.measure(self.font, one) + self.spacing) * self.size for one in text)


def pieces(text: str) -> Iterable[str]:
    """Where a line may break: between Chinese characters, and between words."""
    word = ""
    for one in text:
        if one.isascii() and not one.isspace():
            word += one
            continue
        if word:
            yield word
            word = ""
        yield one
    if word:
        yield word
