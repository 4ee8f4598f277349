"""`qipan plan`: one form, one plan, in words and in JSON."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import GOOD, Run

Library = Callable[[str], str]


def asked(plan: Any) -> list[str]:
    return [question["field"] for question in plan["questions"]]


def test_a_foreign_library_is_planned(run_json: Callable[..., Any], library: Library) -> None:
    plan = run_json("plan", "marriage", "--library", library("marriage"))
    assert set(plan) >= {"questions", "fetches", "stages", "evidence", "savings", "reasons", "problems"}
    assert asked(plan) == [
        "applicant.formerly_married",
        "partner.formerly_married",
        "partner.employed",  # the grant of the register of insured persons leaves it out
        "partner.id_number",
    ]
    assert plan["savings"]["fields"] == {"before": 17, "after": 4}
    assert plan["savings"]["documents"] == {"before": 2, "after": 1}
    assert plan["savings"]["visits"] == {"before": 4, "after": 1}
    assert plan["savings"]["working_days"] == {"before": 6, "after": 4}
    assert plan["problems"] == []


def test_look_ups_have_their_stage(run_json: Callable[..., Any], library: Library) -> None:
    plan = run_json("plan", "moving_abroad", "--library", library("moving_abroad"))
    assert {fetch["name"]: fetch["stage"] for fetch in plan["fetches"]} == {
        "companies(company)": 1,
        "contracts(company,worker)": 2,
        "sponsors(company)": 2,
    }
    assert [stage["services"] for stage in plan["stages"]] == [
        [],
        [],
        ["visa"],
        ["child_visa"],
        ["residence"],
        ["school", "tax"],
    ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_two_runs_are_byte_identical(run: Run, library: Library, form: str) -> None:
    arguments = [
        "plan",
        "food_truck",
        "--library",
        library("food_truck"),
        *(["--json"] if form == "json" else []),
    ]
    assert run(*arguments).stdout_bytes == run(*arguments).stdout_bytes


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("answers.yaml", "partner: {employed: true, formerly_married: 是}\n"),
        ("answers.yaml", "partner.employed: true\npartner.formerly_married: yes\n"),
        ("answers.json", '{"partner": {"employed": true, "formerly_married": true}}'),
        ("answers.json", '{"partner.employed": "true", "partner.formerly_married": true}'),
    ],
)
def test_answers_replace_what_is_usual(
    run_json: Callable[..., Any], library: Library, tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    plan = run_json("plan", "marriage", "--library", library("marriage"), "--answers", str(tmp_path / name))
    assert asked(plan) == ["applicant.formerly_married", "partner.id_number"]
    assert {"divorces(partner)"} <= {fetch["name"] for fetch in plan["fetches"]}
    assert "family_insurance" not in {service["service"] for service in plan["services"]}
    assert plan["assumed"] == {"applicant.formerly_married": False}


def test_every_mistake_in_the_answers_is_named(run: Run, library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "partner:\n  employed: maybe\n  birth_date: 2004-02-30\n", encoding="utf-8"
    )
    arguments = ("plan", "marriage", "--library", library("marriage"), "--answers", str(tmp_path / "a.yaml"))
    said = run(*arguments, exit_code=2).stderr
    assert "a.yaml:2：“maybe”不能作为对方的有工作单位 (partner.employed)的值，应为 true 或 false。" in said
    assert "a.yaml:3：“2004-02-30”" in said
    assert "it should be a date such as 2026-11-22" in run(*arguments, "--lang", "en", exit_code=2).stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("partner.emploied: true\n", "是不是 partner.employed"),
        ("[1, 2]\n", "应是“主体: {数据元: 值}”"),
        ("partner: [1]\n", "应是“主体: {数据元: 值}”"),
        ("partner: 'x\n", "读不了"),
    ],
)
def test_answers_of_no_use_are_refused_with_a_hint(
    run: Run, library: Library, tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "a.yaml").write_text(content, encoding="utf-8")
    arguments = ("plan", "marriage", "--library", library("marriage"), "--answers", str(tmp_path / "a.yaml"))
    assert said in run(*arguments, exit_code=2).stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("child.length: 100\n", "不得大于 50"),
        ("child.length: long\n", "应为整数"),
        ("child.length: 1\nchild.length: 2\n", "a.yaml:3：本人的长度 (child.length)写了两次"),
        ("child: {length: 1}\nchild.length: 2\n", "a.yaml:3：本人的长度 (child.length)写了两次"),
        ("child.length: [1]\n", "本人的长度 (child.length)要写一个值，不能写列表"),
        ("child.length:\n", "本人的长度 (child.length)还没有写值"),
        ("child.length: 'x\n", "这里开始的引号没有结束"),
        ("child.lenght: 1\nchild.length: 70\nx.y: 2\n", "不得大于 50"),
    ],
)
def test_each_mistake_in_the_answers_has_its_own_sentence(
    run: Run, tmp_path: Path, content: str, said: str
) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "a.yaml").write_text(
        "schema: 1\nagencies: {o: {title: 局, levels: [county]}}\n"
        "elements: {Person.length: {title: 长度, type: integer, checks: {max: 50}}}\n"
        "services: {s: {title: 事, agency: o, level: county, parties: {child: Person}, needs: [child.length]}}\n"
        "events: {e: {title: 事, parties: {child: {kind: Person, title: 本人, applicant: true}}, services: [s]}}\n",
        encoding="utf-8",
    )
    (tmp_path / "a.yaml").write_text("# answers\n" + content, encoding="utf-8")
    heard = run(
        "plan", "e", "--library", str(folder), "--answers", str(tmp_path / "a.yaml"), exit_code=2
    ).stderr
    assert said in heard
    assert heard.count("a.yaml") == content.count("70") * 2 + 1


def test_a_key_said_twice_in_json_is_refused_too(run: Run, library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"partner.employed": true, "partner.employed": false}', encoding="utf-8"
    )
    arguments = ("plan", "marriage", "--library", library("marriage"), "--answers", str(tmp_path / "a.json"))
    assert "写了两次" in run(*arguments, exit_code=2).stderr


def test_a_source_that_is_down_costs_only_what_it_would_have_given(
    run_json: Callable[..., Any], library: Library
) -> None:
    arguments = ("plan", "marriage", "--library", library("marriage"))
    usual, without = run_json(*arguments), run_json(*arguments, "--without", "population")
    assert set(asked(without)) - set(asked(usual)) == {
        "applicant.birth_date",
        "partner.birth_date",
        "partner.household_address",
        "partner.name",
    }
    one = run_json(*arguments, "--without", "population(partner)")
    assert "applicant.birth_date" not in asked(one)
    assert "partner.birth_date" in asked(one)


def test_a_certificate_in_the_wallet_is_known(run_json: Callable[..., Any], library: Library) -> None:
    arguments = ("plan", "marriage", "--library", library("marriage"), "--without", "population")
    plan = run_json(*arguments, "--wallet", "marriage_certificate(applicant, partner)")
    assert "partner.name" not in asked(plan)


def test_an_optional_service_can_be_left_out(run_json: Callable[..., Any], library: Library) -> None:
    plan = run_json("plan", "marriage", "--library", library("marriage"), "--skip", "moving_in")
    assert {service["service"] for service in plan["services"]} == {
        "marriage_registration",
        "family_insurance",
    }


def test_open_assumes_nothing(run_json: Callable[..., Any], library: Library) -> None:
    plan = run_json("plan", "food_truck", "--library", library("food_truck"), "--open")
    assert plan["assumed"] == {}
    assert "gas_check" not in {service["service"] for service in plan["services"]}
    assert [question["field"] for question in plan["questions"] if question["decides"]] == ["company.fuel"]
    assert [left["service"] for left in plan["left"] if not left["settled"]]


def test_a_grant_that_ended_no_longer_helps(run_json: Callable[..., Any], library: Library) -> None:
    arguments = ("plan", "marriage", "--library", library("marriage"))
    assert "applicant.insurance_number" not in asked(run_json(*arguments, "--today", "2099-12-31"))
    assert "applicant.insurance_number" in asked(run_json(*arguments, "--today", "2100-01-01"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["marrige"], "没有“marrige”这件事。 是不是 marriage？"),
        (["x"], "有这些：marriage"),
        (["marriage", "--without", "populaton"], "是不是 population？"),
        (["marriage", "--skip", "moving_inn"], "是不是 moving_in？"),
        (
            ["marriage", "--skip", "family_insurance"],
            "没有“family_insurance”这个可以不办的事项。可以不办的有：moving_in。",
        ),
        (["MARRIAGE"], "是不是 marriage？"),
        (["marriage", "--wallet", "marriage_certifcate(a,b)"], "是不是 marriage_certificate？"),
        (
            ["marriage", "--wallet", "marriage_certificate(applicant)"],
            "marriage_certificate(applicant,partner)",
        ),
        (["marriage", "--wallet", "marriage_certificate(applicant,partnr)"], "有这些：applicant、partner"),
    ],
)
def test_what_is_not_declared_is_a_mistake_of_use(
    run: Run, library: Library, arguments: list[str], said: str
) -> None:
    assert said in run("plan", *arguments, "--library", library("marriage"), exit_code=2).stderr


def test_words_for_a_person_in_both_languages(run: Run, library: Library) -> None:
    arguments = ("plan", "marriage", "--library", library("marriage"))
    chinese, english = run(*arguments).stdout, run(*arguments, "--lang", "en").stdout
    assert "事项 3 个 · 问题 4 个 · 要提供的材料 1 份 · 承诺 4 个工作日办完" in chinese
    assert "用它可以查“人口信息”" in chinese
    assert "按通常情况估算" in chinese
    assert "Services: 3 · questions: 4 · documents to send: 1 · promised in 4 working days" in english
    assert "2–4 (decides the length)" in english
    assert not [line for line in english.splitlines() if any("一" <= letter <= "鿿" for letter in line)]


def test_the_language_follows_the_locale(run: Run, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("plan", "moving_abroad", "--library", library("moving_abroad"))
    assert "要您回答的" in run(*arguments).stdout
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert "What you are asked" in run(*arguments).stdout


def test_what_is_left_out_is_said_with_its_reason(run: Run, library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("partner.employed: true\n", encoding="utf-8")
    said = run(
        "plan", "marriage", "--library", library("marriage"), "--answers", str(tmp_path / "a.yaml")
    ).stdout
    assert "配偶共济备案：根据“对方的有工作单位”，这一项不适用于您。" in said


def test_what_takes_longer_is_not_called_a_saving(run: Run, library: Library, tmp_path: Path) -> None:
    usual = run("plan", "marriage", "--library", library("marriage")).stdout
    assert "省了多少" in usual
    assert re.search(r"填写的项 +17 +4 +省 13", usual)
    for path in (GOOD / "marriage").iterdir():
        text = path.read_text(encoding="utf-8").replace(
            "resources:\n  population:\n", "resources:\n  population:\n    days: 9\n"
        )
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    slow = run("plan", "marriage", "--library", str(tmp_path)).stdout
    assert "省了多少" not in slow
    assert "与逐个部门办相比" in slow
    assert re.search(r"工作日 +6 +13 +多 7", slow)
    assert re.search(
        r"Working days +6 +13 +7 more",
        run("plan", "marriage", "--library", str(tmp_path), "--lang", "en").stdout,
    )
