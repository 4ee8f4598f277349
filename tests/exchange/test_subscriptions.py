"""A city subscribes to its residents' rows of another node's register: they come, change, go; after an outage; until it is revoked."""

import time

import psycopg
import pytest

from tests.exchange.conftest import Running
from tests.exchange.couriers import (
    NOT_KEPT,
    OF_OWN_CASES,
    ONLY_ASKED,
    RESIDENTS,
    is_told,
    look_up,
    names,
    of_district,
    passed,
    until,
)
from tests.exchange.two_nodes import TwoNodes


@pytest.fixture(scope="module")
def nodes(running: Running) -> TwoNodes:
    running[0].issue(RESIDENTS)
    until(lambda: names(running[0], RESIDENTS))
    return running[0]


def change(nodes: TwoNodes, statement: str, *values: object) -> None:
    """Write in the hospitals' register."""
    with psycopg.connect(nodes.register) as connection:
        connection.execute(statement.encode(), values)


USES = ("entries", "exchange_calls")


def test_the_district_s_rows_arrive_cut_to_the_grant_and_no_other(nodes: TwoNodes) -> None:
    until(lambda: names(nodes, RESIDENTS) == ["王芳"] * len(of_district(nodes)))
    fields = nodes.city.rows(
        f"SELECT DISTINCT jsonb_object_keys(row) FROM exchange_received WHERE stream = '{RESIDENTS.id}' ORDER BY 1"
    )
    assert fields == [("person.household_region",), ("person.name",)]


def test_what_was_received_is_read_like_any_source_and_each_use_leaves_an_entry(nodes: TwoNodes) -> None:
    before = [nodes.city.rows(f"SELECT coalesce(max(id), 0) FROM {table}")[0][0] for table in USES]
    assert look_up(nodes).json() == {"found": True, "facts": {"person.name": "王芳"}, "unbelieved": {}}
    assert look_up(nodes, keys={"person.id_number": nodes.mothers[1]}).json()["found"] is False
    assert look_up(nodes, purpose="随便看看").json()["code"] == "other-purpose"
    assert look_up(nodes, case="case:1").json()["code"] == "case-not-open"
    assert look_up(nodes, fields=["person.marital_status"]).json()["code"] == "field-not-granted"
    told = nodes.city.rows(
        "SELECT details->>'case', details->>'outcome' FROM entries WHERE act = 'use_data' AND details->>'case' <> ''"
        f" AND id > {before[0]} ORDER BY id"
    )
    assert told == [(nodes.made["draft"], "ok"), (nodes.made["draft"], "none")]
    kept = nodes.city.rows(
        f"SELECT outcome FROM exchange_calls WHERE \"case\" <> '' AND id > {before[1]} ORDER BY id"
    )
    assert kept == [("ok",), ("none",)]


def test_a_corrected_row_arrives_and_one_that_moved_away_or_died_goes(nodes: TwoNodes) -> None:
    corrected, moved, gone = of_district(nodes)[1:4]
    change(nodes, "UPDATE people SET name = '王芬' WHERE number = %s", corrected)
    until(lambda: "王芬" in names(nodes, RESIDENTS))
    change(nodes, "UPDATE people SET region = '330203002001' WHERE number = %s", moved)
    change(nodes, "DELETE FROM people WHERE number = %s", gone)
    until(lambda: len(names(nodes, RESIDENTS)) == len(of_district(nodes)) - 2)
    change(nodes, "UPDATE people SET region = '330106002001' WHERE number = %s", moved)
    change(nodes, "INSERT INTO people VALUES (%s, '王芳', '20', '330106002001')", gone)
    until(lambda: len(names(nodes, RESIDENTS)) == len(of_district(nodes)))
    assert look_up(nodes, keys={"person.id_number": corrected}).json()["facts"] == {"person.name": "王芬"}


