"""Checks: numbers with check digits, bounds, lists; joined over services; and form text read into values."""

import re
import time
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from qipan.core.checks import LONGEST, CheckFailure, check_value, intersect, is_empty, parse_value
from qipan.core.elements import NO_CHECKS, Checks, CodeList, Element, ElementType, PartyKind, Text, Value
from qipan.core.formats import gb11643_birth, gb11643_digit, gb32100_character

TODAY = date(2026, 5, 20)
CODES = {"sex": CodeList("sex", Text("性别"), {"1": Text("男"), "2": Text("女"), "9": Text("未说明")})}


def element(kind: ElementType = ElementType.TEXT, **checks: object) -> Element:
    """An element with checks."""
    return Element(
        PartyKind.PERSON,
        "x",
        Text("x"),
        kind,
        codes="sex" if kind is ElementType.CODE else None,
        checks=Checks(**checks),  # type: ignore[arg-type]
    )


def fault(value: Value, one: Element, checks: Checks = NO_CHECKS, today: date | None = TODAY) -> str | None:
    """The code of what is wrong."""
    failure = check_value(value, one, checks, CODES, today)
    return failure.code if failure else None


def formatted(name: str) -> Element:
    """An element of one format."""
    return element(formats=(name,))


# Numbers with check characters


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("11010519491231002X", None),
        ("440524188001010014", None),
        ("11010519491231002x", "gb11643-shape"),
        ("1101051949123100", "gb11643-shape"),
        ("110105194912310021", "gb11643-digit"),
        ("990105194912310021", "gb11643-region"),
        ("110105194902300022", "gb11643-birth"),
        ("110105203001010029", "gb11643-birth"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "gb11643-shape"),
    ],
)
def test_citizen_numbers(number: str, expected: str | None) -> None:
    assert fault(number, formatted("gb11643")) == expected


def test_a_birth_after_today_is_told_only_by_who_knows_the_day() -> None:
    born_tomorrow = "11010520260521001"
    number = born_tomorrow + gb11643_digit(born_tomorrow)
    assert fault(number, formatted("gb11643")) == "gb11643-birth"
    assert fault(number, formatted("gb11643"), today=None) is None
    assert gb11643_birth(number) == date(2026, 5, 21)


@given(
    st.dates(date(1900, 1, 1), date(2026, 5, 20)),
    st.integers(0, 999),
    st.sampled_from(["110105", "330106", "440524"]),
)
def test_citizen_numbers_agree_with_an_independent_reckoning(day: date, serial: int, region: str) -> None:
    body = f"{region}{day:%Y%m%d}{serial:03}"
    number = body + gb11643_digit(body)
    assert ric.calc_check_digit(number) == number[-1]
    assert fault(number, formatted("gb11643")) is None


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(100000, 999999))
def test_credit_codes_agree_with_an_independent_reckoning(organisation: str, region: int) -> None:
    body = f"91{region}{organisation}"
    assert uscc.calc_check_digit(body) == gb32100_character(body)
    assert fault(body + gb32100_character(body), formatted("gb32100")) is None


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("gb32100", "91350100M000100Y43", "91350100M000100Y44"),
        ("gb32100", "91110000600037341L", "91110000600037341I"),
        ("mobile", "13812345678", "12812345678"),
        ("phone", "0571-88888888", "0571-8888"),
        ("phone", "13812345678", "1381234567"),
        ("phone", "400-820-8820", "40-820-8820"),
        ("email", "wang.fang@example.org.cn", "wang.fang@example"),
        ("email", "a@b.cn", "a b@c.cn"),
        ("region", "330106", "33010"),
        ("region", "330106001002", "3301060010021"),
        ("bank_card", "4111111111111111", "4111111111111112"),
        ("postcode", "310000", "31000"),
    ],
)
def test_other_formats(name: str, good: str, bad: str) -> None:
    assert fault(good, formatted(name)) is None
    assert fault(bad, formatted(name)) is not None


# Types, bounds, lists


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (ElementType.TEXT, "x", 1),
        (ElementType.TEXT, "", True),
        (ElementType.INTEGER, 3, 3.0),
        (ElementType.INTEGER, -3, True),
        (ElementType.DECIMAL, 3, "3"),
        (ElementType.DECIMAL, 0.5, float("nan")),
        (ElementType.BOOLEAN, False, 0),
        (ElementType.DATE, "2024-02-29", "2023-02-29"),
        (ElementType.DATE, "2024-02-29", "2024-2-29"),
        (ElementType.DATE, "2024-02-29", "20240229"),
        (ElementType.CODE, "1", "3"),
    ],
)
def test_values_have_their_elements_type(kind: ElementType, good: Value, bad: Value) -> None:
    assert fault(good, element(kind)) is None
    assert fault(bad, element(kind)) == ("not-in-codes" if kind is ElementType.CODE else f"not-{kind}")


