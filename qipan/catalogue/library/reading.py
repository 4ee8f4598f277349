"""The state of reading one library: what is wrong so far, where everything stands, and what values are of which type."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from qipan.catalogue.library import marked_yaml as yaml
from qipan.core.declarations import PartySlot, Position
from qipan.core.elements import Element, ElementType, Field, element_name
from qipan.core.plan import Problem
from qipan.core.predicates import Predicate

Path = tuple[str, ...]
Pair = tuple[yaml.Scalar, yaml.Node]


class Positions(Mapping[Path, Position]):
    """Where each declaration, key and item stands; lines are kept as numbers, for a province has a million of them."""

    def __init__(self) -> None:
        self.files: dict[Path, str] = {}
        self.lines: dict[Path, int] = {}

    def __getitem__(self, path: Path) -> Position:
        return Position(self.files[path[:2]], self.lines[path])

    def __iter__(self) -> Iterator[Path]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


class Misshapen(Exception):
    """A node that is not of its shape; ``what`` and ``values`` are for the face's sentence."""

    def __init__(self, node: yaml.Node, what: str, **values: object) -> None:
        super().__init__(what)
        self.node, self.what, self.values = node, what, values


class Unfit(Exception):
    """Values that each are well-shaped and do not fit together, found where a record is made; ``key`` is where to look."""

    def __init__(self, what: str, key: str, **values: object) -> None:
        super().__init__(what)
        self.what, self.key, self.values = what, key, values


class Reported(Exception):
    """What holds a misshapen node is not whole; the node itself is already among the problems.

    ``rest`` is what could be built without it, None where nothing could; the names in it are still worth checking.
    """

    def __init__(self, rest: Any = None) -> None:
        super().__init__()
        self.rest = rest


@dataclass
class Reading:
    """The state of reading one library: what is found so far, and what the current declaration says about itself."""

    elements: dict[str, Element] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    positions: Positions = field(default_factory=Positions)
    file: str = ""
    parties: Mapping[str, PartySlot] = field(default_factory=dict)
    situations: Mapping[str, Predicate] = field(default_factory=dict)
    situations_below: frozenset[str] = frozenset()
    value_type: ElementType | None = None
    fields_read: dict[str, Field] = field(default_factory=dict)
    predicates_read: dict[str, Predicate] = field(default_factory=dict)

    def begin(self) -> None:
        """Forget the last declaration's parties and situations."""
        self.parties, self.situations, self.value_type = {}, {}, None
        self.situations_below = frozenset()

    def at(self, node: yaml.Node) -> Position:
        return Position(self.file, node.line)

    def refuse(self, error: Misshapen, path: Path) -> None:
        """Write a misshapen node down; a list or mapping stands where its name does."""
        at = self.at(error.node)
        if type(error.node) is not yaml.Scalar:
            at = self.positions.get(path, at)
        self.problems.append(
            Problem("syntax", "error", at, {"what": error.what, "where": path, **error.values})
        )

    def rest(self, error: Misshapen | Reported, path: Path) -> Any:
        """What is left of a misshapen part of a declaration, None where nothing is; the part is then written down."""
        if isinstance(error, Reported):
            return error.rest
        self.refuse(error, path)
        return None

    def duplicate(self, path: Path, again: Position, first: Position) -> None:
        """Write down that something is declared twice."""
        self.problems.append(
            Problem("duplicate", "error", again, {"name": path[-1], "where": path}, (first,))
        )

    def speak_of(self, about: Field) -> None:
        """From here on, values are of this field's type, where its element is known."""
        slot = self.parties.get(about.party)
        element = self.elements.get(element_name(slot.kind, about.word)) if slot else None
        self.value_type = element.type if element else None


def pairs(node: yaml.Node, reading: Reading, path: Path) -> tuple[dict[str, Pair], bool]:
    """Index a mapping by its keys' texts; keys said twice are written down, and the second value is then True."""
    if type(node) is not yaml.Mapping:
        raise Misshapen(node, "expected", expected="mapping", **found(node))
    given = {key.value: (key, value) for key, value in node.pairs() if type(key) is yaml.Scalar}
    if len(given) * 2 == len(node.value):
        return given, False
    return _first_pairs(node, reading, path), True


def _first_pairs(node: yaml.Mapping, reading: Reading, path: Path) -> dict[str, Pair]:
    """Write down keys that are no texts, and those said twice, of which the first counts."""
    given: dict[str, Pair] = {}
    for key, value in node.pairs():
        if type(key) is not yaml.Scalar:
            reading.refuse(Misshapen(key, "expected", expected="key", **found(key)), path)
        elif key.value in given:
            reading.duplicate((*path, key.value), reading.at(key), reading.at(given[key.value][0]))
        else:
            given[key.value] = (key, value)
    return given


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The declared words that look most like this one."""
    return tuple(difflib.get_close_matches(word, list(known), n=3, cutoff=0.75))


def found(node: yaml.Node) -> dict[str, str]:
    """What stands in a node's place, for the face's sentence: its sort, and a scalar's own text."""
    if type(node) is yaml.Scalar:
        return {"sort": "text" if node.value or node.quoted else "nothing", "found": node.value[:80]}
    return {"sort": "list" if type(node) is yaml.Sequence else "mapping", "found": ""}


def text_or_empty(node: yaml.Node) -> str:
    """The text of a scalar, or of the first scalar of a list."""
    if type(node) is yaml.Sequence and node.value:
        node = node.value[0]
    return node.value if type(node) is yaml.Scalar else ""
