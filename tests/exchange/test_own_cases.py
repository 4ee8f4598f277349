"""A city subscribes to rows of its own open cases: what was looked up is followed, and nothing else; when the case is over nothing stays."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import psycopg
import pytest

from qipan.core.grants import ANY_OF_OWN_CASES, Mode
from tests.exchange.conftest import Running
from tests.exchange.couriers import is_told, issue_all, look_up, names, sending, until
from tests.exchange.nodes import RunningNode
from tests.exchange.two_nodes import TwoNodes

OWN = sending(rows=ANY_OF_OWN_CASES, modes=(Mode.LOOK_UP, Mode.PUSH), basis=("婚姻法",), purpose_zh="跟办")
OTHER, NOBODY_YET, KEPT_AWAY = 12, 14, 16  # places of residents
COPY = """
CREATE TEMP TABLE one ON COMMIT DROP AS SELECT * FROM drafts WHERE id = %(draft)s;
UPDATE one SET id = %(new)s, consents = '{population}', application = NULL;
INSERT INTO drafts SELECT * FROM one
"""


def write(url: str, statement: str, **values: object) -> None:
    """Write in a database, as whoever owns it."""
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(statement.encode(), values)


def form_of(nodes: TwoNodes) -> str:
    """One more form in hand, whose person agreed."""
    new = str(uuid4())
    write(nodes.city.owner_url, COPY, draft=nodes.made["draft"].removeprefix("draft:"), new=new)
    return f"draft:{new}"


def asked(nodes: TwoNodes, case: str, place: int, way: str = "look-up") -> httpx.Response:
    """Look a resident up for a case: at the other node, or in what was received."""
    changes = {
        "resource": "population", "keys": {"person.id_number": nodes.mothers[place]}, "fields": ["person.name"],
        "basis": list(OWN.basis), "purpose": OWN.purpose_zh, "case": case,
    }  # fmt: skip
    return nodes.ask(**changes) if way == "look-up" else look_up(nodes, **changes)


def followed(node: RunningNode, case: str = "") -> list[tuple[bool]]:
    """Of the rows that one end follows, whether their case is said to be open."""
    return node.rows(
        f"SELECT open FROM exchange_followed WHERE \"grant\" = '{OWN.id}' AND \"case\" LIKE '{case}%' ORDER BY looked_at"
    )


def rename(nodes: TwoNodes, place: int, name: str) -> None:
    """Correct a name in the hospitals' register."""
    write(nodes.register, "UPDATE people SET name = %(name)s WHERE number = %(number)s", name=name,
          number=nodes.mothers[place])  # fmt: skip


@pytest.fixture(scope="module")
def nodes(running: Running) -> Iterator[TwoNodes]:
    """The pair that other files use as well, who find everybody as they were."""
    issue_all(running[0], OWN)
    yield running[0]
    for place in (OTHER, OTHER + 1, KEPT_AWAY):
        rename(running[0], place, "王芳")


@pytest.fixture(scope="module")
def case(nodes: TwoNodes) -> str:
    """A form for which one resident was looked up."""
    made = form_of(nodes)
    assert asked(nodes, made, OTHER).json()["found"] is True
    until(lambda: len(names(nodes, OWN)) == 1)
    return made


def test_what_was_looked_up_is_followed_and_no_other_row_passes(nodes: TwoNodes, case: str) -> None:
    rename(nodes, OTHER + 1, "没人查过")
    rename(nodes, OTHER, "方芳")
    until(lambda: names(nodes, OWN) == ["方芳"])
    assert followed(nodes.hospitals, case) == [(True,)]
    sent = nodes.hospitals.rows(f"SELECT count(*) FROM exchange_sent_rows WHERE stream = '{OWN.id}'")
    assert sent == [(1,)]


