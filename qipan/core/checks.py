"""Checks: what a value must pass, checks joined over several services, and values read from form text.

When checks are joined, ``today`` counts as later than any written date: of two minimums it wins, of two maximums it loses.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from qipan.core.elements import Checks, CodeList, Element, ElementType, Value
from qipan.core.formats import FORMATS, can_hold_together

_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", re.ASCII)
_TRUTHS = {
    **dict.fromkeys(("true", "on", "yes", "y", "1", "是", "有"), True),
    **dict.fromkeys(("false", "off", "no", "n", "0", "否", "无"), False),
}
_UNSEEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control characters but for the ends of lines, and format characters: of no width, or turning the direction of what follows."""

_HALF = re.compile("[\ud800-\udfff]")  # of a character
_JOINED_UP = frozenset({"gb11643", "gb32100", "mobile", "bank_card", "region", "postcode"})


class CheckFailure(NamedTuple):
    """Why a value does not pass; ``values`` fill the face's sentence for ``code``.

    Codes: ``not-text`` ``not-integer`` ``not-decimal`` ``not-boolean`` ``not-date`` · ``not-in-codes`` (codes) · ``too-short``,
    ``too-long`` (length, limit) · ``wrong-pattern`` (pattern) · ``too-low``, ``too-high`` (limit) · ``too-early``, ``too-late``
    (limit, a date) · ``not-allowed`` (allowed) · the faults of ``qipan.core.formats``: ``gb11643-shape`` ``gb11643-region``
    ``gb11643-birth`` ``gb11643-digit`` ``gb32100-shape`` ``gb32100-character`` ``bank-card-shape`` ``bank-card-digit``
    ``mobile`` ``phone`` ``email`` ``region`` ``postcode``.
    """

    code: str
    values: Mapping[str, object] = {}


_FAR_DAY = "2100-01-01"
_TEXTUAL = frozenset({ElementType.TEXT, ElementType.CODE})
_ORDERED = frozenset({ElementType.INTEGER, ElementType.DECIMAL, ElementType.DATE})


LONGEST: Mapping[ElementType, int] = {
    ElementType.TEXT: 2000,
    ElementType.CODE: 100,
    ElementType.INTEGER: 100,
    ElementType.DECIMAL: 100,
    ElementType.BOOLEAN: 100,
    ElementType.DATE: 100,
}
"""The most characters of a value as it is written, where its checks do not say; room for spaces and full-width signs."""

LONGEST_MATCHED = 200
"""The most characters where a pattern is matched and no ``max_length`` is given: see Note [Lengths before patterns]."""

LONGEST_DECLARED, LONGEST_DECLARED_MATCHED = 20_000, 1000
"""No ``max_length`` allows more than this; the second holds where a pattern is matched."""

LONGEST_HELD = 16 * 1024 * 1024
"""The same of what nobody is asked for, such as a document that a register holds as text, where no pattern is matched."""

# Note [Lengths before patterns]
# Patterns that could take exponential time are refused with the library. Those left may still take time in the square or the cube of
# the length, which somebody who fills in a form chooses: so lengths are checked first, and never without a limit.


def longest(element: Element, checks: Checks) -> int:
    """The most characters that a value under these checks may have."""
    matched = bool(checks.patterns or element.checks.patterns)
    declared = _either(element.checks.max_length, checks.max_length, min)
    if declared is not None:
        most = LONGEST_DECLARED if element.ask else LONGEST_HELD
        return min(declared, LONGEST_DECLARED_MATCHED if matched else most)
    return min(LONGEST[element.type], LONGEST_MATCHED) if matched else LONGEST[element.type]


def misfits(checks: Checks, kind: ElementType) -> list[str]:
    """Name the checks that say nothing about values of a type: lengths of a number, bounds of a text."""
    textual = {
        "min_length": checks.min_length,
        "max_length": checks.max_length,
        "pattern": checks.patterns or None,
        "format": checks.formats or None,
    }
    ordered = {"min": checks.minimum, "max": checks.maximum}
    unfit = (textual if kind not in _TEXTUAL else {}) | (ordered if kind not in _ORDERED else {})
    return [name for name, given in unfit.items() if given is not None]


# Joining


