"""`qipan walls`: the rules printed, and one question answered."""

from collections.abc import Callable
from typing import Any

import pytest

from qipan.core.walls import RULES
from tests.cli.conftest import Run


def test_the_table_is_printed_whole(run_json: Callable[..., Any]) -> None:
    lines = run_json("walls")
    assert [line["name"] for line in lines] == [rule.name for rule in RULES]
    assert [line["verdict"] for line in lines] == [rule.verdict for rule in RULES]


def test_a_table_for_eyes_has_every_rules_reason(run: Run) -> None:
    said = "".join(run("walls", "--lang", "en").stdout.split())
    assert "Nopurposewasnamed." in said or "Nopurpose" in said
    assert "Refused" in said


@pytest.mark.parametrize(
    ("asked", "verdict", "rule"),
    [
        (("bank", "Person.id_number", "--for", "use", "--relation", "case", "--consent"), "pass", "case"),
        (("bank", "Person.id_number", "--for", "use", "--consent"), "mask", "masked-by-consent"),
        (("outside", "Person.id_number", "--relation", "own"), "pass", "own"),
        (("taxation", "Person.id_number", "--from", "public_security", "--for", "use"), "mask", "masked-inside"),
        (("inside", "Person.id_number"), "refuse", "no-purpose"),
    ],
)  # fmt: skip
def test_may_somebody_see_something(
    run_json: Callable[..., Any], asked: tuple[str, ...], verdict: str, rule: str
) -> None:
    found = run_json("walls", "may", *asked)
    assert (found["verdict"], found["rule"]) == (verdict, rule)
    assert RULES[found["number"] - 1].name == rule


@pytest.mark.parametrize("asked", [("moon", "Person.id_number"), ("inside", "Person.shoe_size")])
def test_what_is_not_there_is_said_so(run: Run, asked: tuple[str, str]) -> None:
    done = run("walls", "may", *asked, exit_code=2)
    assert next(one for one in asked if one not in {"inside", "Person.id_number"}) in done.stderr