def test_it_is_read_here_and_what_is_not_here_is_asked_for_and_followed(nodes: TwoNodes, case: str) -> None:
    calls = f"SELECT count(*) FROM exchange_calls WHERE \"grant\" = '{OWN.id}' AND \"case\" = '{case}'"
    before = nodes.hospitals.rows(calls)
    assert asked(nodes, case, OTHER, "received").json()["facts"] == {"person.name": "方芳"}
    assert nodes.hospitals.rows(calls) == before, "what is here is not asked for"
    assert asked(nodes, case, NOBODY_YET, "received").json()["found"] is True
    assert nodes.hospitals.rows(calls) == [(before[0][0] + 1,)]
    until(lambda: len(names(nodes, OWN)) == 2)


def test_who_is_not_there_yet_arrives_when_they_are(nodes: TwoNodes, case: str) -> None:
    born = nodes.mothers[KEPT_AWAY]
    write(nodes.register, "UPDATE people SET number = 'elsewhere' WHERE number = %(number)s", number=born)
    assert asked(nodes, case, KEPT_AWAY).json()["found"] is False
    until(lambda: len(followed(nodes.hospitals, case)) == 3)
    write(nodes.register, "UPDATE people SET number = %(number)s, name = '新生' WHERE number = 'elsewhere'", number=born)  # fmt: skip
    until(lambda: "新生" in names(nodes, OWN))


def test_what_changed_during_an_outage_arrives_after_it(nodes: TwoNodes, running: Running, case: str) -> None:
    until(lambda: is_told(nodes, OWN))
    nodes.city.kill("public")
    running[2].kill()
    rename(nodes, OTHER, "停机时改")
    nodes.city.start("public")
    running[2].start()
    until(lambda: "停机时改" in names(nodes, OWN))
    assert followed(nodes.hospitals, case)[0] == (True,)


def test_of_two_cases_one_is_enough_and_when_both_are_over_nothing_stays(nodes: TwoNodes, case: str) -> None:
    second = form_of(nodes)
    assert asked(nodes, second, OTHER).json()["found"] is True
    until(lambda: followed(nodes.hospitals, second) == [(True,)])
    write(nodes.city.owner_url, "UPDATE drafts SET consents = '{}' WHERE id::text = %(id)s", id=case.removeprefix("draft:"))  # fmt: skip
    until(lambda: not any(open_ for (open_,) in followed(nodes.hospitals, case)))
    until(lambda: names(nodes, OWN) == ["停机时改"])
    write(nodes.city.owner_url, "DELETE FROM drafts WHERE id::text = %(id)s", id=second.removeprefix("draft:"))  # fmt: skip
    until(lambda: names(nodes, OWN) == [])
    until(lambda: not nodes.hospitals.rows(f"SELECT FROM exchange_sent_rows WHERE stream = '{OWN.id}'"))
    rename(nodes, OTHER, "办完以后")
    told = nodes.city.rows(
        f"SELECT DISTINCT details->>'reason' FROM entries WHERE act = 'forget_received' AND subject = 'stream:{OWN.id}'"
    )
    assert told == [("case-over",)]
    assert followed(nodes.city) == []


def test_both_ends_hold_twin_records_of_what_was_said(nodes: TwoNodes, case: str) -> None:
    said = [
        node.rows(
            "SELECT encode(exchange, 'hex'), outcome, rows FROM exchange_calls"
            f" WHERE \"grant\" = '{OWN.id}' AND fields = '{{}}' ORDER BY 1"
        )
        for node in (nodes.city, nodes.hospitals)
    ]
    assert said[0]
    assert {(outcome, rows) for _, outcome, rows in said[0]} == {("ok", 0)}
    assert {*said[0]} <= {*said[1]}
    entries = [
        node.rows(
            f"SELECT details->>'digest' FROM entries WHERE act = 'follow_rows' AND subject = 'exchange:{said[0][0][0]}'"
        )
        for node in (nodes.city, nodes.hospitals)
    ]
    assert entries[0] == entries[1] != []
