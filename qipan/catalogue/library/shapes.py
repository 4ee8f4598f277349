"""Shapes: what a piece of YAML must look like, said once; each reads a node into a value and describes itself in JSON Schema.

A shape raises ``Misshapen`` for its own node. Containers write down what their children raise and go on, so that one reading finds
everything that is wrong; they then raise ``Reported``, and the whole is not built.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final, Protocol

from qipan.catalogue.library import marked_yaml as yaml
from qipan.core.declarations import Level, PartySlot, Position
from qipan.core.elements import Element, ElementType, Field, Text
from qipan.core.plan import Problem
from qipan.core.predicates import Predicate
from qipan.core.predicates.tree import Constant

Path = tuple[str, ...]
Schema = dict[str, Any]
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

    def duplicate(self, path: Path, again: Position, first: Position) -> None:
        """Write down that something is declared twice."""
        self.problems.append(
            Problem("duplicate", "error", again, {"name": path[-1], "where": path}, (first,))
        )

    def speak_of(self, about: Field) -> None:
        """From here on, values are of this field's type, where its element is known."""
        slot = self.parties.get(about.party)
        element = self.elements.get(f"{slot.kind}.{about.word}") if slot else None
        self.value_type = element.type if element else None


_STAND_INS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("agency", "resource", "event", "service"), ""),
    **dict.fromkeys(("needs", "services", "keys", "gives", "facts", "levels", "met_by"), ()),
    "title": Text(""),
    "level": Level.COUNTY,
    "when": Constant(truth=True),
}
"""What stands in a misshapen declaration for what is required and not there; the empty name is never reported as unknown."""


class Shape(Protocol):
    """What a node must look like."""

    def read(self, node: yaml.Node, reading: Reading, path: Path, /) -> Any:
        """Read the node into its value; raises Misshapen or Reported."""

    def schema(self, definitions: Schema, /) -> Schema:
        """Describe the shape in JSON Schema; shapes with a name add themselves to ``definitions``."""


@dataclass(frozen=True)
class Key:
    """One key of a record: ``attribute`` where the declaration names it otherwise, ``then`` to tell the reading of its value."""

    shape: Shape
    description: str
    required: bool = False
    attribute: str = ""
    then: Callable[[Reading, Any], None] | None = None


