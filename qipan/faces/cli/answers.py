"""A person's answers from a file: checked against their elements, and against what the services in the plan demand of them."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import click

from qipan.core.checks import CheckFailure, check_value, parse_value
from qipan.core.declarations import Library, LifeEvent
from qipan.core.elements import Checks, Element, ElementType, Field, Value
from qipan.core.plan import Plan
from qipan.core.planner import Knowledge, demands_on, make_plan
from qipan.faces.cli.answers_file import Written, read_written
from qipan.faces.cli.opening import hinted
from qipan.faces.cli.words import say
from qipan.faces.look.titles import Titles


def read_answers(file: Path, titles: Titles, today: date) -> Mapping[Field, Value]:
    """Read and check the answers; leaves with 2 and every mistake named."""
    facts: dict[Field, Value] = {}
    mistakes: list[str] = []
    for written in read_written(file, titles.language):
        try:
            field, value = _answer(written, titles, today)
            if field in facts:
                raise _Mistake(say(titles.language, "answer-twice", field=_titled(field, titles)))  # noqa: TRY301
            facts[field] = value
        except _Mistake as mistake:
            place = f"{file}:{written.line}" if written.line else str(file)
            mistakes.append(say(titles.language, "answer-at", place=place, mistake=mistake))
    if mistakes:
        raise click.UsageError("\n".join(mistakes))
    return facts


def plan_checked(library: Library, event: LifeEvent, knowledge: Knowledge, language: str) -> Plan:
    """Plan from what is known; leaves with 2 where a service in the plan does not take an answer that its form asks."""
    plan = make_plan(library, event.name, knowledge)
    mistakes = list(_narrower(plan, knowledge, Titles(library, event, language)))
    if mistakes:
        raise click.UsageError("\n".join(mistakes))
    return plan


class _Mistake(Exception):
    """What is wrong with one answer, in words."""


def _answer(written: Written, titles: Titles, today: date) -> tuple[Field, Value]:
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
        else check_value(value, element, element.checks, titles.library.codes, today)
    )
    if isinstance(value, CheckFailure) or failure is not None:
        expected = _expected(failure, element, titles)
        said = {"value": _cut(written.text), "field": _titled(field, titles), "expected": expected}
        raise _Mistake(say(titles.language, "answer-wrong", **said))
    return field, value


def _narrower(plan: Plan, knowledge: Knowledge, titles: Titles) -> Iterator[str]:
    """What the services in a plan do not take."""
    codes, language = titles.library.codes, titles.language
    for field in sorted(knowledge.stated):
        element, value = titles.library.element(titles.event.parties, field), knowledge.facts[field]
        for service, checks in demands_on(titles.library, plan, field).items() if element else ():
            failure = check_value(value, element, checks, codes, knowledge.today) if element else None
            if element is not None and failure is not None:
                said = {
                    "value": _cut(titles.value(field, value)),
                    "field": _titled(field, titles),
                    "service": f"“{titles.service(service)}”",
                    "expected": _demanded(failure, checks, field, element, titles),
                }
                yield say(language, "answer-narrower", **said)


def _cut(text: str) -> str:
    longest = 80
    return text if len(text) <= longest else f"{text[:longest]}…"


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
    return f"{say(language, 'no-field', event=event.name, name=_cut(name))} {hint}".strip()


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


_LIMITS: Final = frozenset({"too-low", "too-high", "too-early", "too-late", "too-short", "too-long"})


def _demanded(failure: CheckFailure, checks: Checks, field: Field, element: Element, titles: Titles) -> str:
    """What a service's narrower checks want."""
    language = titles.language
    if failure.code == "not-allowed" and checks.one_of is not None:
        return say(
            language,
            "expected-one-of",
            allowed=titles.listed((titles.value(field, v) for v in checks.one_of), 20),
        )
    if failure.code == "wrong-pattern":
        return say(language, "expected-pattern", pattern=failure.values["pattern"])
    if checks.formats and failure.code not in _LIMITS:
        return say(language, "expected-format", format=checks.formats[0])
    return _expected(failure, element, titles)


def _expected(failure: CheckFailure | None, element: Element, titles: Titles) -> str:
    language = titles.language
    if failure is not None and failure.code in _LIMITS:
        return say(language, failure.code, limit=failure.values["limit"])
    codes = titles.library.codes.get(element.codes or "")
    if codes is not None:
        every = [f"{value} {title.say(language)}" for value, title in codes.values.items()]
        return say(language, "expected-code", codes=("、" if language == "zh" else ", ").join(every))
    if element.hint is not None:
        return element.hint.say(language).rstrip("。.")
    if element.type in {ElementType.TEXT, ElementType.CODE}:
        parts = (*element.checks.formats, *element.checks.patterns, element.standard or "…")
        return say(language, "expected-text", checks=parts[0])
    return say(language, f"expected-{element.type}")
