"""Libraries written from the handbook alone, with plans worked out by hand before they were computed."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from qipan.faces.cli import main

LIBRARIES = Path(__file__).parents[1] / "libraries" / "outsider"


@dataclass(frozen=True)
class Case:
    """What one plan must be: what is asked, what is looked up when, and who works when."""

    library: str
    event: str
    questions: list[str]
    fetches: dict[str, int]
    services: dict[str, int]
    path: list[str]
    days: tuple[int, int]
    fields: tuple[int, int]
    options: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(
            [self.library, *self.options, *(f"{name}={value}" for name, value in self.answers.items())]
        )


CASES = [
    # One cheap key brings three facts; the other fact is cheaper to ask than its key.
    Case(
        "dog",
        "dog",
        ["p.vet_name", "p.tag"],
        {"tags(p)": 1},
        {"move": 2},
        ["tags(p)", "move"],
        (3, 3),
        (4, 2),
    ),
    # Four services in a row, with a look-up that takes days before the first and another in the middle.
    Case(
        "chain",
        "chain",
        ["p.note"],
        {"slow(p)": 1, "after(p)": 3},
        {"s1": 2, "s2": 3, "s3": 4, "s4": 5, "side": 1},
        ["slow(p)", "s1", "after(p)", "s3", "s4"],
        (16, 14),
        (7, 1),
    ),
    # A symmetric relation that holds only with a partner, and a look-up by the codes of both.
    Case(
        "merger",
        "merge",
        ["ours.joint"],
        {"companies(me,ours)": 1, "pacts(ours,theirs)": 2, "debts(ours,theirs)": 3},
        {"pact_filing": 3, "clearance": 4},
        ["companies(me,ours)", "pacts(ours,theirs)", "pact_filing"],
        (3, 2),
        (6, 1),
    ),
    Case(
        "merger",
        "merge",
        [],
        {"companies(me,ours)": 1},
        {"pact_filing": 2},
        ["companies(me,ours)", "pact_filing"],
        (2, 2),
        (2, 1),
        answers={"ours.joint": False},
    ),
    # A certificate that is held, one that is issued on the way, and a document that facts replace.
    Case(
        "teacher",
        "teach",
        ["p.degree", "p.school"],
        {"houses(p)": 1},
        {"licence": 2, "post": 3},
        ["houses(p)", "licence", "post"],
        (11, 11),
        (3, 2),
    ),
    Case(
        "teacher",
        "teach",
        [],
        {},
        {"licence": 1, "post": 2},
        ["licence", "post"],
        (11, 11),
        (3, 0),
        ["--wallet", "diploma(p)", "--without", "houses"],
    ),
    # Granted for some facts, granted until today, ended, never granted, withheld.
    Case(
        "grants",
        "e",
        ["p.b", "p.c", "p.d", "p.f"],
        {"ends(p)": 1, "granted(p)": 1},
        {"s": 2},
        ["ends(p)", "s"],
        (20, 20),
        (6, 4),
        ["--today", "2026-11-22"],
    ),
    # A fact that decides is looked up, or asked first when the register is silent.
    Case(
        "boat",
        "boat",
        ["p.hull", "p.power"],
        {"hulls(p)": 1},
        {"berth": 2, "smoke": 2},
        ["hulls(p)", "smoke"],
        (3, 2),
        (6, 2),
    ),
    Case(
        "boat",
        "boat",
        ["p.engine", "p.hull", "p.length", "p.power"],
        {},
        {"berth": 1, "smoke": 1},
        ["smoke"],
        (3, 2),
        (6, 4),
        ["--without", "hulls"],
    ),
    # Two services that wait for each other, until the cheaper fact is asked.
    Case("ring", "ring", ["p.b"], {}, {"s1": 1, "s2": 2}, ["s1", "s2"], (2, 2), (2, 1)),
    # A neighbour who takes part only with a fence, and a symmetric look-up from the side that is known.
    Case(
        "garden",
        "garden",
        ["p.fenced", "p.plot"],
        {"plots(p)": 1},
        {"till": 2},
        ["plots(p)", "till"],
        (2, 2),
        (2, 2),
    ),
    Case(
        "garden",
        "garden",
        ["n.id", "p.plot"],
        {"fences(n,p)": 1, "plots(p)": 1},
        {"till": 2, "extra": 2},
        ["fences(n,p)", "till"],
        (3, 2),
        (6, 3),
        answers={"p.fenced": True},
    ),
    # Two services produce one field, each in its own case.
    Case(
        "two_ways",
        "go",
        ["p.pet"],
        {"proofs(p)": 1},
        {"quick": 1, "use": 2},
        ["quick", "use"],
        (2, 2),
        (3, 2),
        answers={"p.fast": True},
    ),
    # A look-up by two keys, one of them looked up and the other asked.
    Case(
        "court",
        "court",
        ["p.year"],
        {"cases(p)": 1, "rulings(p)": 2},
        {"enforce": 3},
        ["cases(p)", "rulings(p)", "enforce"],
        (3, 3),
        (2, 1),
    ),
    # A key dearer than one fact and cheaper than two.
    Case("tradeoff", "e", ["p.z", "p.k"], {"rk(p)": 1}, {"s": 2}, ["rk(p)", "s"], (20, 20), (3, 2)),
]


def planned(library: str, event: str, *options: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(
        main, ["plan", event, "--library", str(LIBRARIES / library), "--json", *options]
    )
    plan: dict[str, Any] = json.loads(result.stdout)
    return result.exit_code, plan


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_plan_is_the_one_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(case.answers), encoding="utf-8")
    code, plan = planned(
        case.library, case.event, *case.options, *(["--answers", str(answers)] if case.answers else [])
    )
    assert code == 0
    assert sorted(question["field"] for question in plan["questions"]) == sorted(case.questions)
    assert {fetch["name"]: fetch["stage"] for fetch in plan["fetches"]} == case.fetches
    assert {service["service"]: service["stage"] for service in plan["services"]} == case.services
    assert plan["critical_path"] == case.path
    savings = plan["savings"]
    assert (savings["working_days"]["before"], savings["working_days"]["after"]) == case.days
    assert (savings["fields"]["before"], savings["fields"]["after"]) == case.fields


def test_a_field_whose_producers_are_still_open_is_not_missing() -> None:
    code, plan = planned("two_ways", "go")
    assert code == 0
    assert plan["problems"] == []
    assert [question["field"] for question in plan["questions"]] == ["p.fast"]
    assert not any(item["settled"] for item in plan["left"])
    use = next(item for item in plan["left"] if item["service"] == "use" and item["what"] == "service")
    assert (use["reason"]["code"], use["reason"]["fields"]) == ("undecided", ["p.fast"])


def test_a_grant_that_ended_years_ago_is_not_used() -> None:
    _, plan = planned("grants", "e")
    assert "expired(p)" not in {fetch["name"] for fetch in plan["fetches"]}


def test_a_drawing_in_a_folder_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    options = ["--library", str(LIBRARIES / "dog"), "--output", str(tmp_path / "nowhere" / "plan.svg")]
    result = CliRunner().invoke(main, ["graph", "dog", *options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert "Traceback" not in result.stderr


LEAN = """schema: 1
agencies: {o: {title: 局, levels: [county]}}
elements:
  Person.id: {title: 号}
  Person.fast: {title: 加急, type: boolean}
  Person.pass_no: {title: 通行证号, ask: false}
  Person.deed: {title: 契, ask: false}
