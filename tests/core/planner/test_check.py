"""What the check of a library refuses, one declaration at fault after another, and what it lets pass."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from qipan.core.declarations import GrantDeclaration, Level, Library, Need, PartySlot, ServiceUse, Share
from qipan.core.elements import Checks, CodeList, ElementType, PartyKind, Text
from qipan.core.plan import Problem
from qipan.core.planner import check_library
from tests.core.planner.board import (
    EVENT,
    conditional,
    document,
    element,
    f,
    library,
    resource,
    service,
    use,
)

SEX = {"sex": CodeList("sex", Text("性别"), {"male": Text("男"), "female": Text("女")})}
CODED = {"sex": element("sex", type=ElementType.CODE, codes="sex")}


def problems(board: Library) -> list[Problem]:
    """All that is refused; warnings have tests of their own."""
    return [one for one in check_library(board) if one.severity == "error"]


def codes(board: Library) -> list[str]:
    """The codes of all errors."""
    return [one.code for one in problems(board)]


def only(board: Library, code: str) -> Problem:
    """The one error, which has this code."""
    (problem,) = problems(board)
    assert problem.code == code
    return problem


def test_a_sound_library_passes_without_a_word() -> None:
    board = library(
        {
            "birth": service("child.name mother.name", gives="child.number", issues="paper"),
            "card": service(
                "child.number", documents={"proof": document("certificate:paper,child=child", "upload")}
            ),
        },
        resources={"population": resource("p.id -> p.name")},
        certificates={"paper": "child.number"},
        silent="number",
    )
    assert check_library(replace(board, relations={})) == ()


# Names


def test_a_misspelt_element_is_named_with_its_line_and_the_nearest() -> None:
    path = ("services", "birth", "needs", "child.nmae")
    board = library({"birth": service("child.name")}, lines={path: 7})
    birth = replace(board.services["birth"], needs=(Need(f("child.name")), Need(f("child.nmae"))))
    problem = only(replace(board, services={"birth": birth}), "unknown-name")
    assert str(problem.position) == "board.yaml:7"
    assert problem.values["name"] == "Person.nmae"
    assert problem.values["suggestions"] == ["Person.name"]


def test_every_reference_is_followed() -> None:
    board = library(
        {
            "birth": service(
                ["child.name", ("child.sex", "child.sxe == 'male'")],
                issues="papier",
                documents={"d": document("certificate:birth_papier", "upload")},
            )
        },
        uses=[use("birth"), use("brith"), use("birth", child="chidl")],
        resources={"population": replace(resource("p.id -> p.name"), agency="offcie")},
        relations=["cousin(mother, child)"],
        grants={"g": GrantDeclaration("g", "popluation", "evnet", frozenset({"Person.nmae"}))},
    )
    elements = {name: one for name, one in board.elements.items() if name != "Person.sxe"}
    found = {
        one.values["name"]
        for one in problems(replace(board, elements=elements))
        if one.code == "unknown-name"
    }
    assert found == {
        "Person.sxe", "papier", "birth_papier", "brith", "chidl", "offcie", "cousin", "popluation", "evnet",
        "Person.nmae",
    }  # fmt: skip


def test_an_element_of_a_person_is_not_an_organisations() -> None:
    board = library({"open": service("shop.name")}, parties="mother shop")
    slots = {"shop": PartySlot("shop", PartyKind.ORGANIZATION)}
    board = replace(board, services={"open": replace(board.services["open"], parties=slots)})
    kinds = [(one.code, one.values["expected"], one.values["found"]) for one in problems(board)]
    assert ("wrong-kind", "Organization", "Person") in kinds
    assert {code for code, _, _ in kinds} == {"wrong-kind"}
    assert len(kinds) == 2, "the element, and the event's party for the service's"


def test_a_party_without_a_counterpart_is_named() -> None:
    board = library({"birth": service("baby.name")})
    problem = only(board, "unknown-name")
    assert (problem.values["section"], problem.values["name"]) == ("parties", "baby")


def test_a_service_used_twice_in_an_event_is_a_duplicate() -> None:
    board = library({"birth": service("child.name")}, uses=[use("birth"), use("birth")])
    assert only(board, "duplicate").values["name"] == "birth"


# Supply


def test_a_need_that_nobody_supplies_is_refused_in_an_event_and_in_none() -> None:
    for uses in (None, list[ServiceUse]()):
        board = library(
            {"odd": service("child.secret")},
            uses=uses,
            silent="secret",
            lines={("services", "odd", "needs", "child.secret"): 4},
        )
        problem = only(board, "no-supply")
        assert (str(problem.position), problem.values["field"]) == ("board.yaml:4", "child.secret")


@pytest.mark.parametrize(
    "supply",
    [
        {"resources": {"vault": resource("p.id -> p.secret")}, "known": "child.id"},
        {"certificates": {"paper": "child.secret"}},
        {"known": "child.secret"},
        {
            "resources": {"vault": conditional("p.id -> p.secret")},
            "known": "child.id",
            "grants": {"g": GrantDeclaration("g", "vault", EVENT)},
        },
    ],
)
def test_a_need_that_somebody_supplies_passes(supply: Mapping[str, object]) -> None:
    board = library({"odd": service("child.secret")}, silent="secret", **supply)  # type: ignore[arg-type]
    assert codes(board) == []


def test_a_withheld_resource_supplies_nothing_and_must_cite_its_law() -> None:
    board = library(
        {"odd": service("child.secret")},
        resources={"vault": replace(resource("p.id -> p.secret"), share=Share.WITHHELD)},
        silent="secret",
        known="child.id",
    )
    assert sorted(codes(board)) == ["no-supply", "withheld-without-law"]
    lawful = replace(board.resources["vault"], share_law="某法")
    assert only(replace(board, resources={"vault": lawful}), "no-supply").values["reason"] == "withheld"


def test_two_producers_are_refused_unless_they_exclude_each_other() -> None:
    services = {"early": service(gives="child.pension"), "normal": service(gives="child.pension")}
    problem = only(library(services), "two-producers")
    assert problem.values["services"] == ["early", "normal"]
    apart = [use("early", "child.kind == 'early'"), use("normal", "child.kind == 'normal'")]
    assert codes(library(services, uses=apart)) == []


def test_two_sources_of_record_are_refused() -> None:
    board = library(
        {"one": service("mother.name")},
        resources={
            "a": resource("p.id -> p.name", record_of="name"),
            "b": resource("p.id -> p.name", record_of="name"),
        },
    )
    assert only(board, "two-records").values == {"element": "Person.name", "resources": ["a", "b"]}


def test_a_cycle_over_three_services_is_shown_with_every_line() -> None:
    board = library(
        {
            "a": service("child.c", gives="child.a"),
            "b": service("child.a", gives="child.b"),
            "c": service("child.b", gives="child.c"),
        },
        silent="a b c",
        lines={("services", name, "needs"): line for line, name in enumerate("abc", 1)},
    )
    problem = only(board, "cycle")
    assert problem.values["path"] == ["a", "c", "b", "a"]
    lines = [problem.position, *problem.related]
    assert sorted(str(position) for position in lines) == ["board.yaml:1", "board.yaml:2", "board.yaml:3"]


def test_services_that_never_meet_do_not_wait_for_each_other() -> None:
    services = {"a": service("child.y", gives="child.x"), "b": service("child.x", gives="child.y")}
    uses = [use("a", "child.k == '1'"), use("b", "child.k == '2'")]
    assert "cycle" not in codes(library(services, uses=uses, silent="x y"))
    assert codes(library(services, silent="x y")) == ["cycle"]


def test_services_that_wait_for_each_other_in_different_cases_are_no_circle() -> None:
    first = service(["child.name", ("child.y", "child.k == '1'")], gives="child.x")
    second = service(["child.name", ("child.x", "child.k == '2'")], gives="child.y")
    assert "cycle" not in codes(library({"a": first, "b": second}, silent="x y"))
    both = service(["child.name", ("child.x", "child.k != '3'")], gives="child.y")
    assert codes(library({"a": first, "b": both}, silent="x y")) == ["cycle"]


def test_a_circle_that_can_turn_is_found_beside_one_that_cannot() -> None:
    services = {
        "a": service([("child.y", "child.k == '1'"), "child.z"], gives="child.x"),
        "b": service([("child.x", "child.k == '2'")], gives="child.y"),
        "c": service("child.x", gives="child.z"),
    }
    assert only(library(services, silent="x y z"), "cycle").values["path"] == ["a", "c", "a"]


def test_a_circle_through_a_document_is_seen() -> None:
    services = {
        "a": service("child.name", gives="child.x", documents={"proof": document("facts:child.y")}),
        "b": service("child.x", gives="child.y"),
    }
    board = library(services, silent="x y", lines={("services", "a", "evidence", "proof"): 7})
    problem = only(board, "cycle")
    assert problem.values["path"] == ["a", "b", "a"]
    assert str(problem.position) == "board.yaml:7"


def test_a_document_with_another_way_waits_for_nobody() -> None:
    services = {
        "a": service("child.name", gives="child.x", documents={"proof": document("facts:child.y", "upload")}),
        "b": service("child.x", gives="child.y"),
    }
    assert codes(library(services, silent="x y")) == []


def test_a_lost_service_does_not_blame_those_that_depend_on_it() -> None:
    board = library(
        {
            "first": service("child.secret", gives="child.number"),
            "then": service("child.number", gives="child.card"),
            "last": service("child.card"),
        },
        silent="secret number card",
    )
    assert only(board, "no-supply").values["service"] == "first"


# Checks


def test_checks_that_contradict_each_other_are_refused_where_both_can_apply() -> None:
    digits, letters = Checks(one_of=("1",)), Checks(one_of=("A",))
    services = {"a": service([("child.x", digits)]), "b": service([("child.x", letters)])}
    assert only(library(services), "empty-checks").values["services"] == ["a", "b"]
    apart = [use("a", "child.k == '1'"), use("b", "child.k == '2'")]
    assert codes(library(services, uses=apart)) == []


def test_checks_against_the_elements_own_are_refused_in_the_service() -> None:
    board = library(
        {"a": service([("child.sex", Checks(one_of=("m",)))]), "b": service("child.sex")},
        elements=CODED,
        codes=SEX,
    )
    assert only(board, "empty-checks").values["services"] == ["a"]


# Conditions


@pytest.mark.parametrize(
    ("when", "bad"),
    [
        ("child.sex == 'male'", False),
        ("child.sex == 'mael'", True),
        ("child.sex == 'male' and child.sex == 'female'", True),
        ("child.sex != 'male' and child.sex != 'female'", True),
    ],
)
def test_a_condition_that_can_never_be_true_is_refused(when: str, bad: bool) -> None:  # noqa: FBT001
    places = [
        library({"a": service("child.name child.sex")}, situations={"s": when}, elements=CODED, codes=SEX),
        library({"a": service("child.name child.sex", when=when)}, elements=CODED, codes=SEX),
        library({"a": service([("child.name", when), "child.sex"])}, elements=CODED, codes=SEX),
        library({"a": service("child.sex")}, uses=[use("a", when)], elements=CODED, codes=SEX),
        library({"a": service("child.sex")}, relations=[f"parent(mother, child) when {when}"], elements=CODED, codes=SEX),
    ]  # fmt: skip
    assert [codes(board) for board in places] == [["unreachable"] if bad else []] * len(places)


def test_a_misspelt_value_is_shown_the_nearest() -> None:
    board = library({"a": service("child.sex", when="child.sex == 'mael'")}, elements=CODED, codes=SEX)
    assert only(board, "unreachable").values["suggestions"] == ["male", "female"]


def test_a_service_and_its_event_that_exclude_each_other_are_refused() -> None:
    board = library({"a": service("child.name", when="child.k == '1'")}, uses=[use("a", "child.k == '2'")])
    assert codes(board) == ["unreachable"]


# Documents


def test_a_document_that_can_be_met_in_no_way_is_refused() -> None:
    def with_ways(*ways: str) -> list[str]:
        proof = {"proof": document(*ways)}
        return codes(
            library(
                {"a": service("child.name", documents=proof)},
                certificates={"paper": "child.name"},
                resources={"population": resource("p.id -> p.region")},
            )
        )

    assert with_ways("facts:child.address") == ["unmet-evidence"]
    assert with_ways("facts:child.address", "upload") == []
    assert with_ways("certificate:paper") == []
    assert with_ways("facts:mother.region") == []


# Warnings


def test_what_nothing_uses_and_what_lacks_a_grant_are_warnings() -> None:
    board = library(
        {"care": service("mother.illness child.illness")},
        resources={"clinic": conditional("p.id -> p.illness")},
        certificates={"paper": "child.name"},
        elements={"never": element("never")},
        codes=SEX,
    )
    board = replace(board, relations={})
    found = {
        (one.code, str(one.values["name" if one.code == "unused" else "resource"]))
        for one in check_library(board)
    }
    assert found == {
        ("unused", "Person.never"), ("unused", "sex"), ("unused", "paper"), ("no-grant", "clinic"),
    }  # fmt: skip
    granted = replace(board, grants={"g": GrantDeclaration("g", "clinic", EVENT)})
    assert "no-grant" not in {one.code for one in check_library(granted)}


def test_problems_come_in_the_order_of_the_files() -> None:
    board = library(
        {name: service(f"child.{name}") for name in "abc"},
        silent="a b c",
        lines={("services", name): line for line, name in ((9, "a"), (3, "b"), (5, "c"))},
    )
    assert [one.position.line for one in problems(board) if one.position] == [3, 5, 9]


# Agencies


def test_a_service_whose_cases_no_agency_would_see_is_refused() -> None:
    board = library({"birth": service("child.name")}, lines={("services", "birth", "level"): 5})
    birth = replace(board.services["birth"], level=Level.GRID)
    nowhere = only(replace(board, services={"birth": birth}), "unknown-name")
    assert (nowhere.values["section"], nowhere.values["name"]) == ("levels", "grid")
    assert (str(nowhere.position), nowhere.values["suggestions"]) == ("board.yaml:5", ["city"])
    nobody = only(replace(board, agencies={}), "unknown-name")
    assert (nobody.values["section"], nobody.values["name"]) == ("agencies", "office")
