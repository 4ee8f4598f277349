"""`qipan explain`: why a field is asked, where it comes from, who needs it."""

from collections.abc import Callable
from typing import Any

from tests.cli.conftest import Run

Library = Callable[[str], str]


def test_a_question_is_explained(run: Run, library: Library) -> None:
    said = run("explain", "marriage", "partner.id_number", "--library", library("marriage")).stdout
    assert "要请您回答：对方的公民身份号码 (partner.id_number)" in said
    assert "没有部门能提供这一项" in said
    assert "用到它的：结婚登记、配偶共济备案" in said


def test_what_is_looked_up_is_explained_step_by_step(run_json: Callable[..., Any], library: Library) -> None:
    found = run_json(
        "explain", "moving_abroad", "company.sponsor_licence", "--library", library("moving_abroad")
    )
    assert found["asked"] is False
    assert [(step["kind"], step["via"]) for step in found["steps"]] == [
        ("answer", ""),
        ("resource", "companies(company)"),
        ("resource", "sponsors(company)"),
    ]
    assert found["needed_by"] == ["visa"]


def test_the_steps_can_be_replayed(run_json: Callable[..., Any], library: Library) -> None:
    found = run_json("explain", "moving_abroad", "child.school_year", "--library", library("moving_abroad"))
    assert found["asked"] is True
    for field in ("worker.tax_number", "worker.residence_number"):
        known: set[str] = set()
        steps = run_json("explain", "moving_abroad", field, "--library", library("moving_abroad"))["steps"]
        for step in steps:
            assert set(step["inputs"]) <= known
            known |= set(step["facts"])
        assert not steps or field in known


def test_what_is_not_used_is_said_to_be_so(run: Run, library: Library) -> None:
    said = run(
        "explain", "marriage", "applicant.divorce_number", "--library", library("marriage"), "--lang", "en"
    ).stdout
    assert "Not used this time: Number of the divorce certificate (you) (applicant.divorce_number)" in said
    assert "Judging by “Formerly married (you)”, it does not apply to you." in said


def test_a_misspelt_field_is_a_mistake_of_use(run: Run, library: Library) -> None:
    said = run("explain", "marriage", "partner.nam", "--library", library("marriage"), exit_code=2).stderr
    assert "是不是 partner.name" in said
