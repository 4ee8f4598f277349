"""The valve, and each reason for which it stays shut."""

from dataclasses import replace
from datetime import date

import pytest

from qipan.core.declarations import GrantDeclaration, PartySlot, Resource, Share
from qipan.core.elements import Field, PartyKind, Text
from qipan.core.valve import Let, Passage, Request, decide, let_through

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
