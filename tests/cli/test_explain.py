"""`qipan explain`: why a field is asked, where it comes from, who needs it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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


UNUSED = """schema: 1
agencies: {o: {title: {zh: 局, en: Office}, levels: [county]}}
elements:
  Person.a: {title: {zh: 甲项, en: A}}
  Person.b: {title: {zh: 乙项, en: B}}
  Person.c: {title: {zh: 丙项, en: C}, ask: false}
  Person.d: {title: {zh: 丁项, en: D}}
  Person.city: {title: {zh: 城市, en: City}, type: boolean}
services:
  s: {title: {zh: 甲事, en: First}, agency: o, level: county, parties: {who: Person}, needs: [who.a], gives: [{field: who.c, when: who.city == true}]}
  t:
    title: {zh: 乙事, en: Second}
    agency: o
    level: county
    parties: {who: Person}
    when: who.city == true
    needs: [who.b]
  u: {title: {zh: 丙事, en: Third}, agency: o, level: county, parties: {who: Person}, needs: [who.d]}
events:
  e:
    title: {zh: 一件事, en: Event}
    parties: {who: {kind: Person, title: {zh: 本人, en: you}, applicant: true}}
    services: [s, t]
    typical: {who.city: false}
  f: {title: 事, parties: {who: {kind: Person, applicant: true}}, services: [u]}
"""


@pytest.mark.parametrize(
    ("field", "zh", "en"),
    [
        ("who.b", "“乙事”要用到它，但：根据“本人的城市”，这一项不适用于您。", "“Second” would need it, but: Judging by “City (you)”"),
        ("who.c", "“甲事”在别的情形下会产生它，这次不会。", "“First” brings it about under other circumstances, not this time."),
        ("who.d", "这件事的各个事项都用不到它。", "No service of this event has a use for it."),
    ],
)  # fmt: skip
def test_why_a_field_is_not_used_is_said(run: Run, tmp_path: Path, field: str, zh: str, en: str) -> None:
    (tmp_path / "a.yaml").write_text(UNUSED, encoding="utf-8")
    arguments = ("explain", "e", field, "--library", str(tmp_path))
    chinese, english = run(*arguments).stdout, run(*arguments, "--lang", "en").stdout
    assert chinese.startswith("这次用不到")
    assert zh in chinese
    assert english.startswith("Not used this time")
    assert en in english
