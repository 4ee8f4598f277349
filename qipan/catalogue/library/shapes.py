"""Shapes: what a piece of YAML must look like, said once; each reads a node into a value and describes itself in JSON Schema.

A shape raises ``Misshapen`` for its own node. Containers write down what their children raise and go on, so that one reading finds
everything that is wrong; they then raise ``Reported``, and the whole is not built.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

from qipan.catalogue.library import marked_yaml as yaml
from qipan.catalogue.library.reading import (
    Misshapen,
    Pair,
    Path,
    Reading,
    Reported,
    Unfit,
    found,
    nearest,
    pairs,
)
from qipan.core.declarations import Level
from qipan.core.elements import Text
from qipan.core.predicates.tree import Constant

Schema = dict[str, Any]

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
            try:
                value = read(pair[1], reading, inner)
            except (Misshapen, Reported) as error:
                failed, value = True, reading.rest(error, inner)
                if value is None:
                    continue
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


def described(schema: Schema, description: str) -> Schema:
    """Add a description; beside ``$ref`` draft 7 would ignore it, hence ``allOf``."""
    if "$ref" in schema:
        return {"description": description, "allOf": [schema]}
    return {"description": description, **schema}