def intersect(first: Checks, second: Checks) -> Checks:
    """Join two checks into one that a value passes exactly when it passes both."""
    return Checks(
        min_length=_either(first.min_length, second.min_length, max),
        max_length=_either(first.max_length, second.max_length, min),
        patterns=_joined(first.patterns, second.patterns),
        minimum=_tighter(first.minimum, second.minimum, largest=True),
        maximum=_tighter(first.maximum, second.maximum, largest=False),
        one_of=_common(first.one_of, second.one_of),
        formats=_joined(first.formats, second.formats),
    )


def _either(first: int | None, second: int | None, choose: Callable[[int, int], int]) -> int | None:
    if first is None or second is None:
        return first if second is None else second
    return choose(first, second)


def _tighter(first: str | float | None, second: str | float | None, *, largest: bool) -> str | float | None:
    """Choose the tighter bound; ISO dates compare as texts, and "today" after all of them."""
    if first is None or second is None:
        return first if second is None else second
    if _lower(first, second) is largest:
        return second
    return first


def _lower(first: str | float, second: str | float) -> bool:
    if isinstance(first, str) or isinstance(second, str):
        return str(first) < str(second)
    return first < second


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*first, *second}))


def _common(first: tuple[Value, ...] | None, second: tuple[Value, ...] | None) -> tuple[Value, ...] | None:
    if first is None or second is None:
        return first if second is None else second
    return tuple(value for value in first if value in second)


# Whether anything passes


def is_empty(checks: Checks, element: Element, codes: Mapping[str, CodeList]) -> bool:
    """Whether surely no value passes both ``checks`` and the element's own; False where that cannot be told."""
    joined = intersect(element.checks, checks)
    choices = _choices(joined, element, codes)
    if choices is not None:
        return all(check_value(value, element, joined, codes, None) for value in choices)
    return _bounds_cross(joined) or _lengths_cross(joined, element) or _formats_clash(joined)


def _choices(checks: Checks, element: Element, codes: Mapping[str, CodeList]) -> tuple[Value, ...] | None:
    if checks.one_of is not None:
        return checks.one_of
    if element.type is ElementType.BOOLEAN:
        return (True, False)
    return _listed(element, codes)


def _listed(element: Element, codes: Mapping[str, CodeList]) -> tuple[Value, ...] | None:
    if element.type is not ElementType.CODE or element.codes is None or element.codes not in codes:
        return None
    return tuple(codes[element.codes].values)


def _bounds_cross(checks: Checks) -> bool:
    low, high = checks.minimum, checks.maximum
    if low is None or high is None or low == "today":
        return False
    if high == "today":
        return not _lower(low, _FAR_DAY)
    return _lower(high, low)


def _lengths_cross(checks: Checks, element: Element) -> bool:
    shortest = [
        checks.min_length or 0,
        *(FORMATS[name].shortest for name in checks.formats if name in FORMATS),
    ]
    most = [
        longest(element, checks),
        *(FORMATS[name].longest for name in checks.formats if name in FORMATS),
    ]
    return max(shortest) > min(most)


def _formats_clash(checks: Checks) -> bool:
    return any(not can_hold_together(first, second) for first in checks.formats for second in checks.formats)


# Checking one value


def check_value(
    value: Value, element: Element, checks: Checks, codes: Mapping[str, CodeList], today: date | None
) -> CheckFailure | None:
    """Say what is wrong with a value, or None; without ``today``, bounds that speak of today are passed over."""
    joined = checks if checks is element.checks else intersect(element.checks, checks)
    return next(_failures(value, element, joined, codes, today), None)


def _failures(
    value: Value, element: Element, checks: Checks, codes: Mapping[str, CodeList], today: date | None
) -> Iterator[CheckFailure]:
    if not _TYPES[element.type](value):
        yield CheckFailure(f"not-{'text' if element.type is ElementType.CODE else element.type}")
        return
    listed = _listed(element, codes)
    if listed is not None and value not in listed:
        yield CheckFailure("not-in-codes", {"codes": element.codes})
    if isinstance(value, str) and len(value) > (limit := longest(element, checks)):
        yield CheckFailure("too-long", {"length": len(value), "limit": limit})
        return
    yield from _text_failures(str(value), checks, today)
    yield from _bound_failures(value, element.type, checks, today)
    if checks.one_of is not None and value not in checks.one_of:
        yield CheckFailure("not-allowed", {"allowed": checks.one_of})


