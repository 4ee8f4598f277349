"""Warnings of needs that nobody may be asked and that stand on a service which is not always done."""

from dataclasses import replace
from datetime import date

import pytest

from qipan.core.declarations import GrantDeclaration, Library
from qipan.core.plan import Problem
from qipan.core.planner import Knowledge, check_library, make_plan
from tests.core.planner.board import EVENT, conditional, library, resource, service, use, why_left

PATH = ("services", "card", "needs", "child.number")


def doubts(board: Library) -> list[Problem]:
    return [one for one in check_library(board) if one.code == "doubtful-supply"]


def board(
    birth: str = "", card: str = "", given: str = "", *, optional: bool = False, **more: object
) -> Library:
    """A card needs a number that nobody may be asked; registering the birth gives it, perhaps only on a condition."""
    return library(
        {
            "birth": service(gives=[("child.number", given)] if given else "child.number", when=birth),
            "card": service("child.number", when=card),
        },
        uses=[use("birth", optional=optional), use("card")],
        silent="number",
        lines={PATH: 9},
        **more,  # type: ignore[arg-type]
    )


def test_what_is_always_done_leaves_no_doubt() -> None:
    assert doubts(board()) == []


@pytest.mark.parametrize(
    "doubtful",
    [
        board("mother.local == 'yes'"),
        board(given="mother.local == 'yes'"),
        board(optional=True),
        board("mother.local == 'yes'", "mother.local == 'no' or mother.married == 'yes'"),
        board(whens={"child": "mother.local == 'yes'"}, certificates={}, optional=True),
    ],
    ids=["service", "output", "optional", "other condition", "party and optional"],
)
def test_what_is_not_always_done_is_told_where_it_is_needed(doubtful: Library) -> None:
    (problem,) = doubts(doubtful)
    assert str(problem.position) == "board.yaml:9"
    assert (
        problem.severity,
        problem.values["service"],
        problem.values["field"],
        problem.values["services"],
    ) == (
        "warning",
        "card",
        "child.number",
        ["birth"],
    )


def test_the_doubt_is_well_founded() -> None:
    plan = make_plan(board(optional=True), EVENT, Knowledge(skipped=frozenset({"birth"})))
    assert why_left(plan) == {"birth": "skipped", "card": "not-given"}


@pytest.mark.parametrize(
    "certain",
    [
        board("mother.local == 'yes'", "mother.local == 'yes' and mother.married == 'yes'"),
        board("present(child)", whens={"child": "mother.local == 'yes'"}),
        board("mother.local == 'yes'", whens={"child": "mother.local == 'yes'"}),
        board("mother.local == 'yes'", resources={"numbers": resource("m.id -> m.number")}, known="child.id"),
        board("mother.local == 'yes'", certificates={"page": "child.number"}),
    ],
    ids=["same condition", "its party", "the party's condition", "a look-up too", "a certificate too"],
)
def test_what_is_done_wherever_it_is_needed_leaves_no_doubt(certain: Library) -> None:
    assert doubts(certain) == []


def test_two_services_that_together_are_always_done_leave_no_doubt() -> None:
    either = library(
        {
            "slow": service(gives="child.number", when="mother.fast == 'no'"),
            "quick": service(gives="child.number", when="mother.fast != 'no'"),
            "card": service("child.number"),
        },
        silent="number",
    )
    assert doubts(either) == []
    assert doubts(
        replace(either, services={**either.services, "slow": replace(either.services["slow"], gives=())})
    )


def test_a_grant_that_has_ended_is_told() -> None:
    ended = library(
        {"card": service("mother.name")},
        resources={"names": conditional("m.id -> m.name")},
        grants={"g": GrantDeclaration("g", "names", EVENT, until="2026-11-21")},
        lines={("grants", "g", "until"): 4},
    )
    (problem,) = [one for one in check_library(ended, date(2026, 11, 22)) if one.code == "expired"]
    assert (str(problem.position), problem.severity) == ("board.yaml:4", "warning")
    assert problem.values["found"] == "2026-11-21"
    assert not [one for one in check_library(ended, date(2026, 11, 21)) if one.code == "expired"]
    assert not [one for one in check_library(ended) if one.code == "expired"]
