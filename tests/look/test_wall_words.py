"""The rules in words: each in Chinese and English, the same in the handbook, and every face labelled."""

import pkgutil
import re
from pathlib import Path

import pytest

from qipan import faces
from qipan.core.walls import RULES, Purpose, Relation, Verdict, Zone
from qipan.faces.look.wall_words import PURPOSES, RELATIONS, VERDICTS, WHY, ZONES, ZONES_EXPLAINED, rule_lines
from qipan.faces.look.zones import FACES

HANDBOOK = Path(__file__).parents[2] / "docs" / "handbook" / "walls.md"
HAN = re.compile("[一-鿿]")
NOT_LABELLED = {"gateway", "look"}  # stands where the node does that asks; is what the others share


def test_every_rule_and_label_has_its_words() -> None:
    assert list(WHY) == [rule.name for rule in RULES]
    for words, of in (
        (ZONES, Zone),
        (ZONES_EXPLAINED, Zone),
        (PURPOSES, Purpose),
        (RELATIONS, Relation),
        (VERDICTS, Verdict),
    ):
        assert set(words) == set(of)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_line_is_in_its_language(language: str) -> None:
    for line in rule_lines(language):
        for part in (line.does, line.taker, line.when, line.grades, line.why):
            assert part
            assert bool(HAN.search(part)) == (language == "zh")


def test_the_handbook_has_the_table_as_it_is() -> None:
    written = [
        f"| {one.number} | `{one.name}` | {one.does} | {one.taker} | {one.when} | {one.grades} | {one.why} |"
        for one in rule_lines("en")
    ]
    assert "\n".join(written) in HANDBOOK.read_text(encoding="utf-8")


def test_every_face_is_labelled() -> None:
    packages = {one.name for one in pkgutil.iter_modules(faces.__path__)}
    assert packages - NOT_LABELLED == set(FACES)
