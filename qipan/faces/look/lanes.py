"""Draws what waits for what as lines beside a list, as in a railway map: it fits a phone, and reads as a list without the lines.

Rows stand in an order in which they can start. Each line runs down one of a few lanes from a step to one that waits for it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LANE = 22  # between two lanes
EDGE = 11  # beside the first and the last
HEAD = 44  # the part of a row with the stop in it; the rest stretches with the text
STOP = 22  # how far down the stop stands
TAIL = 10


class Step(NamedTuple):
    """One row: its key, the keys it waits for, how it is coloured, and what is written beside it."""

    key: str
    after: tuple[str, ...]
    tone: str
    item: object


class Line(NamedTuple):
    """An SVG path; `main` for the longest way."""

    path: str
    main: bool


class Row(NamedTuple):
    """`lines` are drawn in the head, around the stop at `x`; `tails` run on beside the rest of the text."""

    key: str
    item: object
    tone: str
    x: int
    lines: tuple[Line, ...]
    tails: tuple[Line, ...]


class Track(NamedTuple):
    """All rows, in drawing units: `width` for every lane."""

    rows: tuple[Row, ...]
    width: int


class _Lane(NamedTuple):
    target: str
    main: bool


@dataclass
class _Board:
    lanes: list[_Lane | None] = field(default_factory=list)

    def leading_to(self, key: str) -> list[int]:
        return [number for number, lane in enumerate(self.lanes) if lane and lane.target == key]

    def first_free(self) -> int:
        if None not in self.lanes:
            self.lanes.append(None)
        return self.lanes.index(None)

    def leave(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.lanes[number] = None

    def head_for(self, key: str, preferred: int, *, main: bool) -> int:
        """The lane that leads to `key`: the one that does already, else the preferred one if free, else a free one."""
        leading = self.leading_to(key)
        if leading:
            number = leading[0]
        else:
            free = self.lanes[preferred : preferred + 1] == [None]
            number = preferred if free else self.first_free()
        before = self.lanes[number]
        self.lanes[number] = _Lane(key, main or (before is not None and before.main))
        return number

    def tails(self) -> tuple[Line, ...]:
        return tuple(Line(_straight(n, 0, TAIL), lane.main) for n, lane in enumerate(self.lanes) if lane)


def draw(steps: Sequence[Step], main: Collection[str] = ()) -> Track:
    """Lay out steps given in an order in which each comes after all that it waits for; `main` names the longest way."""
    following = _following(steps)
    board = _Board()
    rows = tuple(_row(board, step, following[step.key], main) for step in steps)
    return Track(rows, 2 * EDGE + LANE * (len(board.lanes) - 1))


def _row(board: _Board, step: Step, followers: Iterable[str], main: Collection[str]) -> Row:
    arriving = board.leading_to(step.key)
    own = arriving[0] if arriving else board.first_free()
    lines = [
        Line(_curve(n, 0, own, STOP) if n in arriving else _straight(n, 0, HEAD), lane.main)
        for n, lane in enumerate(board.lanes)
        if lane
    ]
    board.leave(arriving)
    for follower in followers:
        on_main = step.key in main and follower in main
        number = board.head_for(follower, own, main=on_main)
        lines.append(Line(_curve(own, STOP, number, HEAD), on_main))
    lines.sort(key=lambda line: line.main)  # the longest way is drawn on top
    return Row(step.key, step.item, step.tone, _x(own), tuple(lines), board.tails())


def _following(steps: Sequence[Step]) -> Mapping[str, list[str]]:
    """Who comes next after each step, leaving out what already follows by way of another."""
    behind: dict[str, set[str]] = {}
    following: dict[str, list[str]] = {step.key: [] for step in steps}
    for step in steps:
        waits = [key for key in step.after if key in behind]
        for key in waits:
            if not any(key in behind[other] for other in waits):
                following[key].append(step.key)
        behind[step.key] = set(waits).union(*(behind[key] for key in waits))
    return following


def _x(lane: int) -> int:
    return EDGE + LANE * lane


def _straight(lane: int, top: int, bottom: int) -> str:
    return f"M{_x(lane)} {top}V{bottom}"


def _curve(start: int, top: int, end: int, bottom: int) -> str:
    if start == end:
        return _straight(start, top, bottom)
    middle = (top + bottom) // 2
    return f"M{_x(start)} {top}C{_x(start)} {middle} {_x(end)} {middle} {_x(end)} {bottom}"
