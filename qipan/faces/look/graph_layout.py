"""Lays out boxes in columns, with smooth lines between them that pass the boxes in between."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

WIDTH: Final = 208
ACROSS: Final = 64
BETWEEN: Final = 14
THROUGH: Final = 10  # the height that a line takes where it passes a column
TOP: Final = 34
MARGIN: Final = 12
_SWEEPS: Final = 8


class Box(NamedTuple):
    """A box to place in a column, counted from 0."""

    key: str
    column: int
    height: int


class Edge(NamedTuple):
    """A line, as the path of an SVG."""

    source: str
    target: str
    path: str


class Drawing(NamedTuple):
    """Where everything stands: the left of each column, the top left of each box, the lines."""

    width: int
    height: int
    box_width: int
    columns: tuple[float, ...]
    places: Mapping[str, tuple[float, float]]
    edges: tuple[Edge, ...]


@dataclass
class _Grid:
    """Boxes and the points of passing lines, by columns in their order from the top."""

    columns: list[list[str]]
    heights: dict[str, int]
    neighbours: dict[str, list[str]] = field(default_factory=dict)
    tops: dict[str, float] = field(default_factory=dict)

    def join(self, left: str, right: str) -> None:
        self.neighbours.setdefault(left, []).append(right)
        self.neighbours.setdefault(right, []).append(left)

    def middle(self, key: str) -> float:
        return self.tops[key] + self.heights[key] / 2

    def stack(self, column: Sequence[str], height: float) -> None:
        """Put a column's boxes below each other, around the middle."""
        total = sum(self.heights[key] for key in column) + BETWEEN * (len(column) - 1)
        top = TOP + (height - total) / 2
        for key in column:
            self.tops[key] = top
            top += self.heights[key] + BETWEEN


def lay_out(boxes: Sequence[Box], after: Mapping[str, Iterable[str]]) -> Drawing:
    """Place boxes and draw a line to each from those that come before it; only lines that go forward are drawn."""
    columns = {box.key: box.column for box in boxes}
    grid = _Grid(
        [[] for _ in range(max(columns.values(), default=0) + 1)], {box.key: box.height for box in boxes}
    )
    for box in boxes:
        grid.columns[box.column].append(box.key)
    pairs = [(one, key) for key, ones in after.items() for one in ones if columns.get(one, 99) < columns[key]]
    chains = [_chain(grid, source, target, columns) for source, target in _needed(pairs)]
    height = max(sum(grid.heights[key] + BETWEEN for key in column) - BETWEEN for column in grid.columns)
    for column in grid.columns:
        grid.stack(column, height)
    for sweep in range(_SWEEPS):
        _order(grid, height, forward=sweep % 2 == 0)
    return _drawn(grid, boxes, chains, height)


def _needed(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out what already follows by way of others."""
    following: dict[str, set[str]] = {}
    for source, target in pairs:
        following.setdefault(source, set()).add(target)

    def reaches(start: str, goal: str) -> bool:
        seen, queue = {start}, [start]
        for key in queue:
            new = [other for other in following.get(key, ()) if other not in seen]
            seen.update(new)
            queue.extend(new)
        return goal in seen

    return [
        (source, target)
        for source, target in pairs
        if not any(other != target and reaches(other, target) for other in following[source])
    ]


def _chain(grid: _Grid, source: str, target: str, columns: Mapping[str, int]) -> list[str]:
    """The points of one line, one in each column that it crosses."""
    chain = [source]
    for column in range(columns[source] + 1, columns[target]):
        point = f"{source} {target} {column}"
        grid.columns[column].append(point)
        grid.heights[point] = THROUGH
        chain.append(point)
    chain.append(target)
    for left, right in pairwise(chain):
        grid.join(left, right)
    return chain


def _order(grid: _Grid, height: float, *, forward: bool) -> None:
    """Order each column by where its neighbours on one side stand."""
    place = {key: number for number, column in enumerate(grid.columns) for key in column}
    numbers = range(len(grid.columns)) if forward else reversed(range(len(grid.columns)))
    for number in numbers:

        def barycentre(key: str, number: int = number) -> float:
            beside = [one for one in grid.neighbours.get(key, ()) if (place[one] < number) is forward]
            return sum(map(grid.middle, beside)) / len(beside) if beside else grid.middle(key)

        grid.columns[number].sort(key=barycentre)
        grid.stack(grid.columns[number], height)


def _drawn(grid: _Grid, boxes: Sequence[Box], chains: Iterable[Sequence[str]], height: float) -> Drawing:
    lefts = tuple(MARGIN + number * (WIDTH + ACROSS) for number in range(len(grid.columns)))
    left_of = {key: lefts[number] for number, column in enumerate(grid.columns) for key in column}
    edges = tuple(Edge(chain[0], chain[-1], _path(grid, chain, left_of)) for chain in chains)
    places = {box.key: (left_of[box.key], round(grid.tops[box.key], 1)) for box in boxes}
    return Drawing(int(lefts[-1] + WIDTH + MARGIN), int(TOP + height + MARGIN), WIDTH, lefts, places, edges)


def _path(grid: _Grid, chain: Sequence[str], left_of: Mapping[str, float]) -> str:
    """From the right of the first box, straight through each point, to the left of the last box."""
    x, y = left_of[chain[0]] + WIDTH, grid.middle(chain[0])
    parts = [f"M{x:g} {y:.1f}"]
    for key in chain[1:]:
        end, level = left_of[key], grid.middle(key)
        bend = (x + end) / 2
        parts.append(f"C{bend:g} {y:.1f} {bend:g} {level:.1f} {end:g} {level:.1f}")
        if key != chain[-1]:
            end += WIDTH
            parts.append(f"H{end:g}")
        x, y = end, level
    return "".join(parts)
