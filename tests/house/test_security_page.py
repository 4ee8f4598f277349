"""docs/security.md names, for each threat, tests that exist; and leaves out no attack, and nothing an exchange must hold."""

import re
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "security.md"
HELD = set(range(1, 27))
LINE = re.compile(r"^\| (?P<threat>.+?) \| (?P<control>.+) \| (?P<tests>`.+`) \|$", re.MULTILINE)
NUMBERS = re.compile(r"\((\d+(?:, \d+)*)\)$")


class Threat(NamedTuple):
    """A line of the table."""

    words: str
    numbers: tuple[int, ...]
    tests: tuple[str, ...]


def threats() -> list[Threat]:
    return [
        Threat(line["threat"], numbers(line["threat"]), tuple(re.findall(r"`([^`]+)`", line["tests"])))
        for line in LINE.finditer(PAGE.read_text(encoding="utf-8").partition("## Known gaps")[0])
    ]


def numbers(threat: str) -> tuple[int, ...]:
    found = NUMBERS.search(threat)
    return tuple(map(int, found[1].split(", "))) if found else ()


def count_tests(name: str) -> int:
    """How many tests a file has, or the files of a folder."""
    path = TESTS / name
    files = path.glob("test_*.py") if path.is_dir() else [path]
    return sum(
        len(re.findall(r"^(?:async )?def test_", one.read_text("utf-8"), re.MULTILINE)) for one in files
    )


def test_each_threat_names_tests_that_exist() -> None:
    without = [one.words for one in threats() if not one.tests or not all(map(count_tests, one.tests))]
    assert len(threats()) > 100
    assert not without


def test_what_an_exchange_must_hold_is_covered_whole() -> None:
    assert {number for one in threats() for number in one.numbers} == HELD


def test_every_file_of_attacks_stands_on_the_page() -> None:
    named = {test for one in threats() for test in one.tests}
    there = {f"attacks/{path.name}" for path in (TESTS / "attacks").glob("test_*.py")}
    assert not there - named
