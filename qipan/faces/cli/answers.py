"""A person's answers from a file: ``{mother: {age: 30}}`` or ``{"mother.age": 30}``, in YAML or JSON."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import click

from qipan.catalogue.library import marked_yaml as yaml
from qipan.core.checks import CheckFailure, check_value, parse_value
from qipan.core.declarations import Library, LifeEvent
from qipan.core.elements import Element, ElementType, Field, Value
from qipan.core.plan import Problem
from qipan.faces.cli.opening import hinted
from qipan.faces.cli.words import say
from qipan.faces.look.problem_words import problem_sentence
from qipan.faces.look.titles import Titles


class _Written(NamedTuple):
    """One answer as it stands in the file; ``line`` is 0 in JSON, which keeps none; ``text`` is None for a list."""

    name: str
    text: str | None
    line: int


def read_answers(file: Path, library: Library, event: LifeEvent, language: str) -> Mapping[Field, Value]:
    """Read and check the answers; leaves with 2 and every mistake named."""
    titles = Titles(library, event, language)
    facts: dict[Field, Value] = {}
    mistakes: list[str] = []
    for written in _read(file, language):
        try:
            field, value = _answer(written, titles)
            if field in facts:
                raise _Mistake(say(language, "answer-twice", field=_titled(field, titles)))  # noqa: TRY301
            facts[field] = value
        except _Mistake as mistake:
            place = f"{file}:{written.line}" if written.line else str(file)
            mistakes.append(say(language, "answer-at", place=place, mistake=mistake))
    if mistakes:
        raise click.UsageError("\n".join(mistakes))
    return facts


class _Mistake(Exception):
    """What is wrong with one answer, in words."""


def _answer(written: _Written, titles: Titles) -> tuple[Field, Value]:
    found = _field(written.name, titles.library, titles.event)
    if found is None:
        raise _Mistake(unknown_field(written.name, titles.library, titles.event, titles.language))
    field, element = found
    if written.text is None:
        raise _Mistake(say(titles.language, "answer-list", field=_titled(field, titles)))
    value = parse_value(written.text, element)
    if value is None:
        raise _Mistake(say(titles.language, "answer-empty", field=_titled(field, titles)))
    failure = (
        value
        if isinstance(value, CheckFailure)
        else check_value(value, element, element.checks, titles.library.codes, None)
    )
    if isinstance(value, CheckFailure) or failure is not None:
        raise _Mistake(_wrong(written.text, field, element, failure, titles))
    return field, value


def _titled(field: Field, titles: Titles) -> str:
    return f"{titles.field(field)} ({field})"


def _field(name: str, library: Library, event: LifeEvent) -> tuple[Field, Element] | None:
    party, _, word = name.partition(".")
    field = Field(party, word)
    element = library.element(event.parties, field)
    return (field, element) if element else None


def unknown_field(name: str, library: Library, event: LifeEvent, language: str) -> str:
    """Say that an event has no such field, and which may have been meant."""
    hint = hinted(name, _fields(library, event), language)
    return f"{say(language, 'no-field', event=event.name, name=name)} {hint}".strip()


def known_field(name: str, library: Library, event: LifeEvent, language: str) -> tuple[Field, Element]:
    """Give a field of the event with its element; leaves with 2 where there is none."""
    found = _field(name, library, event)
    if found is None:
        raise click.UsageError(unknown_field(name, library, event, language))
    return found


def _fields(library: Library, event: LifeEvent) -> list[str]:
    return [
        f"{party}.{element.word}"
        for party, slot in event.parties.items()
        for element in library.elements.values()
        if element.kind is slot.kind
    ]


def _read(file: Path, language: str) -> list[_Written]:
    try:
        if file.suffix.lower() == ".json":
            text = file.read_text(encoding="utf-8-sig")
            return list(_flat_json(json.loads(text, object_pairs_hook=_Pairs)))
        root = yaml.read_yaml(file.read_bytes())
        return list(_flat_yaml(root)) if root is not None else []
    except json.JSONDecodeError as error:
        why = say(language, "json-wrong", line=error.lineno, column=error.colno)
    except UnicodeDecodeError:
        why = unreadable(yaml.NotYaml("encoding", 1), language)
    except yaml.NotYaml as error:
        why = say(language, "line", line=error.line, what=unreadable(error, language))
    except RecursionError:
        why = say(language, "answers-form")
    except _WrongForm:
        why = say(language, "answers-form")
    raise click.UsageError(say(language, "answers-unreadable", file=file, why=why))


def unreadable(error: yaml.NotYaml, language: str) -> str:
    """Say why a text is no YAML."""
    return problem_sentence(
        Problem("syntax", "error", None, {"what": error.what, "detail": error.detail}), language
    )


class _Pairs(list[tuple[str, object]]):
    """A JSON object's keys and values in their order, the same key perhaps twice."""


class _WrongForm(Exception):
    """Neither nested nor flat."""


def _flat_json(root: object) -> Iterator[_Written]:
    if not isinstance(root, _Pairs):
        raise _WrongForm
    for name, value in root:
        if isinstance(value, _Pairs):
            yield from (_Written(f"{name}.{word}", _text(inner), 0) for word, inner in value)
        else:
            yield _Written(name, _text(value), 0)


def _text(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def _flat_yaml(root: yaml.Node, prefix: str = "") -> Iterator[_Written]:
    if type(root) is not yaml.Mapping:
        raise _WrongForm
    for key, value in zip(root.value[::2], root.value[1::2], strict=True):
        if type(key) is not yaml.Scalar:
            raise _WrongForm
        if type(value) is yaml.Scalar:
            yield _Written(prefix + key.value, value.value, value.line)
        elif prefix or "." in key.value:
            yield _Written(prefix + key.value, None, value.line)
        else:
            yield from _flat_yaml(value, f"{key.value}.")


_LIMITS: Final = frozenset({"too-low", "too-high", "too-early", "too-late", "too-short", "too-long"})


def _wrong(text: str, field: Field, element: Element, failure: CheckFailure | None, titles: Titles) -> str:
    if failure is not None and failure.code in _LIMITS:
        expected = say(titles.language, failure.code, limit=failure.values["limit"])
    else:
        expected = _expected(element, titles.library, titles.language)
    return say(titles.language, "answer-wrong", value=text, field=_titled(field, titles), expected=expected)


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
