"""Establishing the province's agencies from the library's kinds and the divisions."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from qipan import records
from qipan.adapters.divisions import Divisions
from qipan.agencies.queries import AgencyRow, agency_code
from qipan.core.declarations import Agency, Level, Library

ESTABLISH = """
INSERT INTO agencies (code, kind, level, division, name_zh, name_en, parent)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
ON CONFLICT (code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en, parent = excluded.parent
WHERE (agencies.name_zh, agencies.name_en, agencies.parent)
  IS DISTINCT FROM (excluded.name_zh, excluded.name_en, excluded.parent)
"""
LEVELS = tuple(Level)
GRID = "001"  # the gazette does not list grids: each village is taken to have one


class _Place(NamedTuple):
    code: str
    name: str


def establish_agencies(*, library: Library, divisions: Divisions, under: str) -> int:
    """Establish every missing agency of a division and all below it, and rename those renamed; give how many changed."""
    places: dict[Level, list[_Place]] = {
        level: _places(level, divisions, under) for level in LEVELS if level is not Level.GRID
    }
    new = [row for kind in library.agencies.values() for row in _of_kind(kind, places)]
    return records.execute(ESTABLISH, [list(column) for column in zip(*new, strict=True)]) if new else 0


def _places(level: Level, divisions: Divisions, under: str) -> list[_Place]:
    """Name each division by its own name, from the county down together with the one above: 杭州市西湖区, 西湖区灵隐街道."""
    found = divisions.at(level, under=under)
    if level in {Level.PROVINCE, Level.CITY}:
        return [_Place(each.code, each.name) for each in found]
    above = {code: divisions.division(code) for code in {each.parent for each in found}}
    return [
        _Place(each.code, (parent.name if (parent := above[each.parent]) else "") + each.name)
        for each in found
    ]


def _of_kind(kind: Agency, places: Mapping[Level, list[_Place]]) -> Iterator[AgencyRow]:
    for level in kind.levels:
        above = next((each for each in reversed(LEVELS[: LEVELS.index(level)]) if each in kind.levels), None)
        title = kind.names.get(level, kind.title)
        suffix = GRID if level is Level.GRID else ""
        for place in places[Level.VILLAGE if level is Level.GRID else level]:
            code = place.code + suffix
            parent = agency_code(kind.name, above, code) if above else ""
            name_en = f"{title.say('en')}, {place.name}"
            yield AgencyRow(
                f"{code}.{kind.name}", kind.name, level, code, place.name + title.zh, name_en, parent
            )
