"""A batch: ordered, sealed, sent in order, resumed after kill -9 of both sides, held against its manifest, replaced by the next."""

import psycopg
import pytest

from tests.exchange.conftest import Running
from tests.exchange.couriers import (
    BIRTHS,
    NOT_KEPT,
    OF_OWN_CASES,
    look_up,
    order,
    passed,
    sending,
    until,
)
from tests.exchange.register import BASIS
from tests.exchange.two_nodes import TwoNodes
from tests.watch.reconciled import reconcile

ROWS = 20_000
FILL = """
INSERT INTO births
SELECT body || substr('10X98765432', 1 + mod(total, 11)::int, 1), '2026-11-20', '2'
FROM generate_series(0, %(rows)s - 1) i,
  LATERAL (SELECT '330106' || to_char(date '1970-01-01' + i / 20, 'YYYYMMDD') || lpad((i %% 20)::text, 3, '0') AS body) b,
  LATERAL (SELECT (SELECT sum(substr(body, p::int, 1)::int * w) FROM unnest(ARRAY[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2])
    WITH ORDINALITY AS one (w, p)) AS total) t
"""


@pytest.fixture(scope="module")
def nodes(running: Running) -> TwoNodes:
    with psycopg.connect(running[0].register) as connection:
        connection.execute("DELETE FROM births WHERE mother <> %s", [running[0].mothers[0]])
        connection.execute(FILL, {"rows": ROWS - 1})
    return running[0]


def state(nodes: TwoNodes, batch: str, side: str = "incoming") -> tuple[str, int, int]:
    """State, position and rows of a batch at one end."""
    node = nodes.city if side == "incoming" else nodes.hospitals
    found = node.rows(f"SELECT state, position, rows FROM exchange_{side} WHERE id = '{batch}'")
    return (str(found[0][0]), int(found[0][1]), int(found[0][2])) if found else ("", 0, 0)


def kept(nodes: TwoNodes, batch: str) -> int:
    """How many of its rows the city holds."""
    return int(nodes.city.rows(f"SELECT count(*) FROM exchange_received WHERE stream = '{batch}'")[0][0])


def waits(nodes: TwoNodes) -> bool:
    """Whether the city is in the midst of taking a delivery."""
    found = nodes.city.rows(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%exchange_received%'"
    )
    return bool(found[0][0])


def births(nodes: TwoNodes) -> dict[str, object]:
    """What the city's platform finds of a mother."""
    keys = {"mother.id_number": nodes.mothers[0]}
    found = look_up(nodes, resource="birth_record", keys=keys, fields=["child.sex"], basis=[BASIS]).json()
    return dict(found)


def test_a_batch_resumes_after_both_sides_were_killed_and_reconciles(
    running: Running, nodes: TwoNodes
) -> None:
    sender = running[1]
    batch = str(order(nodes, BIRTHS).json()["batch"])
    until(lambda: state(nodes, batch)[1] >= 1)
    with psycopg.connect(nodes.city.owner_url) as connection:
        connection.execute("LOCK TABLE exchange_received IN EXCLUSIVE MODE")
        until(lambda: waits(nodes))
        nodes.city.kill("public")
        sender.kill()
        before = state(nodes, batch)
    assert before[0] == "running"
    assert 0 < before[2] < ROWS
    assert kept(nodes, batch) == before[2]
    assert births(nodes)["code"] == "register-down"  # it is not whole, so nothing of it can be read
    nodes.city.start("public")
    sender.start()
    until(lambda: state(nodes, batch, "outgoing")[0] == "reconciled")
    assert state(nodes, batch)[0] == "reconciled"
    assert kept(nodes, batch) == ROWS
    assert births(nodes) == {"found": True, "facts": {"child.sex": "2"}, "unbelieved": {}}


def test_what_was_taken_was_not_sent_again_and_both_ends_tell_the_same(nodes: TwoNodes) -> None:
    sent, taken = passed(nodes.hospitals, BIRTHS), passed(nodes.city, BIRTHS)
    assert {*sent} == {*taken}
    assert len(taken) == len({*taken})
    assert nodes.city.rows("SELECT count(*) FROM exchange_calls WHERE outcome = 'taken-before'") == [(0,)]
    told = "SELECT subject, details->>'rows', details->>'digest', details->>'agrees' FROM entries WHERE act = 'reconcile_batch'"
    ours = nodes.hospitals.rows(told)
    assert ours == nodes.city.rows(told)
    assert [(rows, agrees) for _, rows, _, agrees in ours] == [(str(ROWS), "true")]


def test_the_records_of_both_ends_meet_though_both_were_killed(nodes: TwoNodes) -> None:
    """An order and each delivery that came; what was sent and lost when the city died was sent again."""
    reconcile(nodes.hospitals)  # closes its windows; it cannot ask, as its inside does not run
    found = reconcile(nodes.city)
    [(peer, _met, new, silent)] = found["met"]
    assert (peer, new, silent, found["found"]) == ("hospitals", 0, "", [])
    [(compared,)] = nodes.city.rows("SELECT sum(calls) FROM call_windows")
    assert compared == len(passed(nodes.city, BIRTHS))
    [(unsigned,)] = nodes.city.rows(
        "SELECT count(*) FROM exchange_calls WHERE signed_at IS NULL AND \"case\" = ''"
    )
    assert unsigned == 0, "only looking something up in what came has no twin"


def test_the_next_batch_replaces_the_one_before(nodes: TwoNodes) -> None:
    first = str(nodes.city.rows("SELECT id FROM exchange_incoming WHERE mode = 'batch'")[0][0])
    with psycopg.connect(nodes.register) as connection:
        connection.execute("UPDATE births SET sex = '1'")
    second = str(order(nodes, BIRTHS).json()["batch"])
    until(lambda: state(nodes, second, "outgoing")[0] == "reconciled")
    assert births(nodes)["facts"] == {"child.sex": "1"}
    until(lambda: not kept(nodes, first))
    assert state(nodes, first)[0] == "stopped"
    assert kept(nodes, second) == ROWS


def test_an_order_that_its_grant_does_not_cover(nodes: TwoNodes) -> None:
    assert order(nodes, NOT_KEPT).json()["code"] == "mode-not-granted"
    assert order(nodes, OF_OWN_CASES).json()["code"] == "no-case"
    assert order(nodes, OF_OWN_CASES, case="case:1").json()["code"] == "mode-not-granted"
    assert order(nodes, sending()).json()["code"] == "grant-unknown"
    assert order(nodes, BIRTHS, official="").json()["code"] == "no-official"