@pytest.mark.parametrize(
    ("one", "value", "expected"),
    [
        (element(min_length=2), "王", "too-short"),
        (element(max_length=2), "王小明", "too-long"),
        (element(patterns=("[A-Z]{2}",)), "ABC", "wrong-pattern"),
        (element(ElementType.INTEGER, minimum=1), 0, "too-low"),
        (element(ElementType.DECIMAL, maximum=1.5), 1.6, "too-high"),
        (element(ElementType.DATE, minimum="today"), "2026-05-19", "too-early"),
        (element(ElementType.DATE, maximum="today"), "2026-05-21", "too-late"),
        (element(ElementType.DATE, maximum="today"), "2026-05-20", None),
        (element(one_of=("1", "2")), "3", "not-allowed"),
    ],
)
def test_bounds(one: Element, value: Value, expected: str | None) -> None:
    assert fault(value, one) == expected


def test_a_failure_says_what_is_needed_to_word_it() -> None:
    failure = check_value("王", element(min_length=2), NO_CHECKS, CODES, TODAY)
    assert failure == CheckFailure("too-short", {"length": 1, "limit": 2})


# Joining

texts = st.text("ab", max_size=5)
some_checks = st.builds(
    Checks,
    min_length=st.none() | st.integers(0, 4),
    max_length=st.none() | st.integers(0, 4),
    patterns=st.lists(st.sampled_from(["a*", "[ab]+", "b?a*"]), max_size=2).map(tuple),
    minimum=st.none() | texts,
    maximum=st.none() | texts,
    one_of=st.none() | st.lists(texts, max_size=4).map(tuple),
)


@given(some_checks, some_checks, texts)
def test_joined_checks_pass_exactly_what_both_pass(first: Checks, second: Checks, value: str) -> None:
    plain = element()
    both = fault(value, plain, first) is None and fault(value, plain, second) is None
    assert (fault(value, plain, intersect(first, second)) is None) is both


@given(some_checks, some_checks, some_checks)
def test_joining_is_a_meeting(first: Checks, second: Checks, third: Checks) -> None:
    assert intersect(first, NO_CHECKS) == intersect(NO_CHECKS, first)
    left = intersect(intersect(first, second), third)
    right = intersect(first, intersect(second, third))
    assert _unordered(left) == _unordered(right)
    assert _unordered(intersect(first, second)) == _unordered(intersect(second, first))


def _unordered(checks: Checks) -> tuple[object, ...]:
    choices = None if checks.one_of is None else frozenset(checks.one_of)
    return (checks.min_length, checks.max_length, checks.patterns, checks.minimum, checks.maximum, choices)


@given(some_checks, texts)
def test_checks_called_empty_pass_nothing(checks: Checks, value: str) -> None:
    assume(is_empty(checks, element(), CODES))
    assert fault(value, element(), checks) is not None


@pytest.mark.parametrize(
    ("one", "checks"),
    [
        (element(), Checks(min_length=3, max_length=2)),
        (element(ElementType.INTEGER), Checks(minimum=3, maximum=2)),
        (element(ElementType.DATE), Checks(minimum="2024-01-01", maximum="2023-12-31")),
        (element(), Checks(one_of=())),
        (element(min_length=2), Checks(one_of=("a", "b"))),
        (element(ElementType.CODE), Checks(one_of=("3", "4"))),
        (element(ElementType.CODE), Checks(patterns=("[A-Z]",))),
        (element(ElementType.BOOLEAN), Checks(one_of=("true",))),
        (formatted("gb11643"), Checks(formats=("mobile",))),
        (formatted("gb11643"), Checks(formats=("gb32100",))),
        (formatted("email"), Checks(formats=("mobile",))),
        (formatted("mobile"), Checks(max_length=10)),
        (formatted("region"), Checks(formats=("postcode",))),
    ],
)
def test_checks_that_leave_nothing_are_found(one: Element, checks: Checks) -> None:
    assert is_empty(checks, one, CODES)


@pytest.mark.parametrize(
    ("one", "checks"),
    [
        (formatted("mobile"), Checks(formats=("phone",))),
        (element(ElementType.DATE, minimum="today"), Checks(maximum="2027-12-31")),
        (element(ElementType.CODE), Checks(one_of=("1", "7"))),
        (element(min_length=2), Checks(max_length=2)),
        (element(), NO_CHECKS),
    ],
)
def test_checks_that_leave_something_are_not_called_empty(one: Element, checks: Checks) -> None:
    assert not is_empty(checks, one, CODES)


