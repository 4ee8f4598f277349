"""What is wrong with a library, said so that its keeper knows what to do: a sentence for every code, in both languages."""

import re

import pytest

from qipan.catalogue.library.marked_yaml import NotYaml
from qipan.core.elements import ElementType
from qipan.core.plan import Problem
from qipan.core.planner import check, check_library
from qipan.faces.look.problem_words import problem_sentence
from tests.core.planner.board import element, library, service

CODES = re.findall(r"^([a-z-]+)(?: \(warning\))?  +\S", str(check.__doc__), re.MULTILINE)
TEXTS = sorted(set(re.findall(r"``([a-z-]+)``", str(NotYaml.__doc__))) - {"what", "detail"})
NAMES = [
    "name",
    "event",
    "service",
    "field",
    "element",
    "resource",
    "evidence",
    "predicate",
    "section",
    "reason",
]
VALUES = {
    **dict.fromkeys(NAMES, "x"),
    "expected": "Person",
    "found": "Organization",
    "where": ["events", "x", "parties"],
    "suggestions": ["y"],
}
LISTS = {"services": ["x", "y"], "resources": ["x", "y"], "path": ["x", "y", "x"], "fields": ["a.b"]}


def assert_sentence(problem: Problem, language: str) -> None:
    sentence = problem_sentence(problem, language)
    assert "{" not in sentence
    assert sentence.rstrip("？? ").endswith(("。", ".", "”")), sentence
    assert any("一" <= letter <= "鿿" for letter in sentence) == (language == "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_check_has_a_sentence(code: str, language: str) -> None:
    assert_sentence(Problem(code, "error", None, {**VALUES, **LISTS}), language)
    if code in {"no-supply", "empty-checks"}:  # a service that is in no event
        assert_sentence(Problem(code, "error", None, {**VALUES, **LISTS, "event": ""}), language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("what", TEXTS)
def test_every_fault_of_a_text_has_a_sentence(what: str, language: str) -> None:
    assert_sentence(Problem("syntax", "error", None, {"what": what, "detail": "x"}), language)


def test_the_codes_were_found() -> None:
    assert {"cycle", "unused", "no-grant"} <= set(CODES)
    assert {"tab", "dash", "yaml"} <= set(TEXTS)


def test_names_stay_as_they_are_written() -> None:
    values = {"event": "opera", "service": "tour", "field": "troupe.permit", "reason": "no-source"}
    problem = Problem("no-supply", "error", None, values)
    assert problem_sentence(problem, "zh").startswith("opera 里，tour 要用 troupe.permit，")
    rivals = Problem(
        "two-records", "error", None, {"resources": ["births", "people"], "element": "Person.name"}
    )
    assert problem_sentence(rivals, "en").startswith("births and people both claim")


@pytest.mark.parametrize(("language", "hint"), [("zh", "不加引号"), ("en", "without quotes")])
def test_a_truth_in_quotes_is_explained(language: str, hint: str) -> None:
    board = library(
        {"one": service(["child.name", ("child.sex", 'child.alone == "true"')])},
        elements={"alone": element("alone", type=ElementType.BOOLEAN)},
    )
    (problem,) = (one for one in check_library(board) if one.code == "unreachable")
    assert hint in problem_sentence(problem, language, board)
