"""What changed in resources between two libraries, and the index of a catalogue."""

from dataclasses import replace

from qipan.core.declarations import (
    Agency,
    Level,
    Library,
    LifeEvent,
    Need,
    PartySlot,
    Resource,
    Service,
    ServiceUse,
    Share,
)
from qipan.core.elements import Element, Field, PartyKind, Text
from qipan.core.library_changes import Change, Kind, ResourceChange, resource_changes
from qipan.core.pool_index import Use, Wanted, index, may_be_asked_for

SLOTS = {"person": PartySlot("person", PartyKind.PERSON)}
NUMBER, NAME, HOUSE = (Field("person", word) for word in ("id_number", "name", "household_number"))
POPULATION = Resource(
    "population", Text("人口信息", "Population register"), "police", SLOTS, (NUMBER,), (NAME, HOUSE),
    record_of=frozenset({"Person.name"}), source={"table": "people"},
)  # fmt: skip
VAULT = replace(
    POPULATION,
    name="vault",
    title=Text("密档", "Vault"),
    share=Share.WITHHELD,
    share_law="x",
    record_of=frozenset(),
)
SERVICE = Service("greeting", Text("问候"), "hall", Level.COUNTY, SLOTS, (Need(NAME), Need(NUMBER)))
BOARD = Library(
    elements={
        f"Person.{word}": Element(PartyKind.PERSON, word, Text(title))
        for word, title in (("id_number", "号码"), ("name", "姓名"), ("household_number", "户号"))
    },
    agencies={"police": Agency("police", Text("公安", "Police"), (Level.COUNTY,))},
    resources={"population": POPULATION, "vault": VAULT},
    services={"greeting": SERVICE},
    events={"birth": LifeEvent("birth", Text("出生"), SLOTS, (ServiceUse("greeting"),))},
)


def test_the_first_library_adds_everything() -> None:
    assert resource_changes(None, BOARD) == (
        ResourceChange("population", Kind.ADDED),
        ResourceChange("vault", Kind.ADDED),
    )


def test_the_same_has_no_changes_and_what_only_its_agency_sees_is_none() -> None:
    elsewhere = replace(POPULATION, source={"table": "persons"}, cost=3)
    assert resource_changes(BOARD, replace(BOARD, resources={"population": elsewhere, "vault": VAULT})) == ()


def test_each_part_that_differs_is_named_with_what_came_and_went() -> None:
    changed = replace(POPULATION, gives=(NAME,), share=Share.CONDITIONAL, title=Text("人口信息", "Persons"))
    (found,) = resource_changes(BOARD, replace(BOARD, resources={"population": changed, "vault": VAULT}))
    assert found.kind is Kind.CHANGED
    assert {part.part: (part.gone, part.new) for part in found.parts} == {
        "gives": (("person.household_number",), ()),
        "share": (("unconditional",), ("conditional",)),
        "title": (("Population register",), ("Persons",)),
    }
    assert Change("x", (), ("a",)).new == ("a",)


def test_what_is_taken_out_is_told() -> None:
    assert resource_changes(BOARD, replace(BOARD, resources={"vault": VAULT})) == (
        ResourceChange("population", Kind.REMOVED),
    )


def test_the_index_knows_the_source_of_record_and_all_that_hold_an_element() -> None:
    found = index(BOARD)
    assert found.record == {"Person.name": "population"}
    assert found.holders["Person.household_number"] == ("population", "vault")
    assert found.uses["population"] == (Use("birth", "greeting", frozenset({"Person.name"})),)


def test_resources_are_found_by_words_agency_element_and_share() -> None:
    found = index(BOARD)
    names = {
        wanted: [one.name for one in found.find(wanted)]
        for wanted in (
            Wanted(),
            Wanted("户号 公安"),
            Wanted("VAULT"),
            Wanted("nothing"),
            Wanted(share="withheld"),
            Wanted(agency="hall"),
            Wanted(element="Person.name", share="unconditional"),
        )
    }
    assert list(names.values()) == [
        ["population", "vault"], ["population", "vault"], ["vault"], [], ["vault"], [], ["population"],
    ]  # fmt: skip


def test_what_is_withheld_cannot_be_asked_for() -> None:
    assert may_be_asked_for(POPULATION)
    assert not may_be_asked_for(VAULT)
