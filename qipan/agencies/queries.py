"""Reads about agencies: which one handles what, and what it is called."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from qipan import records
from qipan.core.declarations import Level

DIGITS = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
    Level.GRID: 15,
}
SHORTEST = 6  # codes of provinces and cities are padded to those of counties
AGENCY = "SELECT code, kind, level, division, name_zh, name_en, parent FROM agencies"
LINE = """
WITH RECURSIVE line AS (
  SELECT code, kind, level, division, name_zh, name_en, parent, 1 AS height FROM agencies WHERE code = %s
  UNION ALL
  SELECT a.code, a.kind, a.level, a.division, a.name_zh, a.name_en, a.parent, line.height + 1
  FROM agencies a JOIN line ON a.code = line.parent WHERE line.height < 6)
SELECT code, kind, level, division, name_zh, name_en, parent FROM line ORDER BY height DESC
"""
NEAREST = """
SELECT ARRAY(
  SELECT coalesce(
    (SELECT code FROM agencies JOIN unnest(wanted.codes) WITH ORDINALITY AS near (code, distance) USING (code)
     ORDER BY distance LIMIT 1),
    (SELECT code FROM agencies WHERE kind = wanted.kind AND parent = '' ORDER BY division LIMIT 1), '')
  FROM (SELECT ordinality, kind, string_to_array(codes, ' ') AS codes
        FROM unnest(%(kinds)s::text[], %(codes)s::text[]) WITH ORDINALITY AS one (kind, codes, ordinality)) AS wanted
  ORDER BY ordinality)
"""


class AgencyRow(NamedTuple):
    """One agency."""

    code: str
    kind: str
    level: str
    division: str
    name_zh: str
    name_en: str
    parent: str


class Wanted(NamedTuple):
    """The agency that somebody looks for: of a kind, at a level, for a region."""

    kind: str
    level: Level
    region: str


class _Codes(NamedTuple):
    codes: tuple[str, ...]


def agency_code(kind: str, level: Level | str, region: str) -> str:
    """Write the code of the agency for a region: ``330106.health``; a region coarser than the level stays as it is."""
    stem = region[: DIGITS[Level(level)]]
    return f"{stem.ljust(SHORTEST, '0')}.{kind}"


def nearest_codes(wanted: Wanted) -> tuple[str, ...]:
    """List the codes of the agency itself and of those above it, nearest first."""
    levels = list(DIGITS)
    upwards = reversed(levels[: levels.index(wanted.level) + 1])
    return tuple(dict.fromkeys(agency_code(wanted.kind, level, wanted.region) for level in upwards))


def handling_agencies(wanted: Sequence[Wanted]) -> list[str]:
    """Give for each the agency that handles it: its own, or the nearest above it that exists, or the highest of its kind.

    What lies outside the province goes to the highest, whose task it is to pass it on (跨省通办). Empty: there is none at all.
    """
    near = [" ".join(nearest_codes(each)) for each in wanted]
    found = records.prepared(_Codes, NEAREST, {"kinds": [each.kind for each in wanted], "codes": near})
    return list(found.codes) if found else []


def agency(code: str) -> AgencyRow | None:
    """Find an agency."""
    return records.prepared(AgencyRow, f"{AGENCY} WHERE code = %s", [code])


def agencies(codes: Collection[str]) -> dict[str, AgencyRow]:
    """Find several agencies, by code."""
    found = records.rows(AgencyRow, f"{AGENCY} WHERE code = ANY(%s)", [list(codes)])
    return {row.code: row for row in found}


def agencies_under(division: str, kind: str = "", limit: int = 200) -> list[AgencyRow]:
    """List the agencies in a division and below it, highest first."""
    stem = division if len(division) > SHORTEST else division.removesuffix("00").removesuffix("00")
    return records.rows(
        AgencyRow,
        f"{AGENCY} WHERE division LIKE %s AND (%s = '' OR kind = %s) ORDER BY division, kind LIMIT %s",
        [f"{stem}%", kind, kind, limit],
    )


def line_of(code: str) -> list[AgencyRow]:
    """List an agency with those above it of its kind, highest first."""
    return records.rows(AgencyRow, LINE, [code])


def agencies_below(code: str, limit: int = 200) -> list[AgencyRow]:
    """List the agencies directly below one, by division."""
    return records.rows(AgencyRow, f"{AGENCY} WHERE parent = %s ORDER BY division LIMIT %s", [code, limit])
