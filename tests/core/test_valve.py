"""The valve, and each reason for which it stays shut."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core.declarations import GrantDeclaration, PartySlot, Resource, Share
from qipan.core.elements import Field, PartyKind, Text
from qipan.core.valve import Let, Passage, Request, decide, let_through, masked

NAME, NUMBER, INCOME = (Field("person", word) for word in ("name", "id_number", "income"))
OPEN = Resource(
    "population",
    Text("人口信息"),
    "public_security",
    {"person": PartySlot("person", PartyKind.PERSON)},
    keys=(NUMBER,),
    gives=(NAME, INCOME),
)
CONDITIONAL = replace(OPEN, share=Share.CONDITIONAL)
WITHHELD = replace(OPEN, share=Share.WITHHELD)
ASKED = Request("newborn", (NAME, INCOME), "办理出生登记", ("户口登记条例",), date(2026, 11, 23))
GRANT = GrantDeclaration("g", "population", "newborn", frozenset({"Person.name"}), until="2026-11-23")


def test_an_open_resource_passes_what_is_asked() -> None:
    assert decide(ASKED, OPEN, ()) == Passage(frozenset({NAME, INCOME}), {})


def test_a_field_that_the_resource_does_not_have_is_refused_by_itself() -> None:
    assert decide(ASKED._replace(fields=(NAME, NUMBER)), OPEN, ()) == Passage(
        frozenset({NAME}), {NUMBER: "not-given"}
    )


@pytest.mark.parametrize("basis", [(), ("",), (" ",)])
def test_without_a_legal_basis_nothing_passes(basis: tuple[str, ...]) -> None:
    passed, refused = decide(ASKED._replace(legal_basis=basis), OPEN, ())
    assert (passed, set(refused.values())) == (frozenset(), {"no-basis"})


def test_without_a_purpose_nothing_passes() -> None:
    passed, refused = decide(ASKED._replace(purpose=" "), OPEN, ())
    assert (passed, set(refused.values())) == (frozenset(), {"no-purpose"})


def test_what_is_withheld_passes_under_no_grant() -> None:
    nothing = Passage(frozenset(), {NAME: "withheld", INCOME: "withheld"})
    assert decide(ASKED, WITHHELD, (GRANT,)) == nothing


def test_a_grant_passes_the_fields_it_names_and_no_others() -> None:
    passage = Passage(frozenset({NAME}), {INCOME: "not-granted"})
    assert decide(ASKED, CONDITIONAL, (GRANT,)) == passage


def test_two_grants_pass_what_either_names() -> None:
    other = replace(GRANT, elements=frozenset({"Person.income"}))
    assert decide(ASKED, CONDITIONAL, (GRANT, other)).passed == {NAME, INCOME}


def test_a_grant_ends_with_its_last_day() -> None:
    tomorrow = ASKED._replace(on=date(2026, 11, 24))
    assert decide(tomorrow, CONDITIONAL, (GRANT,)).refused == {NAME: "expired", INCOME: "expired"}


@pytest.mark.parametrize("grant", [replace(GRANT, event="retirement"), replace(GRANT, resource="marriage")])
def test_another_events_or_resources_grant_opens_nothing(grant: GrantDeclaration) -> None:
    assert decide(ASKED, CONDITIONAL, (grant,)).refused == {NAME: "no-grant", INCOME: "no-grant"}


def test_what_a_source_gives_unasked_is_dropped_and_counted() -> None:
    passage = decide(ASKED._replace(fields=(NAME,)), OPEN, ())
    assert let_through(passage, {NAME: "王芳", INCOME: 100}) == Let({NAME: "王芳"}, 1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("330106199001011221", "330***********1221"),
        ("13800000001", "138****0001"),
        ("王芳", "王*"),
        ("欧阳小宝", "欧***"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_a_masked_value_is_known_to_its_owner(value: str, shown: str) -> None:
    assert masked(value, 3) == shown


def test_what_anyone_may_know_is_not_masked() -> None:
    assert masked("杭州市", 2) == "杭州市"


@given(st.text(max_size=40), st.integers(3, 4))
def test_masking_keeps_the_length_and_hides_a_third_or_more(value: str, grade: int) -> None:
    shown = masked(value, grade)
    assert len(shown) == len(value)
    hidden = sum(1 for before, after in zip(value, shown, strict=True) if after == "*" and before != "*")
    stars = value.count("*")
    assert hidden + stars >= len(value) // 3
