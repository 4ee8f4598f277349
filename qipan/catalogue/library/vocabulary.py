"""Shapes that many sections of a library share: texts, names, checks, parties, relations."""

from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from qipan.catalogue.library import marked_yaml as yaml
from qipan.catalogue.library.containers import ListOf, MapOf
from qipan.catalogue.library.reading import Path, Reading
from qipan.catalogue.library.scalars import (
    WORD,
    Choice,
    Condition,
    FieldText,
    Pattern,
    RelationText,
    Truth,
    ValueOf,
    Whole,
    Words,
)
from qipan.catalogue.library.shapes import Key, Record, Shape, ShortRecord
from qipan.core.declarations import PartySlot, Relation
from qipan.core.elements import Checks, PartyKind, Text
from qipan.core.formats import FORMATS

WORDS: Final = Words()
NAME: Final = Words("name", WORD)
FIELD: Final = FieldText()
FIELDS: Final = ListOf(FIELD, least=1)
CONDITION: Final = Condition()
ELEMENT_NAME: Final = Words("element", rf"(Person|Organization)\.{WORD}")
LAWS: Final = Key(ListOf(WORDS), "The laws and rules that this rests on, with the article.")


@dataclass(frozen=True)
class BothLanguages(ShortRecord):
    """A text in Chinese and English; ``{zh: …, en: …}`` is read at once, for every third text of a library is written so."""

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> Any:
        if type(node) is yaml.Mapping and len(node.value) == len(("zh", "…", "en", "…")):
            first, zh, second, en = node.value
            if (first.value, second.value) == ("zh", "en") and _is_said(zh) and _is_said(en):
                return Text(zh.value, en.value)
        return super().read(node, reading, path)


def _is_said(node: yaml.Node) -> TypeGuard[yaml.Scalar]:
    return type(node) is yaml.Scalar and not yaml.is_nothing(node) and bool(node.value.strip())


TEXT: Final = BothLanguages(
    Record(
        "text",
        Text,
        {
            "zh": Key(WORDS, "In Chinese.", required=True),
            "en": Key(WORDS, "In English."),
        },
    ),
    main="zh",
    expected="words",
)
TEXTS: Final = ListOf(TEXT)
TITLE: Final = Key(TEXT, "What people call it, in a few words.", required=True)
ABSTRACT: Final = Key(TEXT, "What it is for, in a sentence or two.")


def _checks(pattern: str | None = None, format: str | None = None, **rest: Any) -> Checks:  # noqa: A002 - the key's name
    patterns, formats = (pattern,) if pattern else (), (format,) if format else ()
    return Checks(patterns=patterns, formats=formats, **rest)


CHECKS: Final = Key(
    Record(
        "checks",
        _checks,
        {
            "min_length": Key(Whole(), "The fewest characters."),
            "max_length": Key(Whole(1), "The most characters."),
            "pattern": Key(Pattern(), "A regular expression that the whole value matches."),
            "min": Key(
                ValueOf(bound=True),
                "The least number, or the first date (`today` is allowed).",
                attribute="minimum",
            ),
            "max": Key(
                ValueOf(bound=True),
                "The greatest number, or the last date (`today` is allowed).",
                attribute="maximum",
            ),
            "one_of": Key(ListOf(ValueOf(), least=1), "The values allowed."),
            "format": Key(
                Choice({name: name for name in FORMATS}), "A number or address of a standard's shape."
            ),
        },
    ),
    "What a value must pass; all that are given must hold.",
)


def party_slots(title: str, **more: Key) -> MapOf:
    keys = {
        "kind": Key(Choice.of(PartyKind), "Person or Organization.", required=True),
        "title": Key(TEXT, "What the party is called."),
        "optional": Key(Truth(), "Whether it may be left out."),
        **more,
    }
    record = Record(title, PartySlot, keys, named=True)
    return MapOf(NAME, ShortRecord(record, main="kind"), least=1, in_parts=False)


def parties(shape: Shape, description: str) -> Key:
    return Key(shape, description, required=True, then=_set_parties)


def _set_parties(reading: Reading, slots: dict[str, PartySlot]) -> None:
    reading.parties = slots


PARTIES: Final = parties(party_slots("party"), "The parties, each with its kind.")


def _relation(relation: tuple[str, tuple[str, str]], when: Any = None) -> Relation:
    return Relation(*relation, when)


RELATION: Final = ShortRecord(
    Record(
        "relation_of_parties",
        _relation,
        {
            "relation": Key(
                RelationText(), "The relation and its two parties: `spouse(a, b)`.", required=True
            ),
            "when": Key(CONDITION, "The relation holds only then."),
        },
    ),
    main="relation",
)
PAIR: Final = Key(RELATION, "How the two parties are related: `spouse(a, b)`.")
