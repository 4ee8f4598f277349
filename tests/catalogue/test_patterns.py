"""A pattern that a backtracking matcher may never finish is refused; every pattern of use is not."""

import pytest

from qipan.catalogue.library import load_files
from qipan.catalogue.library.patterns import may_hang


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a*)*b",
        "(a|a)*b",
        "(a|aa)+b",
        "(a|b|ab)*c",
        "(.*,)*x",
        r"(\w+\s?)*!",
        r"([\d]+[0-9]*)*x",
        "(a{1,30}){1,30}b",
        "(a?b?)*c",
        "((|)a)*b",
        "(?=(a+)+b)a*",
        "(?i)(ab|Abc?)*d",
        "([^x]|y)*z",
        r"(a)\1*",
        "((a{40}){40}){40}",
        "a?" * 50 + "a" * 50,
        ".*.*.*.*x",
        "(ab)*(ab)*(ab)*(ab)*c",
        "(?:a*)(?:a*)(?:a*)(?:a*)b",
    ],
)
def test_a_text_that_can_be_read_in_ever_more_ways_is_refused(pattern: str) -> None:
    assert may_hang(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "[0-9]{17}[0-9X]",
        "-?[0-9]{1,3}(-[0-9]{1,3})?(、-?[0-9]{1,3})*",
        r"(\d+-)*\d+",
        "(a|b)*c",
        "(ab|ac)+d",
        "([01][0-9]|2[0-3]):[0-5][0-9]",
        r"[^@\s]+@[^@\s]+\.[a-z]{2,}",
        "([0-9]{4})*",
        ".*x.*",
        "(?i)[a-z]+",
        "^a+$",
        ".*a.*b.*c.*",
        r"\d+-\d+-\d+-\d+-\d+",
        "[\u4e00-\u9fff·]{2,30}",
        "",
    ],
)
def test_patterns_of_use_pass(pattern: str) -> None:
    assert not may_hang(pattern)


def test_a_library_with_such_a_pattern_is_refused_at_its_line() -> None:
    text = b"schema: 1\nelements:\n  Person.x: {title: X, checks: {pattern: '(a+)+b'}}\n"
    (problem,) = load_files({"a.yaml": text}).problems
    assert (problem.values["what"], problem.position) == ("pattern-hangs", ("a.yaml", 3))
