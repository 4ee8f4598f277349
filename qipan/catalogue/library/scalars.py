"""Shapes of single values: texts, numbers, fields, conditions. What a scalar means is decided here, never by YAML."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from qipan.catalogue.library import marked_yaml as yaml
from qipan.catalogue.library.patterns import may_hang
from qipan.catalogue.library.reading import Misshapen, Path, Reading, found, nearest
from qipan.catalogue.library.shapes import Schema
from qipan.core.elements import ElementType, Field, Value
from qipan.core.predicates import Predicate, PredicateError, parse

WORD: Final = r"[a-z][a-z0-9_]*"
_FIELD: Final = re.compile(rf"({WORD})\.({WORD})")
_RELATION: Final = re.compile(rf"({WORD})\(\s*({WORD})\s*,\s*({WORD})\s*\)")
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_LONGEST_NUMBER: Final = 30
_TRUTHS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def text_of(node: yaml.Node, expected: str = "text") -> str:
    """The text of a scalar; raises Misshapen for lists, mappings and keys left without a value."""
    if type(node) is not yaml.Scalar:
        raise Misshapen(node, "expected", expected=expected, **found(node))
    text = node.value
    if text in yaml.NOTHING and not node.quoted:
        raise Misshapen(node, "expected", expected=expected, sort="nothing", found="")
    return text


@dataclass(frozen=True)
class Words:
    """Any text; an unquoted number is a text here. ``pattern`` must match the whole; ``expected`` names it to people."""

    expected: str = "text"
    pattern: str = ""

    def read(self, node: yaml.Node, _reading: Reading, _path: Path) -> str:
        text = text_of(node, self.expected)
        if not self._matches(text):
            raise Misshapen(node, "expected", expected=self.expected, **found(node))
        return text

    @cached_property
    def _matches(self) -> Callable[[str], object]:
        return re.compile(self.pattern).fullmatch if self.pattern else str.strip

    def schema(self, _definitions: Schema) -> Schema:
        if self.pattern:
            return {"type": "string", "pattern": f"^{self.pattern}$"}
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class Choice:
    """One of an enumeration's values."""

    choices: Mapping[str, Any]

    @classmethod
    def of(cls, enumeration: type[StrEnum]) -> "Choice":
        return cls({member.value: member for member in enumeration})

    def read(self, node: yaml.Node, _reading: Reading, _path: Path) -> Any:
        if type(node) is not yaml.Scalar:
            raise Misshapen(node, "one-choice", choices=tuple(self.choices), **found(node))
        text = text_of(node)
        if text not in self.choices:
            near = nearest(text, self.choices)
            raise Misshapen(node, "choice", choices=tuple(self.choices), nearest=near, **found(node))
        return self.choices[text]

    def schema(self, _definitions: Schema) -> Schema:
        return {"enum": list(self.choices)}


@dataclass(frozen=True)
class Whole:
    """A whole number within bounds."""

    least: int = 0
    most: int | None = None

    def read(self, node: yaml.Node, _reading: Reading, _path: Path) -> int:
        text = text_of(node, "integer")
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise Misshapen(node, "expected", expected="integer", **found(node))
        number = int(text)
        if number < self.least or (self.most is not None and number > self.most):
            raise Misshapen(node, "range", least=self.least, most=self.most, **found(node))
        return number

    def schema(self, _definitions: Schema) -> Schema:
        own: Schema = {"type": "integer", "minimum": self.least}
        return own if self.most is None else own | {"maximum": self.most}


@dataclass(frozen=True)
class Truth:
    """true or false, and nothing else: yes, no, on and off are refused, for YAML's readers disagree on them."""

    def read(self, node: yaml.Node, _reading: Reading, _path: Path) -> bool:
        text = text_of(node, "truth")
        if text not in _TRUTHS:
            raise Misshapen(node, "expected", expected="truth", **found(node))
        return _TRUTHS[text]

    def schema(self, _definitions: Schema) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Yes:
    """true alone: the key is there or it is not."""

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> bool:
        if not Truth().read(node, reading, path):
            raise Misshapen(node, "expected", expected="yes", **found(node))
        return True

    def schema(self, _definitions: Schema) -> Schema:
        return {"const": True}


@dataclass(frozen=True)
class Day:
    """A date as 2027-12-31, kept as text."""

    def read(self, node: yaml.Node, _reading: Reading, _path: Path) -> str:
        return _day(node, text_of(node, "date"))

    def schema(self, _definitions: Schema) -> Schema:
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


def _day(node: yaml.Node, text: str) -> str:
    try:
        date.fromisoformat(text if len(text) == len("2027-12-31") else "")
    except ValueError:
        raise Misshapen(node, "expected", expected="date", **found(node)) from None
    return text