@dataclass(frozen=True)
class Record:
    """A mapping with the given keys, read in the order given here; ``make`` gets the values by attribute.

    A ``named`` record also gets its ``name``, the last part of its path. Exactly one of ``one_of`` must be given. ``begin``
    prepares the reading for what stands inside; ``make_rest`` makes what is not whole, where ``make`` would refuse it.
    """

    title: str
    make: Callable[..., Any]
    keys: Mapping[str, Key]
    named: bool = False
    one_of: tuple[str, ...] = ()
    begin: Callable[[Reading], None] | None = None
    make_rest: Callable[..., Any] | None = None

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> Any:
        if self.begin is not None:
            self.begin(reading)
        given, failed = pairs(node, reading, path)
        if not given.keys() <= self.keys.keys():
            failed = self._refuse_unknown(given, reading, path)
        values: dict[str, Any] = {"name": path[-1]} if self.named else {}
        lines = reading.positions.lines
        for name, attribute, read, then, required in self._readers:
            pair = given.get(name)
            if pair is None:
                if required:
                    reading.refuse(Misshapen(node, "missing-key", key=name), path)
                    failed = True
                continue
            inner = (*path, name)
            lines[inner] = pair[0].line
            value, whole = _attempt(read, pair[1], reading, inner)
            failed = failed or not whole
            if whole or value is not None:
                values[attribute] = value
                if then is not None:
                    then(reading, value)
        if failed:
            raise Reported(self._rest(values))
        return self._made(node, values, reading, path)

    def _rest(self, values: dict[str, Any]) -> Any:
        """Make what is left of a record; None where what is missing has no stand-in."""
        for _, attribute, _, _, required in self._readers:
            if required and attribute in _STAND_INS:
                values.setdefault(attribute, _STAND_INS[attribute])
        try:
            return (self.make_rest or self.make)(**values)
        except (Unfit, TypeError, ValueError, StopIteration):
            return None

    @cached_property
    def _readers(
        self,
    ) -> tuple[tuple[str, str, Callable[..., Any], Callable[[Reading, Any], None] | None, bool], ...]:
        return tuple(
            (name, key.attribute or name, key.shape.read, key.then, key.required)
            for name, key in self.keys.items()
        )

    def _refuse_unknown(self, given: Mapping[str, Pair], reading: Reading, path: Path) -> bool:
        """Write the keys down that nothing is known of; one without a value is mostly the rest of a text after its comma."""
        for name, (key, value) in given.items():
            if name not in self.keys:
                what = "unquoted-comma" if found(value)["sort"] == "nothing" else "unknown-key"
                reading.refuse(Misshapen(key, what, key=name, nearest=nearest(name, self.keys)), path)
        return True

    def _made(self, node: yaml.Node, values: dict[str, Any], reading: Reading, path: Path) -> Any:
        if self.one_of and sum(name in values for name in self.one_of) != 1:
            raise Misshapen(node, "choose-one", choices=self.one_of)
        try:
            return self.make(**values)
        except Unfit as error:
            reading.refuse(Misshapen(node, error.what, **error.values), (*path, error.key))
            raise Reported(self._rest(values)) from None

    def schema(self, definitions: Schema) -> Schema:
        if self.title not in definitions:
            definitions[self.title] = {}
            definitions[self.title] = self._own_schema(definitions)
        return {"$ref": f"#/definitions/{self.title}"}

    def _own_schema(self, definitions: Schema) -> Schema:
        own: Schema = {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: described(key.shape.schema(definitions), key.description)
                for name, key in self.keys.items()
            },
        }
        required = [name for name, key in self.keys.items() if key.required]
        if required:
            own["required"] = required
        if self.one_of:
            own["oneOf"] = [{"required": [name]} for name in self.one_of]
        return own


def _attempt(read: Callable[..., Any], node: yaml.Node, reading: Reading, path: Path) -> tuple[Any, bool]:
    """Read a part of a declaration; where it is misshapen, give what is left of it and False."""
    try:
        return read(node, reading, path), True
    except Misshapen as error:
        reading.refuse(error, path)
        return None, False
    except Reported as error:
        return error.rest, False


@dataclass(frozen=True)
class ShortRecord:
    """A record, or, where only its ``main`` key is to be said, that key's value alone; ``expected`` names it to people."""

    record: Record
    main: str
    short: Shape | None = None
    expected: str = ""

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> Any:
        if type(node) is yaml.Sequence and self.expected:
            raise Misshapen(node, "expected", expected=self.expected, **found(node))
        if type(node) is not yaml.Scalar:
            return self.record.read(node, reading, path)
        key = self.record.keys[self.main]
        value = (self.short or key.shape).read(node, reading, path)
        values = {key.attribute or self.main: value}
        if self.record.named:
            values["name"] = path[-1]
        return self.record.make(**values)

    def schema(self, definitions: Schema) -> Schema:
        short = self.short or self.record.keys[self.main].shape
        return {"anyOf": [short.schema(definitions), self.record.schema(definitions)]}


@dataclass(frozen=True)
class ListOf:
    """A list; an item's place in a path is its text, or that of the first of its ``labels`` keys, or its number.

    ``spelled`` brings that text into its one spelling.
    """

    item: Shape
    labels: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None
    collect: Callable[[Iterable[Any]], Any] = tuple
    spelled: Callable[[str], str] = str

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> Any:
        if type(node) is not yaml.Sequence:
            raise Misshapen(node, "expected", expected="list", **found(node))
        if not self.least <= len(node.value) <= (self.most or len(node.value)):
            raise Misshapen(node, "count", least=self.least, most=self.most, count=len(node.value))
        values: list[Any] = []
        failed = False
        lines, read = reading.positions.lines, self.item.read
        for number, item in enumerate(node.value, 1):
            inner = (*path, self._label(item) or str(number))
            lines.setdefault(inner, item.line)
            value, whole = _attempt(read, item, reading, inner)
            failed = failed or not whole
            if whole or value is not None:
                values.append(value)
        if failed:
            raise Reported(self.collect(values))
        return self.collect(values)

    def _label(self, item: yaml.Node) -> str:
        if type(item) is yaml.Scalar:
            return self.spelled(item.value)
        if self.labels and type(item) is yaml.Mapping:
            given = {
                text_or_empty(key): value
                for key, value in zip(item.value[::2], item.value[1::2], strict=True)
            }
            named = next((given[label] for label in self.labels if label in given), item)
            return self.spelled(text_or_empty(named))
        return ""

    def schema(self, definitions: Schema) -> Schema:
        own: Schema = {"type": "array", "items": self.item.schema(definitions)}
        if self.least:
            own["minItems"] = self.least
        if self.most is not None:
            own["maxItems"] = self.most
        return own


