"""From a register's record to facts: every value is read by its element and must pass its checks, or is refused alone."""

import re
from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from qipan.adapters.sources.port import Answer, Refused, Request
from qipan.core.checks import CheckFailure, check_value, longest, parse_value
from qipan.core.elements import Element, ElementType, Field, Value

LONGEST_TEXT = 4_000  # characters, where the element does not say more; a fact is a line or an address, seldom a document
_UNPLAIN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, and halves of characters


def answer_of(request: Request, record: Mapping[Field, object] | None) -> Answer:
    """Believe what passes. Values that the register leaves empty are left out."""
    if record is None:
        return Answer()
    facts: dict[Field, Value] = {}
    refused: list[Refused] = []
    for field, element in request.elements.items():
        value = _checked(record[field], element, request)
        if isinstance(value, CheckFailure):
            refused.append(Refused(field, value.code))
        elif value is not None:
            facts[field] = value
    return Answer(facts, tuple(refused))


def columns_of(
    request: Request, records: Sequence[Mapping[Field, object]]
) -> Mapping[Field, Sequence[Value | None]]:
    """Believe of many records what passes, by column; what does not is None. A value that comes often is checked once."""
    return {field: _column(request, field, element, records) for field, element in request.elements.items()}


def _column(
    request: Request, field: Field, element: Element, records: Sequence[Mapping[Field, object]]
) -> list[Value | None]:
    known: dict[tuple[type, object], Value | None] = {}
    column: list[Value | None] = []
    for record in records:
        raw = record[field]
        if not isinstance(raw, Hashable):
            column.append(None)
            continue
        key = (type(raw), raw)
        if key not in known:
            value = _checked(raw, element, request)
            known[key] = None if isinstance(value, CheckFailure) else value
        column.append(known[key])
    return column


def _checked(raw: object, element: Element, request: Request) -> Value | CheckFailure | None:
    value = _read(raw, element)
    if value is None or isinstance(value, CheckFailure):
        return value
    return check_value(value, element, element.checks, request.codes, request.today) or value


def _read(raw: object, element: Element) -> Value | CheckFailure | None:
    """Read a value of whatever type the register keeps: databases know dates, files only texts, some keep truths as 0 and 1."""
    match raw:
        case None:
            return None
        case str():
            return _read_text(raw, element)
        case bool():
            return raw if element.type is ElementType.BOOLEAN else CheckFailure(f"not-{element.type}")
        case datetime():
            return _read_text(raw.date().isoformat(), element)
        case date():
            return _read_text(raw.isoformat(), element)
        case int() | float() | Decimal():
            return _read_number(raw, element)
        case _:
            return CheckFailure("not-plain")


def _read_text(raw: str, element: Element) -> Value | CheckFailure | None:
    if len(raw) > max(LONGEST_TEXT, longest(element, element.checks)):
        return CheckFailure("too-big")
    if _UNPLAIN.search(raw.strip()):
        return CheckFailure("not-plain")
    if element.type is ElementType.DATE:
        raw = _without_midnight(raw)
    return parse_value(raw, element)


def _without_midnight(raw: str) -> str:
    """Take the date of a time of day, which many registers keep with every date: ``2020-01-31T00:00:00``."""
    for separator in ("T", " "):
        day, found, time = raw.strip().partition(separator)
        if found and time[:2].isdigit():
            return day
    return raw


def _read_number(raw: float | Decimal, element: Element) -> Value | CheckFailure | None:
    whole = int(raw) if isinstance(raw, int) or (Decimal(raw).is_finite() and raw == int(raw)) else None
    match element.type:
        case ElementType.DECIMAL:
            return float(raw)
        case ElementType.INTEGER:
            return CheckFailure("not-integer") if whole is None else whole
        case ElementType.BOOLEAN:
            return bool(whole) if whole in {0, 1} else CheckFailure("not-boolean")
        case ElementType.TEXT | ElementType.CODE if whole is not None and not isinstance(raw, float):
            return str(whole)
        case _:
            return CheckFailure(f"not-{'text' if element.type is ElementType.CODE else element.type}")