@dataclass(frozen=True)
class ValueOf:
    """A value of the element spoken of: what is written becomes its type. ``bound`` also takes ``today`` for a date."""

    bound: bool = False

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> Value:
        text = text_of(node, "value")
        match reading.value_type:
            case None:
                return _guessed(node, text)
            case ElementType.DATE:
                return text if self.bound and text == "today" else _day(node, text)
            case ElementType.INTEGER | ElementType.DECIMAL:
                return _number(node, text, reading.value_type)
            case ElementType.BOOLEAN:
                return Truth().read(node, reading, path)
            case _:
                return text

    def schema(self, _definitions: Schema) -> Schema:
        return {"type": ["string", "number", "boolean"]}


def _guessed(node: yaml.Node, text: str) -> Value:
    """The element is not declared (the check says so): take the text as YAML 1.2 would."""
    if type(node) is yaml.Scalar and not node.quoted:
        if text in _TRUTHS:
            return _TRUTHS[text]
        if _NUMBER.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
            return _number(node, text, ElementType.DECIMAL)
    return text


def _number(node: yaml.Node, text: str, kind: ElementType) -> int | float:
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match is None or (match[2] and kind is ElementType.INTEGER):
        expected = "integer" if kind is ElementType.INTEGER else "number"
        raise Misshapen(node, "expected", expected=expected, **found(node))
    return float(text) if match[2] else int(text)


@dataclass(frozen=True)
class FieldText:
    """A field, ``party.element``."""

    def read(self, node: yaml.Node, reading: Reading, _path: Path) -> Field:
        text = text_of(node, "field")
        known = reading.fields_read.get(text)
        if known is None:
            match = _FIELD.fullmatch(text)
            if match is None:
                raise Misshapen(node, "expected", expected="field", **found(node))
            known = reading.fields_read[text] = Field(match[1], match[2])
        return known

    def schema(self, _definitions: Schema) -> Schema:
        return {"type": "string", "pattern": rf"^{WORD}\.{WORD}$"}


@dataclass(frozen=True)
class Condition:
    """A predicate; in an event, the names of its situations stand for their predicates."""

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> Predicate:
        text = text_of(node, "condition")
        known = None if reading.situations else reading.predicates_read.get(text)
        if known is None:
            known = self._parsed(node, text, reading, path)
            if not reading.situations:
                reading.predicates_read[text] = known
        return known

    @staticmethod
    def _parsed(node: yaml.Node, text: str, reading: Reading, path: Path) -> Predicate:
        try:
            return parse(text, reading.situations)
        except PredicateError as error:
            near = nearest(error.values.get("name", ""), reading.situations)
            said = {"expected" if name == "what" else name: value for name, value in error.values.items()}
            at = {"condition": text, "column": error.column, "fault": error.code, "nearest": near}
            below = said.get("name") in reading.situations_below - set(path[-2:-1])
            raise Misshapen(node, "condition", **at, below=below, **said) from None

    def schema(self, _definitions: Schema) -> Schema:
        return {"type": ["string", "boolean"]}


@dataclass(frozen=True)
class RelationText:
    """``spouse(a, b)``, read into its name and its two parties."""

    def read(self, node: yaml.Node, _reading: Reading, _path: Path) -> tuple[str, tuple[str, str]]:
        text = text_of(node, "relation").strip()
        match = _RELATION.fullmatch(text)
        if text.count("(") != text.count(")"):  # a list in brackets was cut at the comma
            raise Misshapen(node, "unquoted-comma", key=text)
        if match is None:
            raise Misshapen(node, "expected", expected="relation", **found(node))
        return match[1], (match[2], match[3])

    def schema(self, _definitions: Schema) -> Schema:
        return {"type": "string", "pattern": rf"^\s*{_RELATION.pattern}\s*$"}


def relation_spelled(text: str) -> str:
    """``spouse(a,b)`` as ``spouse(a, b)``; other texts stay as they are."""
    match = _RELATION.fullmatch(text.strip())
    return f"{match[1]}({match[2]}, {match[3]})" if match else text


@dataclass(frozen=True)
class Pattern:
    """A regular expression."""

    def read(self, node: yaml.Node, _reading: Reading, _path: Path) -> str:
        text = text_of(node, "pattern")
        try:
            re.compile(text)
            hangs = may_hang(text)
        except (re.error, OverflowError, RecursionError) as error:
            at = (getattr(error, "pos", None) or 0) + 1
            raise Misshapen(node, "pattern", detail=str(error), column=at, **found(node)) from None
        if hangs:
            raise Misshapen(node, "pattern-hangs", **found(node))
        return text

    def schema(self, _definitions: Schema) -> Schema:
        return {"type": "string", "format": "regex"}


@dataclass(frozen=True)
class Free:
    """A mapping of the adapters' own; scalars are taken as YAML 1.2 would."""

    def read(self, node: yaml.Node, _reading: Reading, _path: Path) -> Any:
        if type(node) is not yaml.Mapping:
            raise Misshapen(node, "expected", expected="mapping", **found(node))
        return self._plain(node)

    def _plain(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.Scalar):
            return None if yaml.is_nothing(node) else _guessed(node, node.value)
        if isinstance(node, yaml.Sequence):
            return [self._plain(item) for item in node.value]
        return {text_of(key): self._plain(value) for key, value in node.pairs()}

    def schema(self, _definitions: Schema) -> Schema:
        return {"type": "object"}
