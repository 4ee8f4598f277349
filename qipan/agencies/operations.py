"""Establishing the province's agencies from the library's kinds and the divisions."""

from collections.abc import Iterator

from qipan import records
from qipan.adapters.divisions import Division, Divisions
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


def establish_agencies(*, library: Library, divisions: Divisions, province: str) -> int:
    """Establish every agency of the province that is missing, and rename those renamed; give how many changed."""
    new = [row for kind in library.agencies.values() for row in _of_kind(kind, divisions, province)]
    return records.execute(ESTABLISH, [list(column) for column in zip(*new, strict=True)]) if new else 0


def _of_kind(kind: Agency, divisions: Divisions, province: str) -> Iterator[AgencyRow]:
    for level in kind.levels:
        place = Level.VILLAGE if level is Level.GRID else level
        for division in divisions.at(place, under=province):
            yield _agency(kind, level, division, divisions)


def _agency(kind: Agency, level: Level, division: Division, divisions: Divisions) -> AgencyRow:
    code = f"{division.code}001" if level is Level.GRID else division.code
    above = next((each for each in reversed(LEVELS[: LEVELS.index(level)]) if each in kind.levels), None)
    title = kind.names.get(level, kind.title)
    return AgencyRow(
        code=f"{code}.{kind.name}",
        kind=kind.name,
        level=level,
        division=code,
        name_zh=_place(division, divisions) + title.zh,
        name_en=f"{title.say('en')}, {_place(division, divisions)}",
        parent=agency_code(kind.name, above, code) if above else "",
    )


def _place(division: Division, divisions: Divisions) -> str:
    """Name a place by its own name, from the county down together with the one above: 杭州市西湖区, 西湖区灵隐街道."""
    above = divisions.division(division.parent) if division.level not in {Level.PROVINCE, Level.CITY} else None
    return f"{above.name if above else ''}{division.name}"
