from datetime import date, datetime
from decimal import Decimal

import pytest

from qipan.adapters.sources.facts import answer_of
from qipan.adapters.sources.port import Refused, Request
from qipan.core.elements import (
    NO_CHECKS,
    Checks,
    CodeList,
    Element,
    ElementType,
    Field,
    PartyKind,
    Text,
    Value,
)

FACT = Field("person", "fact")
CODES = {"sex": CodeList("sex", Text("性别"), {"1": Text("男"), "2": Text("女")})}
MIDNIGHT = datetime(2020, 1, 31)  # noqa: DTZ001 -- as a driver gives a column without a zone


def request(kind: ElementType, checks: Checks = NO_CHECKS) -> Request:
    element = Element(PartyKind.PERSON, "fact", Text("fact"), kind, codes="sex", checks=checks)
    return Request("one", "one", {}, {}, {FACT: element}, CODES, date(2026, 11, 22))


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (ElementType.TEXT, " 林晓雯 ", "林晓雯"),
        (ElementType.TEXT, 310000, "310000"),
        (ElementType.TEXT, Decimal(330106199203150021), "330106199203150021"),
        (ElementType.CODE, 2, "2"),
        (ElementType.CODE, "1", "1"),
        (ElementType.INTEGER, "12", 12),
        (ElementType.INTEGER, 12.0, 12),
        (ElementType.DECIMAL, Decimal("12.50"), 12.5),
        (ElementType.DECIMAL, "1,200.5", 1200.5),
        (ElementType.DECIMAL, 3, 3.0),
        (ElementType.BOOLEAN, 0, False),
        (ElementType.BOOLEAN, "是", True),
        (ElementType.BOOLEAN, True, True),
        (ElementType.DATE, date(2020, 1, 31), "2020-01-31"),
        (ElementType.DATE, MIDNIGHT, "2020-01-31"),
        (ElementType.DATE, "20200131", "2020-01-31"),
        (ElementType.DATE, "2020-01-31T00:00:00", "2020-01-31"),
        (ElementType.DATE, "2020-01-31 08:15:00", "2020-01-31"),
    ],
)
def test_a_value_is_read_however_the_register_keeps_it(kind: ElementType, raw: object, value: Value) -> None:
    facts = answer_of(request(kind), {FACT: raw}).facts
    assert facts == {FACT: value}
    assert facts is not None
    assert type(facts[FACT]) is type(value)


@pytest.mark.parametrize("raw", [None, "", "   "])
def test_what_the_register_leaves_empty_is_left_out(raw: object) -> None:
    answer = answer_of(request(ElementType.TEXT), {FACT: raw})
    assert (answer.facts, answer.refused) == ({}, ())


@pytest.mark.parametrize(
    ("kind", "raw", "reason"),
    [
        (ElementType.TEXT, {"first": "x"}, "not-plain"),
        (ElementType.TEXT, ["x"], "not-plain"),
        (ElementType.TEXT, b"x", "not-plain"),
        (ElementType.TEXT, "a\x00b", "not-plain"),
        (ElementType.TEXT, "\ud800", "not-plain"),
        (ElementType.TEXT, "x" * 5000, "too-big"),
        (ElementType.TEXT, True, "not-text"),
        (ElementType.TEXT, 1.5, "not-text"),
        (ElementType.TEXT, float("nan"), "not-text"),
        (ElementType.CODE, "9", "not-in-codes"),
        (ElementType.CODE, 9, "not-in-codes"),
        (ElementType.INTEGER, "a dozen", "not-integer"),
        (ElementType.INTEGER, 12.5, "not-integer"),
        (ElementType.INTEGER, float("inf"), "not-integer"),
        (ElementType.INTEGER, True, "not-integer"),
        (ElementType.INTEGER, date(2020, 1, 1), "not-integer"),
        (ElementType.DECIMAL, float("nan"), "not-decimal"),
        (ElementType.DECIMAL, "1e400", "not-decimal"),
        (ElementType.BOOLEAN, 2, "not-boolean"),
        (ElementType.BOOLEAN, "maybe", "not-boolean"),
        (ElementType.DATE, "2020-02-30", "not-date"),
        (ElementType.DATE, 20200131, "not-date"),
        (ElementType.DATE, "yesterday T12", "not-date"),
    ],
)
def test_nonsense_is_refused_with_a_reason_that_does_not_repeat_it(
    kind: ElementType, raw: object, reason: str
) -> None:
    answer = answer_of(request(kind), {FACT: raw})
    assert (answer.facts, answer.refused) == ({}, (Refused(FACT, reason),))


def test_a_value_that_fails_its_elements_checks_is_refused() -> None:
    born = request(ElementType.DATE, Checks(maximum="today"))
    assert answer_of(born, {FACT: "2026-11-22"}).refused == ()
    assert answer_of(born, {FACT: "2026-11-23"}).refused == (Refused(FACT, "too-late"),)


def test_one_bad_value_does_not_cost_the_good_ones() -> None:
    good, bad = Field("person", "name"), Field("person", "sex")
    elements = {
        good: Element(PartyKind.PERSON, "name", Text("姓名")),
        bad: Element(PartyKind.PERSON, "sex", Text("性别"), ElementType.CODE, codes="sex"),
    }
    answer = answer_of(Request("one", "one", {}, {}, elements, CODES), {good: "林晓雯", bad: "女"})
    assert answer.facts == {good: "林晓雯"}
    assert answer.refused == (Refused(bad, "not-in-codes"),)


def test_no_record_is_not_an_empty_record() -> None:
    assert answer_of(request(ElementType.TEXT), None).facts is None
