"""The page of the rules: the whole table for every official, and "may X see Y for Z?" answered with the rule that decides."""

import pytest

from qipan.core.walls import RULES
from qipan.faces.look.wall_words import WHY
from tests.desk.conftest import At

PAGE = "/desk/pool/rules"
ASK = {
    "element": "公民身份号码",
    "giver": "public_security",
    "taker": "inside",
    "relation": "case",
    "purpose": "use",
}


@pytest.mark.parametrize("name", ["hospital", "clerk"])
def test_every_official_reads_the_whole_table(at: At, name: str) -> None:
    page = at(name).get(PAGE).content.decode()
    for number, rule in enumerate(RULES, 1):
        assert f'id="rule-{number}"' in page
        assert WHY[rule.name].zh in page


@pytest.mark.parametrize(
    ("change", "verdict", "rule"),
    [
        ({"consent": "yes"}, "放行", "case"),
        ({}, "遮掩", "recognised"),
        ({"purpose": "none"}, "不放行", "no-purpose"),
        ({"taker": "outside", "relation": "own", "purpose": "none"}, "放行", "own"),
        ({"element": "Person.id_number", "consent": "yes", "taker": "hospital", "relation": "none"}, "放行", "agreed-inside"),
    ],
)  # fmt: skip
def test_a_question_is_answered_with_its_rule(
    at: At, change: dict[str, str], verdict: str, rule: str
) -> None:
    page = at("hospital").get(PAGE, {**ASK, **change}).content.decode()
    number = [one.name for one in RULES].index(rule) + 1
    answer = page[page.index('id="answer"') : page.index('id="table"')]
    assert f">{verdict}</h2>" in answer
    assert WHY[rule].zh in answer
    assert f'href="#rule-{number}"' in answer
    assert f'id="rule-{number}" class="decides"' in page


def test_an_element_that_is_not_there_is_said_so_and_what_was_typed_stays(at: At) -> None:
    page = at("hospital").get(PAGE, {**ASK, "element": "<b>鞋码"}).content.decode()
    assert "没有这个数据元" in page
    assert 'value="&lt;b&gt;鞋码"' in page


def test_what_is_chosen_wrongly_is_as_at_first(at: At) -> None:
    wrong = {"giver": "moon", "taker": "x" * 500, "relation": "aunt", "purpose": "fun"}
    found = at("hospital").get(PAGE, {"element": "Person.id_number", **wrong})
    assert found.status_code == 200
    assert WHY["recognised"].zh in found.content.decode()


def test_it_speaks_english(at: At) -> None:
    english = {"accept-language": "en"}
    page = at("hospital").get(PAGE, {**ASK, "element": "Person.id_number"}, headers=english).content.decode()
    assert ">Masked</h2>" in page
    assert WHY["recognised"].en in page
