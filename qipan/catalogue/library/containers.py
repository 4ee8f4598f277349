"""Shapes of lists and of mappings with keys of one's own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from qipan.catalogue.library import marked_yaml as yaml
from qipan.catalogue.library.reading import Misshapen, Path, Reading, Reported, found, pairs, text_or_empty
from qipan.catalogue.library.shapes import Schema, Shape


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
            try:
                values.append(read(item, reading, inner))
            except (Misshapen, Reported) as error:
                failed, rest = True, reading.rest(error, inner)
                if rest is not None:
                    values.append(rest)
        if failed:
            raise Reported(self.collect(values))
        return self.collect(values)

    def _label(self, item: yaml.Node) -> str:
        if type(item) is yaml.Scalar:
            return self.spelled(item.value)
        if self.labels and type(item) is yaml.Mapping:
            given = {text_or_empty(key): value for key, value in item.pairs()}
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
            key = None
            try:
                key = self.key.read(key_node, reading, inner)
                if self.before is not None:
                    self.before(reading, key)
                value = self.value.read(value_node, reading, inner)
            except (Misshapen, Reported) as error:
                failed, value = True, reading.rest(error, inner)
            if key is None or value is None:
                continue
            values[key] = value
            if self.after is not None:
                self.after(reading, value)
        if failed:
            raise Reported(self.collect(values) if self.in_parts else None)
        if len(values) < self.least:
            raise Misshapen(node, "count", least=self.least, most=None, count=len(values))
        return self.collect(values)

    def schema(self, definitions: Schema) -> Schema:
        own: Schema = {
            "type": "object",
            "propertyNames": self.key.schema(definitions),
            "additionalProperties": self.value.schema(definitions),
        }
        if self.least:
            own["minProperties"] = self.least
        return own