certificates:
  deed: {title: 契约, agency: o, parties: {p: Person}, facts: [p.deed]}
services:
  quick: {title: 加急, agency: o, level: county, parties: {p: Person}, when: p.fast == true, needs: [p.id], gives: [p.pass_no]}
  use: {title: 使用, agency: o, level: county, parties: {p: Person}, needs: [p.pass_no]}
  own: {title: 持有, agency: o, level: county, parties: {p: Person}, needs: [p.deed]}
events:
  go: {title: 出行, parties: {p: {kind: Person, applicant: true}}, known: [p.id], services: [use, {service: quick, optional: true}]}
  hold: {title: 持有, parties: {p: {kind: Person, applicant: true}}, known: [p.id], services: [own]}
"""


@pytest.mark.parametrize(
    ("event", "options", "reason"),
    [
        ("go", ["--answers"], {"code": "not-given", "services": ["quick"]}),
        ("go", ["--skip", "quick"], {"code": "not-given", "services": ["quick"]}),
        ("hold", [], {"code": "not-held", "resources": ["deed"]}),
    ],
)
def test_what_nobody_gives_this_time_is_left_out_and_no_mistake_of_the_library(
    tmp_path: Path, event: str, options: list[str], reason: dict[str, Any]
) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "all.yaml").write_text(LEAN, encoding="utf-8")
    answers = tmp_path / "answers.json"
    answers.write_text('{"p.fast": false}', encoding="utf-8")
    if options == ["--answers"]:
        options = [*options, str(answers)]
    code, plan = planned(str(tmp_path / "library"), event, *options)
    assert (code, plan["problems"]) == (0, [])
    left = next(one for one in plan["left"] if one["service"] in {"use", "own"} and one["what"] == "service")
    assert reason.items() <= left["reason"].items()