# Reading form text


@pytest.mark.parametrize(
    ("one", "text", "expected"),
    [
        (element(), "  王小明　", "王小明"),
        (element(), "   ", None),
        (element(), "", None),
        (element(), "王\u200b小\ufeff明\u200d", "王小明"),
        (element(), "\u202e明小王\u202c", "明小王"),
        (element(), "\u200b\u2060\x00", None),
        (element(), "一行\r\n又一行\t", "一行\r\n又一行"),
        (formatted("mobile"), "\u202d138\u00ad12345678\u202c", "13812345678"),
        (formatted("gb11643"), "110105 19491231 002x", "11010519491231002X"),
        (formatted("gb11643"), "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        (formatted("mobile"), "138-1234-5678", "13812345678"),
        (formatted("phone"), "0571－88888888", "0571-88888888"),
        (element(ElementType.INTEGER), "1,234", 1234),
        (element(ElementType.INTEGER), "１２", 12),
        (element(ElementType.INTEGER), "1.5", CheckFailure("not-integer")),
        (element(ElementType.INTEGER), "٣", CheckFailure("not-integer")),
        (element(ElementType.DECIMAL), "3.50", 3.5),
        (element(ElementType.DECIMAL), "nan", CheckFailure("not-decimal")),
        (element(ElementType.DECIMAL), "1e5", CheckFailure("not-decimal")),
        (element(ElementType.BOOLEAN), "on", True),
        (element(ElementType.BOOLEAN), "否", False),
        (element(ElementType.BOOLEAN), "maybe", CheckFailure("not-boolean")),
        (element(ElementType.DATE), "2026-5-1", "2026-05-01"),
        (element(ElementType.DATE), "2026年5月1日", "2026-05-01"),
        (element(ElementType.DATE), "20260501", "2026-05-01"),
        (element(ElementType.DATE), "2026/02/30", CheckFailure("not-date")),
        (element(ElementType.DATE), "tomorrow", CheckFailure("not-date")),
        (element(ElementType.CODE), "１", "1"),
    ],
)
def test_form_text_is_read_kindly(one: Element, text: str, expected: object) -> None:
    assert parse_value(text, one) == expected


@given(st.sampled_from(ElementType), st.text(max_size=30))
def test_no_form_text_breaks_the_reader(kind: ElementType, text: str) -> None:
    found = parse_value(text, element(kind))
    if not isinstance(found, CheckFailure) and found is not None and kind is not ElementType.CODE:
        assert fault(found, element(kind)) is None


def test_every_format_reads_as_a_whole() -> None:
    assert fault("x13812345678", formatted("mobile")) == "mobile"
    assert fault("13812345678\n", formatted("mobile")) == "mobile"
    assert re.fullmatch("[0-9X]", gb11643_digit("1" * 17))


# Lengths before patterns


def test_no_value_is_longer_than_its_type_allows() -> None:
    assert fault("字" * 2000, element()) is None
    assert check_value("字" * 2001, element(), NO_CHECKS, CODES, TODAY) == CheckFailure(
        "too-long", {"length": 2001, "limit": 2000}
    )
    assert fault("a" * 20_000, element(max_length=10**9)) is None
    assert fault("a" * 20_001, element(max_length=10**9)) == "too-long"
    assert fault("1" * 101, element(ElementType.CODE)) == "not-in-codes"


def test_a_pattern_is_matched_with_nothing_long() -> None:
    slow = r"(?:a*)(?:a*)(?:a*)(?:a*)(?:a*)(?:a*)(?:a*)(?:a*)b"
    start = time.process_time()
    assert fault("a" * 201, element(patterns=(slow,))) == "too-long"
    assert fault("a" * 100_000, element(patterns=(slow,), max_length=200_000)) == "too-long"
    assert fault("a" * 201, element(), Checks(patterns=(slow,))) == "too-long"
    assert time.process_time() - start < 1
    assert fault("a" * 20 + "b", element(patterns=(slow,))) is None


def test_what_is_typed_is_not_read_when_it_is_much_too_long() -> None:
    combining = "a" + "\u0327\u0301" * 500_000  # putting the marks in order takes time in their square
    start = time.process_time()
    for kind in ElementType:
        assert parse_value(combining, element(kind)) == CheckFailure(
            "too-long", {"length": 1_000_001, "limit": LONGEST[kind]}
        )
    assert time.process_time() - start < 1


def test_more_characters_than_any_value_has_leave_nothing() -> None:
    assert is_empty(NO_CHECKS, element(min_length=2001), CODES)
    assert not is_empty(NO_CHECKS, element(min_length=2000), CODES)
    assert is_empty(Checks(patterns=("a+",)), element(min_length=201), CODES)
