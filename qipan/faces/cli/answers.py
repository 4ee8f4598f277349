"""A person's answers from a file: ``{mother: {age: 30}}`` or ``{"mother.age": 30}``, in YAML or JSON."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import click

from qipan.catalogue.library import marked_yaml as yaml
from qipan.core.checks import CheckFailure, check_value, parse_value
from qipan.core.declarations import Library, LifeEvent
from qipan.core.elements import Element, ElementType, Field, Value
from qipan.faces.cli.opening import refuse
from qipan.faces.cli.words import say
from qipan.faces.look.titles import Titles


class _Written(NamedTuple):
    """One answer as it stands in the file; ``line`` is 0 in JSON, which keeps none."""

    name: str
    text: str
    line: int


def read_answers(file: Path, library: Library, event: LifeEvent, language: str) -> Mapping[Field, Value]:
    """Read and check the answers; leaves with 2 and every mistake named."""
    facts: dict[Field, Value] = {}
    mistakes: list[str] = []
    for written in _read(file, language):
        field, element = known_field(written.name, library, event, language)
        value = parse_value(written.text, element)
        failed = isinstance(value, CheckFailure) or value is None
        if failed or check_value(value, element, element.checks, library.codes, None):  # type: ignore[arg-type]
            mistakes.append(_mistake(file, written, field, element, Titles(library, event, language)))
        else:
            facts[field] = value  # type: ignore[assignment]
    if mistakes:
        raise click.UsageError("\n".join(mistakes))
    return facts


def known_field(name: str, library: Library, event: LifeEvent, language: str) -> tuple[Field, Element]:
    """Give a field of the event with its element; leaves with 2 where there is none."""
    party, _, word = name.partition(".")
    slot = event.parties.get(party)
    element = library.elements.get(f"{slot.kind}.{word}") if slot else None
    if element is None:
        refuse(
            say(language, "no-field", event=event.name, name=name), name, _fields(library, event), language
        )
    return Field(party, word), element


def _fields(library: Library, event: LifeEvent) -> list[str]:
    return [
        f"{party}.{element.word}"
        for party, slot in event.parties.items()
        for element in library.elements.values()
        if element.kind is slot.kind
    ]


def _read(file: Path, language: str) -> list[_Written]:
    try:
        if file.suffix == ".json":
            return list(_flat_json(json.loads(file.read_text(encoding="utf-8"))))
        root = yaml.read_yaml(file.read_bytes())
        return list(_flat_yaml(root)) if root is not None else []
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        why = str(error)
    except yaml.NotYaml as error:
        why = f"{error.line}: {error.detail or error.what}"
    except _WrongForm:
        why = say(language, "answers-form")
    raise click.UsageError(say(language, "answers-unreadable", file=file, why=why))


class _WrongForm(Exception):
    """Neither nested nor flat."""


def _flat_json(root: object) -> Iterator[_Written]:
    if not isinstance(root, dict):
        raise _WrongForm
    for name, value in root.items():
        if isinstance(value, dict):
            yield from (_Written(f"{name}.{word}", _text(inner), 0) for word, inner in value.items())
        else:
            yield _Written(name, _text(value), 0)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise _WrongForm
    return str(value)


def _flat_yaml(root: yaml.Node, prefix: str = "") -> Iterator[_Written]:
    if type(root) is not yaml.Mapping:
        raise _WrongForm
    for key, value in zip(root.value[::2], root.value[1::2], strict=True):
        if type(key) is not yaml.Scalar:
            raise _WrongForm
        if type(value) is yaml.Scalar:
            yield _Written(prefix + key.value, value.value, value.line)
        elif prefix:
            raise _WrongForm
        else:
            yield from _flat_yaml(value, f"{key.value}.")


def _mistake(file: Path, written: _Written, field: Field, element: Element, titles: Titles) -> str:
    return say(
        titles.language,
        "answer-wrong",
        place=f"{file}:{written.line}" if written.line else str(file),
        value=written.text,
        field=f"{titles.field(field)} ({field})",
        expected=_expected(element, titles.library, titles.language),
    )


def _expected(element: Element, library: Library, language: str) -> str:
    codes = library.codes.get(element.codes or "")
    if codes is not None:
        every = [f"{value} {title.say(language)}" for value, title in codes.values.items()]
        return say(language, "expected-code", codes=("、" if language == "zh" else ", ").join(every))
    if element.hint is not None:
        return element.hint.say(language).rstrip("。.")
    if element.type in {ElementType.TEXT, ElementType.CODE}:
        parts = (*element.checks.formats, *element.checks.patterns, element.standard or "…")
        return say(language, "expected-text", checks=parts[0])
    return say(language, f"expected-{element.type}")