def test_after_an_outage_what_changed_arrives_in_its_last_state_and_nothing_twice(
    nodes: TwoNodes, running: Running
) -> None:
    person = of_district(nodes)[5]
    until(lambda: is_told(nodes, RESIDENTS))
    nodes.city.kill("public")
    for name in ("李一", "李二", "李三"):
        change(nodes, "UPDATE people SET name = %s WHERE number = %s", name, person)
        time.sleep(1.2)
    running[1].kill()
    running[1].start()
    nodes.city.start("public")
    until(lambda: "李三" in names(nodes, RESIDENTS))
    assert not {"李一", "李二"} & set(names(nodes, RESIDENTS))
    sent, taken = passed(nodes.hospitals, RESIDENTS), passed(nodes.city, RESIDENTS)
    assert [*dict.fromkeys(sent)][: len(taken)] == taken, "what was lost on its way was sent again"
    assert len({*taken}) == len(taken)
    again = nodes.city.rows(
        f"SELECT count(*) FROM exchange_calls WHERE outcome = 'taken-before' AND \"grant\" = '{RESIDENTS.id}'"
    )
    assert again == [(0,)]


def test_both_ends_hold_twin_records_and_no_values(nodes: TwoNodes) -> None:
    exchange = passed(nodes.city, RESIDENTS)[0]
    for node, act in ((nodes.hospitals, "provide_data"), (nodes.city, "use_data")):
        told = node.rows(f"SELECT act, details::text FROM entries WHERE subject = 'exchange:{exchange}'")
        assert [found for found, _ in told] == [act]
        assert "王芳" not in told[0][1]
        assert nodes.mothers[0] not in told[0][1]


def test_a_receiver_that_lost_its_tables_gets_everything_anew(nodes: TwoNodes) -> None:
    with psycopg.connect(nodes.city.owner_url) as connection:
        connection.execute("DELETE FROM exchange_received WHERE stream = %s", [RESIDENTS.id])
        connection.execute("DELETE FROM exchange_incoming WHERE id = %s", [RESIDENTS.id])
    change(nodes, "UPDATE people SET name = '王苹' WHERE number = %s", of_district(nodes)[6])
    until(lambda: len(names(nodes, RESIDENTS)) == len(of_district(nodes)))
    assert "王苹" in names(nodes, RESIDENTS)
    told = nodes.hospitals.rows(
        f"SELECT details->>'position' FROM entries WHERE act = 'realign_stream' AND subject = 'stream:{RESIDENTS.id}'"
    )
    assert told == [("0",)]


def test_a_row_is_kept_as_many_days_as_the_grant_says(nodes: TwoNodes) -> None:
    before = len(names(nodes, RESIDENTS))
    old = nodes.city.rows(
        f"SELECT stream, key FROM exchange_received WHERE stream = '{RESIDENTS.id}' LIMIT 1"
    )[0]
    with psycopg.connect(nodes.city.owner_url) as connection:
        connection.execute(
            "UPDATE exchange_received SET at = at - interval '31 days' WHERE stream = %s AND key = %s", old
        )
    until(lambda: len(names(nodes, RESIDENTS)) == before - 1)
    told = nodes.city.rows(
        f"SELECT details->>'reason' FROM entries WHERE act = 'forget_received' AND subject = 'stream:{RESIDENTS.id}'"
    )
    assert told == [("retention",)]


def test_revoked_it_stops_and_nothing_of_it_stays(nodes: TwoNodes) -> None:
    nodes.hospitals.start("inside")  # which carries revocations
    nodes.revoke(nodes.hospitals, RESIDENTS)
    until(lambda: not names(nodes, RESIDENTS))
    change(nodes, "UPDATE people SET name = '赵六'")
    before = passed(nodes.hospitals, RESIDENTS)
    time.sleep(2)
    assert passed(nodes.hospitals, RESIDENTS) == before
    assert names(nodes, RESIDENTS) == []
    assert nodes.hospitals.rows(f"SELECT count(*) FROM exchange_queue WHERE stream = '{RESIDENTS.id}'") == [
        (0,)
    ]
    assert look_up(nodes).json()["code"] == "register-down"  # the other grants cover it, and brought nothing


def test_a_grant_without_pushes_or_without_days_or_of_cases_without_look_ups_is_no_subscription(
    nodes: TwoNodes,
) -> None:
    for one in (ONLY_ASKED, OF_OWN_CASES, NOT_KEPT):
        assert nodes.hospitals.rows(f"SELECT count(*) FROM exchange_grants WHERE id = '{one.id}'") == [(1,)]
        assert nodes.hospitals.rows(f"SELECT FROM exchange_outgoing WHERE \"grant\" = '{one.id}'") == []
