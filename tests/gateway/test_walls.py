"""The walls at a gateway: a grant does not carry a field over them, whoever signed it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qipan.core.declarations import Agency, Level, Library, PartySlot, Resource
from qipan.core.elements import Element, Field, PartyKind, Text
from qipan.core.grants import End, Grant
from qipan.core.nodes import Node, NodeList
from qipan.core.walls import Zone
from qipan.exchange.queries import State
from qipan.faces.gateway.known import Knowledge
from qipan.faces.gateway.refusals import STATUS, Refused, Trouble
from qipan.faces.gateway.walls import Walls, barred_fields

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GRADES = {"province": 1, "name": 2, "id_number": 3, "disability": 4}
LIBRARY = Library(
    elements={
        f"Person.{word}": Element(PartyKind.PERSON, word, Text(word), grade=grade)
        for word, grade in GRADES.items()
    },
    agencies={
        "population": Agency("population", Text("公安"), (Level.CITY,)),
        "bank": Agency("bank", Text("银行"), (Level.CITY,), zone=Zone.HALF),
    },
    resources={
        "people": Resource(
            "people",
            Text("人口"),
            "population",
            {"b": PartySlot("b", PartyKind.PERSON)},
            (Field("b", "id_number"),),
            tuple(Field("b", word) for word in GRADES),
        )
    },
)
GRANT = Grant(
    id="9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11",
    resource="people",
    provider=End("here", "330100.population"),
    consumer=End("there", "330200.population"),
    purpose_zh="用途",
    purpose_en="purpose",
    basis=("法",),
    fields=tuple(f"b.{word}" for word in GRADES),
    begins=NOW,
    ends=NOW + timedelta(days=1),
)


def knowing(here: str, there: str) -> Knowledge:
    nodes = {
        name: Node(name, name, name, "http://127.0.0.1", zone, ())
        for name, zone in (("here", here), ("there", there))
    }
    held = NodeList(1, NOW, NOW + timedelta(days=1), nodes)
    return Knowledge(State(*[None] * len(State._fields)), 1, LIBRARY, held, {}, {})  # type: ignore[arg-type]


def barred(here: str, there: str, *, in_case: bool, consumer: str = "population") -> set[str]:
    grant = replace(GRANT, consumer=End("there", f"330200.{consumer}"))
    return {name.partition(".")[2] for name in barred_fields(knowing(here, there), grant, in_case=in_case)}


def test_for_an_open_case_everything_granted_passes() -> None:
    for zones in (("downward", "downward"), ("upward", "downward"), ("downward", "upward")):
        assert barred(*zones, in_case=True) == set()
    assert barred("downward", "downward", in_case=True, consumer="bank") == set()


@pytest.mark.parametrize(
    ("here", "there", "kept"),
    [
        ("upward", "downward", {"disability"}),  # a province's rows of a city's residents
        ("downward", "upward", {"id_number", "disability"}),  # a city's rows reported
        ("downward", "downward", {"id_number", "disability"}),
        ("downward", "outside", {"name", "id_number", "disability"}),
        ("downward", "sector", {"name", "id_number", "disability"}),  # no label that is known
    ],
)
def test_without_a_case_the_labels_of_the_nodes_decide(here: str, there: str, kept: set[str]) -> None:
    assert barred(here, there, in_case=False) == kept


def test_a_body_half_inside_is_so_on_any_node() -> None:
    assert barred("upward", "downward", in_case=False, consumer="bank") == {"name", "id_number", "disability"}


def test_what_nobody_declared_is_core() -> None:
    grant = replace(GRANT, fields=("b.unheard_of",))
    assert set(barred_fields(knowing("downward", "upward"), grant, in_case=False)) == {"b.unheard_of"}


def test_a_call_for_one_barred_field_is_refused() -> None:
    walls, knowledge = Walls(), knowing("downward", "upward")
    walls.check(knowledge, GRANT, "", ("b.province", "b.name"))
    with pytest.raises(Refused) as refused:
        walls.check(knowledge, GRANT, "", ("b.name", "b.id_number"))
    assert refused.value.code == Trouble.WALL
    assert STATUS[Trouble.WALL] == 403
    walls.check(knowledge, GRANT, "case:1", ("b.name", "b.id_number"))


def test_a_new_list_of_nodes_counts_from_its_first_call() -> None:
    walls = Walls()
    walls.check(knowing("upward", "downward"), GRANT, "", ("b.id_number",))
    with pytest.raises(Refused):
        walls.check(knowing("upward", "outside"), GRANT, "", ("b.id_number",))
