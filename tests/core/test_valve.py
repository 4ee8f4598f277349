"""The valve, and each reason for which it stays shut."""

from dataclasses import replace
from datetime import date

import pytest

from qipan.core.declarations import GrantDeclaration, PartySlot, Resource, Share
from qipan.core.elements import Element, Field, PartyKind, Text
from qipan.core.masking import Likeness, Masked
from qipan.core.valve import Let, Passage, Request, Shown, decide, let_through, show
from qipan.core.walls import Decision, Purpose, Relation, Standing, Verdict, Zone

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


def test_what_the_walls_bar_is_refused_by_their_rule() -> None:
    barred = ASKED._replace(barred={INCOME: "core-stays"})
    assert decide(barred, OPEN, ()) == Passage(frozenset({NAME}), {INCOME: "core-stays"})


@pytest.mark.parametrize(
    ("grade", "purpose", "seen"),
    [
        (3, Purpose.USE, "王芳"),
        (3, Purpose.RECOGNISE, Masked("王*", Likeness.TEXT)),
        (4, Purpose.RECOGNISE, None),
        (2, Purpose.NONE, None),
    ],
)
def test_eyes_see_a_value_whole_masked_or_not_at_all(grade: int, purpose: Purpose, seen: object) -> None:
    here = Standing(Zone.OUTSIDE, Zone.INSIDE, purpose, consent=True, relation=Relation.CASE)
    element = Element(PartyKind.PERSON, "name", Text("姓名"), grade=grade)
    assert show("王芳", element, here).value == seen


def test_of_an_element_that_nobody_declared_nothing_is_shown_in_part() -> None:
    here = Standing(Zone.OUTSIDE, Zone.INSIDE, Purpose.USE, consent=True, relation=Relation.NONE)
    assert show("王芳", None, here) == Shown(None, Decision(Verdict.MASK, "masked-core"))


def test_what_a_source_gives_unasked_is_dropped_and_counted() -> None:
    passage = decide(ASKED._replace(fields=(NAME,)), OPEN, ())
    assert let_through(passage, {NAME: "王芳", INCOME: 100}) == Let({NAME: "王芳"}, 1)
