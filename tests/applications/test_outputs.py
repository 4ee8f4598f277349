"""What a grant gives: by rule, by entry, and only when it is due."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.applications.outputs import Outputs, Situation, needs_entry, outputs
from qipan.core.checks import check_value
from qipan.core.declarations import (
    Assign,
    AssignKind,
    Level,
    Output,
    PartySlot,
    Service,
)
from qipan.core.elements import Checks, Element, Field, PartyKind, Text, Value
from qipan.core.formats import gb11643_birth
from qipan.core.predicates import parse

CHILD = {
    "child": PartySlot("child", PartyKind.PERSON),
    "father": PartySlot("father", PartyKind.PERSON, optional=True),
}
NUMBER, REGION, BIRTH, SEX = (Field("child", word) for word in ("number", "region", "birth_date", "sex"))
PLACE = "330106002001"
GB11643 = Assign(AssignKind.GB11643, "", (REGION, BIRTH, SEX))
ID_NUMBER = Element(PartyKind.PERSON, "id_number", Text("公民身份号码"), checks=Checks(formats=("gb11643",)))


class Serials:
    """Counts each scope from 1."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __call__(self, scope: str) -> int:
        self.counts[scope] += 1
        return self.counts[scope]


def situation(*gives: Output, **facts: Value) -> Situation:
    service = Service("s", Text("事项"), "police", Level.TOWNSHIP, CHILD, (), gives)
    known = {Field("child", word): value for word, value in facts.items()}
    return Situation(service, known, {"child": True, "father": False}, PLACE, date(2026, 11, 23))


def given_by(assign: Assign | None, serials: Serials | None = None, **facts: Value) -> Outputs:
    return outputs(situation(Output(NUMBER, assign=assign), **facts), {}, serials or Serials())


@pytest.mark.parametrize(
    ("assign", "value"),
    [
        (Assign(AssignKind.VALUE, "156"), "156"),
        (Assign(AssignKind.VALUE, True), True),
        (Assign(AssignKind.TODAY, True), "2026-11-23"),
        (Assign(AssignKind.COPY, "child.sex", (SEX,)), "2"),
        (Assign(AssignKind.NUMBER, "V33{serial:7}"), "V330000001"),
        (Assign(AssignKind.NUMBER, "{region:6}{date}{serial:4}"), "330106202611230001"),
        (Assign(AssignKind.NUMBER, "浙{year}-{serial}"), "浙2026-1"),
        (Assign(AssignKind.NUMBER, "{region:9}"), "330106002"),
    ],
)
def test_each_rule_gives_its_value(assign: Assign, value: Value) -> None:
    assert given_by(assign, sex="2").values == {NUMBER: value}


def test_serials_count_apart_for_what_is_written_before_them() -> None:
    serials = Serials()
    daily = Assign(AssignKind.NUMBER, "{date}-{serial:3}")
    plain = Assign(AssignKind.NUMBER, "N{serial:3}")
    given_twice = [given_by(daily, serials).values[NUMBER] for _ in range(2)]
    assert given_twice == ["20261123-001", "20261123-002"]
    assert given_by(plain, serials).values[NUMBER] == "N001"


@given(
    st.sampled_from(["330106", "330102", "340123"]),
    st.dates(date(1980, 1, 1), date(2026, 11, 23)),
    st.sampled_from(["1", "2"]),
    st.integers(1, 20),
)
def test_a_person_number_is_valid_and_fits_the_person(region: str, birth: date, sex: str, turn: int) -> None:
    serials = Serials()
    facts: dict[str, Value] = {"region": region + "002001", "birth_date": birth.isoformat(), "sex": sex}
    numbers = [str(given_by(GB11643, serials, **facts).values[NUMBER]) for _ in range(turn)]
    assert len(set(numbers)) == turn
    for number in numbers:
        assert check_value(number, ID_NUMBER, Checks(), {}, date(2026, 11, 23)) is None
        assert number.startswith(region)
        assert gb11643_birth(number) == birth
        assert int(number[16]) % 2 == (sex == "1")


def test_men_and_women_born_on_one_day_never_share_a_number() -> None:
    serials = Serials()
    facts: dict[str, Value] = {"region": "330106", "birth_date": "2026-11-20"}
    numbers = [
        str(given_by(GB11643, serials, sex=sex, **facts).values[NUMBER]) for sex in "12" for _ in range(50)
    ]
    assert len(set(numbers)) == 100


def test_when_a_days_numbers_are_given_out_an_official_must_enter_one() -> None:
    serials = Serials()
    facts: dict[str, Value] = {"region": "330106", "birth_date": "2026-11-20", "sex": "1"}
    numbers = [given_by(GB11643, serials, **facts).values.get(NUMBER) for _ in range(500)]
    assert len(set(numbers)) == 500
    assert None not in numbers
    assert given_by(GB11643, serials, **facts) == Outputs({}, (NUMBER,))


def test_what_a_rule_lacks_must_be_entered() -> None:
    lacking = situation(Output(NUMBER, assign=GB11643), birth_date="2026-11-20")
    assert needs_entry(lacking) == (NUMBER,)
    assert outputs(lacking, {}, Serials()) == Outputs({}, (NUMBER,))
    assert outputs(lacking, {NUMBER: "X"}, Serials()) == Outputs({NUMBER: "X"}, ())


def test_what_is_entered_counts_and_uses_up_no_serial() -> None:
    serials = Serials()
    one = situation(Output(NUMBER, assign=Assign(AssignKind.NUMBER, "{serial}")))
    assert outputs(one, {NUMBER: "7"}, serials).values == {NUMBER: "7"}
    assert not serials.counts


def test_an_output_is_given_only_when_its_condition_surely_holds() -> None:
    output = Output(NUMBER, when=parse('child.sex == "2"'), assign=Assign(AssignKind.VALUE, "x"))
    assert outputs(situation(output, sex="2"), {}, Serials()).values == {NUMBER: "x"}
    assert outputs(situation(output, sex="1"), {}, Serials()) == Outputs({}, ())
    assert outputs(situation(output), {}, Serials()) == Outputs({}, ())


def test_an_output_about_who_takes_no_part_is_not_given() -> None:
    output = Output(NUMBER, when=parse("present(father)"), assign=Assign(AssignKind.VALUE, "x"))
    assert outputs(situation(output), {}, Serials()).values == {}