@dataclass(frozen=True)
class MapOf:
    """A mapping from keys of one shape to values of another.

    ``ahead`` tells the reading of all keys, ``before`` of a key before its value is read, ``after`` of a value once it is. Without ``in_parts``, nothing
    is left of it where a part is misshapen.
    """

    key: Shape
    value: Shape
    least: int = 0
    collect: Callable[[dict[Any, Any]], Any] = dict
    before: Callable[[Reading, Any], None] | None = None
    after: Callable[[Reading, Any], None] | None = None
    in_parts: bool = True
    ahead: Callable[[Reading, frozenset[str]], None] | None = None

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> Any:
        given, failed = pairs(node, reading, path)
        if self.ahead is not None:
            self.ahead(reading, frozenset(given))
        values: dict[Any, Any] = {}
        lines = reading.positions.lines
        for name, (key_node, value_node) in given.items():
            inner = (*path, name)
            lines[inner] = key_node.line
            value, whole = _attempt(partial(self._pair, key_node), value_node, reading, inner)
            failed = failed or not whole
            if whole or value is not None:
                values[self.key.read(key_node, reading, inner)] = value
                if self.after is not None:
                    self.after(reading, value)
        if failed:
            raise Reported(self.collect(values) if self.in_parts else None)
        if len(values) < self.least:
            raise Misshapen(node, "count", least=self.least, most=None, count=len(values))
        return self.collect(values)

    def _pair(self, key_node: yaml.Node, value_node: yaml.Node, reading: Reading, path: Path) -> Any:
        key = self.key.read(key_node, reading, path)
        if self.before is not None:
            self.before(reading, key)
        return self.value.read(value_node, reading, path)

    def schema(self, definitions: Schema) -> Schema:
        own: Schema = {
            "type": "object",
            "propertyNames": self.key.schema(definitions),
            "additionalProperties": self.value.schema(definitions),
        }
        if self.least:
            own["minProperties"] = self.least
        return own


def pairs(node: yaml.Node, reading: Reading, path: Path) -> tuple[dict[str, Pair], bool]:
    """Index a mapping by its keys' texts; keys said twice are written down, and the second value is then True."""
    if type(node) is not yaml.Mapping:
        raise Misshapen(node, "expected", expected="mapping", **found(node))
    items = iter(node.value)
    given = {
        key.value: (key, value) for key, value in zip(items, items, strict=True) if type(key) is yaml.Scalar
    }
    if len(given) * 2 == len(node.value):
        return given, False
    return _first_pairs(node, reading, path), True


def _first_pairs(node: yaml.Mapping, reading: Reading, path: Path) -> dict[str, Pair]:
    """Write down keys that are no texts, and those said twice, of which the first counts."""
    given: dict[str, Pair] = {}
    items = iter(node.value)
    for key, value in zip(items, items, strict=True):
        if type(key) is not yaml.Scalar:
            reading.refuse(Misshapen(key, "expected", expected="key", **found(key)), path)
        elif key.value in given:
            reading.duplicate((*path, key.value), reading.at(key), reading.at(given[key.value][0]))
        else:
            given[key.value] = (key, value)
    return given


def described(schema: Schema, description: str) -> Schema:
    """Add a description; beside ``$ref`` draft 7 would ignore it, hence ``allOf``."""
    if "$ref" in schema:
        return {"description": description, "allOf": [schema]}
    return {"description": description, **schema}


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