def _text_failures(text: str, checks: Checks, today: date | None) -> Iterator[CheckFailure]:
    if checks.min_length is not None and len(text) < checks.min_length:
        yield CheckFailure("too-short", {"length": len(text), "limit": checks.min_length})
    for name in checks.formats:
        fault = FORMATS[name].fault(text, today) if name in FORMATS else None
        if fault:
            yield CheckFailure(fault)
    for pattern in checks.patterns:
        if not re.fullmatch(pattern, text):
            yield CheckFailure("wrong-pattern", {"pattern": pattern})


def _bound_failures(
    value: Value, kind: ElementType, checks: Checks, today: date | None
) -> Iterator[CheckFailure]:
    low, high = _bound(checks.minimum, today), _bound(checks.maximum, today)
    of_date = kind is ElementType.DATE
    if low is not None and _lower(value, low):
        yield CheckFailure("too-early" if of_date else "too-low", {"limit": low})
    if high is not None and _lower(high, value):
        yield CheckFailure("too-late" if of_date else "too-high", {"limit": high})


def _bound(bound: str | float | None, today: date | None) -> str | float | None:
    if bound == "today":
        return today.isoformat() if today else None
    return bound


def _is_text(value: Value) -> bool:
    return isinstance(value, str) and _HALF.search(value) is None


def _is_date(value: Value) -> bool:
    if not isinstance(value, str) or len(value) != len("2020-01-31"):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_decimal(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_TYPES: Mapping[ElementType, Callable[[Value], bool]] = {
    ElementType.TEXT: _is_text,
    ElementType.CODE: _is_text,
    ElementType.INTEGER: lambda value: isinstance(value, int) and not isinstance(value, bool),
    ElementType.DECIMAL: _is_decimal,
    ElementType.BOOLEAN: lambda value: isinstance(value, bool),
    ElementType.DATE: _is_date,
}


# Reading form text


def parse_value(text: str, element: Element) -> Value | CheckFailure | None:
    """Read what a person typed into an element's value; None when nothing was typed.

    Full-width characters become half-width where the value is a number, date or standard format; dates may be written
    2020-1-31, 2020/1/31, 20200131 or 2020年1月31日. What cannot be seen is taken out: it comes along when people copy, and two names that
    look the same must be the same. The value is not checked yet, but for its length: what is much too long is not read.
    """
    visible = text if text.isprintable() else _UNSEEN.sub("", text)
    stripped = visible.strip().strip("\u3000")
    limit = max(longest(element, element.checks), LONGEST[element.type])
    if len(stripped) > limit:
        return CheckFailure("too-long", {"length": len(stripped), "limit": limit})
    if not stripped:
        return None
    return _READERS[element.type](stripped, element)


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _read_text(text: str, element: Element) -> Value | CheckFailure:
    if not element.checks.formats:
        return text
    narrow = _half_width(text)
    if _JOINED_UP.isdisjoint(element.checks.formats):
        return narrow
    return re.sub(r"[\s-]", "", narrow).upper()


def _read_integer(text: str, _element: Element) -> Value | CheckFailure:
    digits = _half_width(text).replace(",", "")
    return int(digits) if re.fullmatch(r"[+-]?[0-9]{1,18}", digits) else CheckFailure("not-integer")


def _read_decimal(text: str, _element: Element) -> Value | CheckFailure:
    digits = _half_width(text).replace(",", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?", digits):
        return CheckFailure("not-decimal")
    return float(digits)


def _read_boolean(text: str, _element: Element) -> Value | CheckFailure:
    truth = _TRUTHS.get(_half_width(text).lower())
    return CheckFailure("not-boolean") if truth is None else truth


def _read_date(text: str, _element: Element) -> Value | CheckFailure:
    match = _DAY.fullmatch(re.sub(r"\s", "", _half_width(text)))
    if match is None:
        return CheckFailure("not-date")
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return CheckFailure("not-date")


_READERS: Mapping[ElementType, Callable[[str, Element], Value | CheckFailure]] = {
    ElementType.TEXT: _read_text,
    ElementType.CODE: lambda text, _element: _half_width(text),
    ElementType.INTEGER: _read_integer,
    ElementType.DECIMAL: _read_decimal,
    ElementType.BOOLEAN: _read_boolean,
    ElementType.DATE: _read_date,
}
