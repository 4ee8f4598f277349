"""Formats: numbers and addresses whose shape, and often check character, a standard fixes.

GB 11643-1999 citizen numbers (ISO 7064 MOD 11-2), GB 32100-2015 unified social credit codes (MOD 31),
ISO/IEC 7812-1 bank cards (Luhn), mainland telephone numbers, GB/T 2260 regions, postcodes, e-mail addresses.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

_PROVINCES = frozenset(
    str(province)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for province in range(first, last + 1)
)
_GB11643_DIGITS = "10X98765432"
_GB32100_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_EARLIEST_BIRTH = date(1850, 1, 1)


class Format(NamedTuple):
    """A fixed way of writing: ``fault`` names what is wrong with a text, or gives None; lengths are in characters."""

    shortest: int
    longest: int
    fault: Callable[[str, date | None], str | None]


def gb11643_digit(body: str) -> str:
    """Give the check character of the first 17 digits of a citizen number."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return _GB11643_DIGITS[total % 11]


def gb11643_birth(number: str) -> date | None:
    """Give the birth date inside a citizen number, None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def gb32100_character(body: str) -> str:
    """Give the check character of the first 17 characters of a unified social credit code."""
    total = sum(
        _GB32100_CHARACTERS.index(character) * pow(3, place, 31) for place, character in enumerate(body)
    )
    return _GB32100_CHARACTERS[-total % 31]


def _gb11643_fault(text: str, today: date | None) -> str | None:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return "gb11643-shape"
    region = text[1:3] if text.startswith("9") else text[:2]
    if region not in _PROVINCES:
        return "gb11643-region"
    birth = gb11643_birth(text)
    if birth is None or birth < _EARLIEST_BIRTH or (today is not None and birth > today):
        return "gb11643-birth"
    return None if text[17] == gb11643_digit(text[:17]) else "gb11643-digit"


def _gb32100_fault(text: str, _today: date | None) -> str | None:
    if not re.fullmatch(rf"[{_GB32100_CHARACTERS}]{{2}}[0-9]{{6}}[{_GB32100_CHARACTERS}]{{10}}", text):
        return "gb32100-shape"
    return None if text[17] == gb32100_character(text[:17]) else "gb32100-character"


def _luhn_holds(text: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text)))
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0


def _bank_card_fault(text: str, _today: date | None) -> str | None:
    if not re.fullmatch(r"[0-9]{12,19}", text):
        return "bank-card-shape"
    return None if _luhn_holds(text) else "bank-card-digit"


def _shaped(pattern: str, code: str) -> Callable[[str, date | None], str | None]:
    shape = re.compile(pattern, re.ASCII)

    def fault(text: str, _today: date | None) -> str | None:
        return None if shape.fullmatch(text) else code

    return fault


_MOBILE = r"1[3-9]\d{9}"
_PHONE = rf"(?:\+?86-?)?(?:{_MOBILE}|(?:0\d{{2,3}}-?)?[2-9]\d{{6,7}}(?:-\d{{1,6}})?|[48]00-?\d{{3}}-?\d{{4}})"
_EMAIL = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"

FORMATS: Mapping[str, Format] = {
    "gb11643": Format(18, 18, _gb11643_fault),
    "gb32100": Format(18, 18, _gb32100_fault),
    "mobile": Format(11, 11, _shaped(_MOBILE, "mobile")),
    "phone": Format(7, 24, _shaped(_PHONE, "phone")),
    "email": Format(6, 254, _shaped(_EMAIL, "email")),
    "region": Format(6, 12, _shaped(r"[1-9]\d{5,11}", "region")),
    "bank_card": Format(12, 19, _bank_card_fault),
    "postcode": Format(6, 6, _shaped(r"\d{6}", "postcode")),
}

_DISJOINT = frozenset({frozenset({"gb11643", "gb32100"}), frozenset({"region", "postcode"})})


def can_hold_together(first: str, second: str) -> bool:
    """Whether one text can have both formats; a person's number is never an organisation's."""
    if first == second or {first, second} == {"mobile", "phone"}:
        return True
    if "email" in {first, second} or frozenset({first, second}) in _DISJOINT:
        return False
    return not {"mobile", "phone"} & {first, second}
