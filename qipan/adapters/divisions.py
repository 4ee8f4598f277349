"""Administrative divisions: Zhejiang down to the village, the other provinces down to the county.

Codes are those of GB/T 2260 and its extensions: 6 digits for a province, city or county (``330000``, ``330100``, ``330106``),
9 for a township, 12 for a village. Every function takes a code in any length, padded with zeros or not. The data, and where
it comes from, are in ``library/divisions``; they are read when first needed.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, TypeVar

from qipan.core.declarations import Level

K = TypeVar("K")
FOLDER = Path(__file__).parents[2] / "library" / "divisions"
DIGITS = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}
COUNTY_DIGITS = 6
UNSPOKEN = frozenset(
    {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
)  # cities in the gazette only


class Division(NamedTuple):
    """A division as the gazette lists it; ``parent`` is the code of the one above, empty for a province."""

    code: str
    name: str
    level: Level
    parent: str


class Divisions:
    """The divisions of one folder of ``code,name`` files."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def division(self, code: str) -> Division | None:
        """Find a division; None when there is no such code."""
        return self._listed.get(_stem(code))

    def children(self, code: str = "") -> tuple[Division, ...]:
        """List the divisions right below, by code; without a code, the provinces."""
        own = self.division(code)
        return tuple(self._below.get(own.code if own else code, ()))

    def ancestors(self, code: str) -> tuple[Division, ...]:
        """List the divisions above, highest first, without the division itself."""
        return tuple(
            found
            for stem in reversed([*_stems_above(_stem(code))])
            if (found := self.division(stem)) is not None
        )

    def full_name(self, code: str) -> str:
        """Say where it is: 浙江省杭州市西湖区; empty when there is no such code."""
        own = self.division(code)
        above = (each.name for each in self.ancestors(code) if each.name not in UNSPOKEN)
        return "".join((*above, own.name)) if own else ""

    def at(self, level: Level, under: str = "") -> tuple[Division, ...]:
        """List all divisions of one level, by code, below ``under`` (everywhere when it is empty)."""
        stem = _stem(under)
        return tuple(each for each in self._at.get(level, ()) if each.code.startswith(stem))

    @cached_property
    def _listed(self) -> Mapping[str, Division]:
        """All divisions by stem, in the order of their stems."""
        lines = sorted(line for path in self._folder.glob("*.csv.gz") for line in _lines(path))
        parts = (line.rstrip("\n").partition(",") for line in lines)
        return {
            stem: Division(_padded(stem), name, DIGITS[len(stem)], _padded(_above(stem)))
            for stem, _, name in parts
        }

    @cached_property
    def _below(self) -> Mapping[str, list[Division]]:
        return _grouped(self._listed.values(), attrgetter("parent"))

    @cached_property
    def _at(self) -> Mapping[Level, list[Division]]:
        return _grouped(self._listed.values(), attrgetter("level"))


@lru_cache(maxsize=1)
def sample_divisions() -> Divisions:
    """Give the divisions that the project ships, read once in a process."""
    return Divisions()


def division(code: str) -> Division | None:
    """Find a division that the project ships; None when there is no such code."""
    return sample_divisions().division(code)


def children(code: str = "") -> tuple[Division, ...]:
    """List the divisions right below one; without a code, the provinces."""
    return sample_divisions().children(code)


def ancestors(code: str) -> tuple[Division, ...]:
    """List the divisions above one, highest first."""
    return sample_divisions().ancestors(code)


def full_name(code: str) -> str:
    """Say where a division is: 浙江省杭州市西湖区."""
    return sample_divisions().full_name(code)


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return lines.readlines()[1:]


def _grouped(found: Iterable[Division], by: Callable[[Division], K]) -> Mapping[K, list[Division]]:
    groups: dict[K, list[Division]] = {}
    for each in found:
        groups.setdefault(by(each), []).append(each)
    return groups


def _stem(code: str) -> str:
    """Drop the zeros that pad a code: ``330100`` → ``3301``, ``330000000000`` → ``33``."""
    digits = len(code)
    for shorter in sorted(DIGITS, reverse=True):
        if shorter < digits <= max(DIGITS) and not code[shorter:].strip("0"):
            digits = shorter
    return code[:digits]


def _padded(stem: str) -> str:
    return stem.ljust(COUNTY_DIGITS, "0") if stem else ""


def _above(stem: str) -> str:
    return next((stem[:digits] for digits in sorted(DIGITS, reverse=True) if digits < len(stem)), "")


def _stems_above(stem: str) -> Iterator[str]:
    while stem := _above(stem):
        yield stem
