"""Facts in words, as they stand on a certificate: in Chinese, the language in which it is issued."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from qipan.adapters import divisions
from qipan.core.declarations import CertificateType, Library
from qipan.core.elements import Element, ElementType, Field, Value, element_name


class Fact(NamedTuple):
    """A fact on a certificate: its name there, what it is called, its value in words."""

    name: str
    title_zh: str
    title_en: str
    said: str


def facts_in_words(kind: CertificateType, library: Library, values: Mapping[str, Value]) -> list[Fact]:
    """Put the facts of a certificate into words, in the order in which its kind declares them."""
    return [
        _in_words(kind, library, field, values[str(field)]) for field in kind.facts if str(field) in values
    ]


def day(said: date) -> str:
    """A day as it is written on certificates."""
    return f"{said.year}年{said.month}月{said.day}日"


def _in_words(kind: CertificateType, library: Library, field: Field, value: Value) -> Fact:
    slot = kind.parties[field.party]
    element = library.elements.get(element_name(slot.kind, field.word))
    if element is None:
        return Fact(str(field), field.word, field.word, str(value))
    party = slot.title if len(kind.parties) > 1 else None
    zh, en = element.title.zh, element.title.say("en")
    if party is not None and not zh.startswith(party.zh):
        zh, en = f"{party.zh}{zh}", f"{en} ({party.say('en')})"
    return Fact(str(field), zh, en, value_in_words(value, element, library))


def value_in_words(value: Value, element: Element, library: Library) -> str:
    """A value in words: the code's title, the place's name, the day as it is written."""
    text = str(value)
    match element.type:
        case ElementType.BOOLEAN:
            return "是" if value is True else "否"
        case ElementType.CODE:
            codes = library.codes.get(element.codes or "")
            return codes.values[text].zh if codes and text in codes.values else text
        case ElementType.DATE:
            return _day(text)
        case ElementType.DECIMAL:
            return f"{value:g}" if isinstance(value, float) else text
        case _:
            return divisions.full_name(text) or text if "region" in element.checks.formats else text


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text
