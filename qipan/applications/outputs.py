"""What a service gives once it is granted: by its declared rules, and by what the official enters (`assign` in library.md)."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from qipan.core.checks import CheckFailure, check_value
from qipan.core.declarations import Assign, AssignKind, Library, Output, Service
from qipan.core.elements import NO_CHECKS, Field, Value
from qipan.core.formats import gb11643_digit
from qipan.core.predicates import Predicate, Truth, World, judge

_PLACE = re.compile(r"\{(?P<what>region|date|serial|year)(?::(?P<digits>\d+))?\}")
MALE = "1"
# Of births of a day and sex in a county, odd for men. The registers of old began from the lowest.
SEQUENCES = {male: [*range(500 + male, 1000, 2), *range(2 - male, 500, 2)] for male in (False, True)}

NextSerial = Callable[[str], int]
"""Gives the next number of a scope, from 1; the same is never given twice."""


class Situation(NamedTuple):
    """What a case's outputs follow from; ``facts`` are by the service's own fields, as are the outputs."""

    service: Service
    facts: Mapping[Field, Value]
    present: Mapping[str, bool | None]
    region: str
    today: date


class Outputs(NamedTuple):
    """The values given, and the fields for which an official must enter one."""

    values: Mapping[Field, Value]
    missing: tuple[Field, ...]


def holds(predicate: Predicate | None, situation: Situation) -> bool:
    """Whether a condition is surely true; no condition always is."""
    if predicate is None:
        return True
    world = World(values=situation.facts, known=situation.facts.keys(), present=situation.present)
    return judge(predicate, world) is Truth.TRUE


def due_outputs(situation: Situation) -> tuple[Output, ...]:
    """List the outputs that this case gives."""
    return tuple(output for output in situation.service.gives if holds(output.when, situation))


def outputs(situation: Situation, entered: Mapping[Field, Value], next_serial: NextSerial) -> Outputs:
    """Put the outputs together: what was entered counts, the rest follows from the rules."""
    values: dict[Field, Value] = {}
    missing = []
    for output in due_outputs(situation):
        value = entered.get(output.field)
        if value is None and output.assign is not None:
            value = _assigned(output.assign, output.field, situation, next_serial)
        if value is None:
            missing.append(output.field)
        else:
            values[output.field] = value
    return Outputs(values, tuple(missing))


def failures(
    values: Mapping[Field, Value], service: Service, library: Library, today: date
) -> tuple[tuple[Field, CheckFailure], ...]:
    """Check outputs by the checks of their elements."""
    found = []
    for field, value in values.items():
        element = library.elements[f"{service.parties[field.party].kind}.{field.word}"]
        failure = check_value(value, element, NO_CHECKS, library.codes, today)
        if failure:
            found.append((field, failure))
    return tuple(found)


def needs_entry(situation: Situation) -> tuple[Field, ...]:
    """List the outputs that no rule gives: an official must enter them."""
    return tuple(
        output.field
        for output in due_outputs(situation)
        if output.assign is None or not _derivable(output.assign, situation)
    )


def foreseen(output: Output, situation: Situation) -> Value | None:
    """Give what an output's rule will give, where that is known before the grant: a number of its own is not."""
    rule = output.assign
    if rule is None or rule.kind in {AssignKind.NUMBER, AssignKind.GB11643}:
        return None
    return _assigned(rule, output.field, situation, lambda _scope: 0)


def _derivable(assign: Assign, situation: Situation) -> bool:
    return all(field in situation.facts for field in assign.fields)


def _assigned(assign: Assign, field: Field, situation: Situation, next_serial: NextSerial) -> Value | None:
    if not _derivable(assign, situation):
        return None
    inputs = [situation.facts[each] for each in assign.fields]
    match assign.kind:
        case AssignKind.COPY:
            return inputs[0]
        case AssignKind.VALUE:
            return assign.argument
        case AssignKind.TODAY:
            return situation.today.isoformat()
        case AssignKind.NUMBER:
            return _number(str(assign.argument), field, situation, next_serial)
        case AssignKind.GB11643:
            region, birth, sex = map(str, inputs)
            return _person_number(region, birth, sex, next_serial)


def _number(template: str, field: Field, situation: Situation, next_serial: NextSerial) -> str:
    """Fill a number's template; its serial counts apart for each service, field and everything written before it."""

    def fill(place: re.Match[str]) -> str:
        digits = int(place["digits"] or 0)
        match place["what"]:
            case "region":
                return situation.region[: digits or None].ljust(digits, "0")
            case "date":
                return situation.today.strftime("%Y%m%d")
            case "year":
                return str(situation.today.year)
            case _:
                scope = f"{situation.service.name}.{field}:{_before(template, place, fill)}"
                return str(next_serial(scope)).zfill(digits)

    return _PLACE.sub(fill, template)


def _before(template: str, place: re.Match[str], fill: Callable[[re.Match[str]], str]) -> str:
    return _PLACE.sub(lambda each: "" if each["what"] == "serial" else fill(each), template[: place.start()])


def _person_number(region: str, birth: str, sex: str, next_serial: NextSerial) -> str | None:
    """Make a citizen identity number (GB 11643); None when a county has given out all of a day's."""
    stem = region[:6] + birth.replace("-", "")
    turn = next_serial(f"gb11643:{stem}:{sex}") - 1
    if turn >= len(SEQUENCES[sex == MALE]):
        return None
    body = f"{stem}{SEQUENCES[sex == MALE][turn]:03d}"
    return body + gb11643_digit(body)
