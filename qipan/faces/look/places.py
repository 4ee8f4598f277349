"""Lets people write where a place is, as they would say it, where an agency's form wants a division's code."""

import re
from functools import lru_cache
from typing import NamedTuple

from qipan.adapters import divisions
from qipan.adapters.divisions import Division
from qipan.core.declarations import Level

SHOWN = 8
LONGEST = 40
HOME = "33"  # the sample province stands before the others
_CODE = re.compile(r"[0-9]{6}(?:[0-9]{3}|[0-9]{6})?")


class Place(NamedTuple):
    """A division with the name of every division above it."""

    code: str
    name: str


def place_name(code: str) -> str:
    """The whole name of a division; what was given, where it is no division's code."""
    return divisions.full_name(code) or code if _CODE.fullmatch(code) else code


def place_code(written: str) -> str:
    """The code that someone means who writes a name that only one division can have; else what they wrote."""
    text = "".join(written.split())
    if not text or _CODE.fullmatch(text):
        return text or written
    found = _fitting(text)
    exact = [place for place in found if place.name == text]
    likely = exact or [place for place in found if place.name.endswith(text)] or found
    return likely[0].code if len(likely) == 1 else written


def find_places(written: str) -> tuple[Place, ...]:
    """Counties of the country and townships of the sample province whose whole name has these characters in this order."""
    text = "".join(written.split())[:LONGEST]
    return tuple(_fitting(text)[:SHOWN]) if text else ()


def _fitting(text: str) -> list[Place]:
    inside = re.compile(".*?".join(map(re.escape, text[:LONGEST])))
    fitting = (place for place in _places() if inside.search(place.name))
    return sorted(fitting, key=lambda place: _distance(place, text))


def _distance(place: Place, text: str) -> tuple[bool, bool, bool, int, str]:
    name = place.name
    return (text not in name, not name.endswith(text), not place.code.startswith(HOME), len(name), place.code)


@lru_cache(maxsize=1)
def _places() -> tuple[Place, ...]:
    shipped = divisions.sample_divisions()
    listed: tuple[Division, ...] = (*shipped.at(Level.COUNTY), *shipped.at(Level.TOWNSHIP))
    return tuple(Place(one.code, shipped.full_name(one.code)) for one in listed)
