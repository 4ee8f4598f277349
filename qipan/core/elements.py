"""Elements: the standard facts about a kind of party, and the checks their values must pass.

A field is an element of one party in a life event, written ``party.word`` (``mother.id_number``);
an element is written ``Kind.word`` (``Person.id_number``).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

Value = str | int | float | bool
"""A fact's value: text, number or truth; dates are ISO 8601 texts."""


class PartyKind(StrEnum):
    """What a party can be."""

    PERSON = "Person"
    ORGANIZATION = "Organization"


class ElementType(StrEnum):
    """How an element's value is written."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    CODE = "code"


class Field(NamedTuple):
    """An element of one party: ``Field("child", "name")``; ``str()`` gives ``child.name``."""

    party: str
    word: str

    def __str__(self) -> str:
        return f"{self.party}.{self.word}"

    @classmethod
    def parse(cls, text: str) -> "Field":
        """Read ``party.word``; raises ValueError when the text has another shape."""
        party, dot, word = text.partition(".")
        if not (dot and party.isidentifier() and word.isidentifier()):
            message = f"{text!r} is not written as party.element"
            raise ValueError(message)
        return cls(party, word)


def element_name(kind: PartyKind, word: str) -> str:
    """An element as written: ``Person.name``; joined without formatting, for a library has it done a million times."""
    return kind + "." + word


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people, in Chinese and English; the English may be missing."""

    zh: str
    en: str = ""

    def say(self, language: str) -> str:
        """Give the words in ``language`` (``zh…`` or another), falling back to the Chinese."""
        return self.zh if language.startswith("zh") or not self.en else self.en


@dataclass(frozen=True, slots=True)
class Checks:
    """What a value must pass; every part given must hold. ``minimum`` and ``maximum`` of a date may be ``today``."""

    min_length: int | None = None
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    minimum: Value | None = None
    maximum: Value | None = None
    one_of: tuple[Value, ...] | None = None
    formats: tuple[str, ...] = ()


NO_CHECKS = Checks()


@dataclass(frozen=True, slots=True)
class Element:
    """A standard fact about a kind of party (数据元)."""

    kind: PartyKind
    word: str
    title: Text
    type: ElementType = ElementType.TEXT
    codes: str | None = None
    checks: Checks = NO_CHECKS
    standard: str = ""
    grade: int = 2
    burden: int = 2
    ask: bool = True
    hint: Text | None = None
    question: Text | None = None

    @property
    def name(self) -> str:
        """The element as written: ``Person.id_number``."""
        return element_name(self.kind, self.word)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of values that an element of type code may take, in order."""

    name: str
    title: Text
    values: dict[str, Text] = field(default_factory=dict)
    standard: str = ""
