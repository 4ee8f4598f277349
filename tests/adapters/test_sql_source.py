import sqlite3
import time
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from qipan.adapters.sources import Refused, SourceDown, SourceMisdeclared, SourceNonsense
from tests.adapters.conftest import Read
from tests.adapters.registers_cast import (
    COLUMNS,
    FACTS,
    HUSBAND,
    ID,
    NAME,
    ROW,
    SINCE,
    STATUS,
    WIFE,
    marriage,
)

SCHEMA = "CREATE TABLE marriages (zjhm text, po_zjhm text, po_xm text, djrq date, hyzk text)"
INJECTIONS = [
    "' OR '1'='1",
    f"{WIFE}' --",
    '"; DROP TABLE marriages; --',
    f"{WIFE}'; DROP TABLE marriages; --",
    "%",
    "_" * 18,
]


@pytest.fixture(params=["postgresql", "sqlite"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The register of marriages with two couples, in a real database of either kind."""
    rows = [tuple(ROW.values()), (HUSBAND, WIFE, "林晓雯", "2019-05-20", "20")]
    if request.param == "sqlite":
        with sqlite3.connect(tmp_path / "civil.db") as file:
            file.execute(SCHEMA)
            file.executemany("INSERT INTO marriages VALUES (?, ?, ?, ?, ?)", rows)
        file.close()
        return f"sqlite:///{tmp_path}/civil.db"
    url = str(request.getfixturevalue("foreign_postgres"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS marriages")
        connection.execute(SCHEMA)
        connection.cursor().executemany("INSERT INTO marriages VALUES (%s, %s, %s, %s, %s)", rows)
    return url


def run(address: str, statement: str) -> None:
    """Do something to the register behind the reader's back."""
    if address.startswith("sqlite"):
        with sqlite3.connect(address.removeprefix("sqlite:///")) as file:
            file.execute(statement)
        file.close()
    else:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


def test_the_facts_of_a_record_come_back_by_field(registers: Read, address: str) -> None:
    answer = registers(address).look_up(marriage(), timeout=60)
    assert answer.facts == FACTS
    assert answer.refused == ()


def test_only_the_facts_asked_for_are_read(registers: Read, address: str) -> None:
    run(address, "ALTER TABLE marriages DROP COLUMN hyzk")
    elements = {NAME: marriage().elements[NAME]}
    assert registers(address).look_up(marriage(elements=elements), timeout=60).facts == {NAME: "陈立"}


def test_a_person_without_a_record_has_none(registers: Read, address: str) -> None:
    assert registers(address).look_up(marriage(key="330106199203150019"), timeout=60).facts is None


@pytest.mark.parametrize("key", INJECTIONS)
def test_a_key_is_never_read_as_sql(registers: Read, address: str, key: str) -> None:
    reader = registers(address)
    assert reader.look_up(marriage(key=key), timeout=60).facts is None
    assert reader.look_up(marriage(), timeout=60).facts == FACTS


def test_a_name_in_the_declaration_is_never_read_as_sql(registers: Read, address: str) -> None:
    columns = COLUMNS | {"b.name": 'po_xm" FROM marriages; DROP TABLE marriages; --'}
    with pytest.raises(SourceNonsense):
        registers(address).look_up(marriage(columns=columns), timeout=60)
    assert registers(address).look_up(marriage(), timeout=60).facts == FACTS


def test_a_key_that_no_database_takes_is_nonsense_and_shown_to_nobody(registers: Read, address: str) -> None:
    answer = registers(address).look_up_all([marriage(key=f"{WIFE}\x00")], deadline=60)["marriage"]
    assert answer.facts is None
    if answer.error is not None:  # PostgreSQL's driver refuses the key, SQLite's looks for it
        assert isinstance(answer.error, SourceNonsense)
        assert WIFE not in str(answer.error)
        assert answer.error.__cause__ is None


def test_two_records_of_one_key_are_nonsense(registers: Read, address: str) -> None:
    run(address, "INSERT INTO marriages SELECT * FROM marriages")
    with pytest.raises(SourceNonsense, match="more than one"):
        registers(address).look_up(marriage(), timeout=60)


@pytest.mark.parametrize(
    "changed", [{"table": "weddings"}, {"columns": COLUMNS | {"b.name": "nickname"}}, {"schema": "nowhere"}]
)
def test_another_shape_than_declared_is_nonsense(
    registers: Read, address: str, changed: dict[str, Any]
) -> None:
    with pytest.raises(SourceNonsense):
        registers(address).look_up(marriage(**changed), timeout=60)


def test_values_that_fail_their_checks_are_refused_one_by_one(registers: Read, address: str) -> None:
    run(address, "UPDATE marriages SET hyzk = '77', po_zjhm = '123'")
    answer = registers(address).look_up(marriage(), timeout=60)
    assert answer.facts == {NAME: "陈立", SINCE: "2019-05-20"}
    assert {each.field for each in answer.refused} == {field for field in FACTS if field not in {NAME, SINCE}}


def test_an_empty_column_is_a_missing_fact(registers: Read, address: str) -> None:
    run(address, "UPDATE marriages SET hyzk = NULL, po_xm = ''")
    facts = registers(address).look_up(marriage(), timeout=60).facts
    assert facts is not None
    assert facts.keys() == FACTS.keys() - {STATUS, NAME}


def test_the_register_is_only_read(registers: Read, address: str) -> None:
    reader = registers(address)
    reader.look_up(marriage(), timeout=60)
    adapter = reader._adapters["sql"]
    (engine,) = adapter._engines.values()  # type: ignore[attr-defined]
    with engine.connect() as connection, pytest.raises(Exception, match=r"read-?only"):
        connection.exec_driver_sql("DELETE FROM marriages")


def test_a_register_that_was_restarted_is_found_again(registers: Read, foreign_postgres: str) -> None:
    with psycopg.connect(foreign_postgres, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS marriages")
        connection.execute(SCHEMA)
        reader = registers(foreign_postgres)
        assert reader.look_up(marriage(), timeout=60).facts is None
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert reader.look_up(marriage(), timeout=60).facts is None


def test_a_date_or_a_number_is_found_by_its_text(registers: Read, foreign_postgres: str) -> None:
    with psycopg.connect(foreign_postgres, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS days")
        connection.execute(
            "CREATE TABLE days AS SELECT date '2020-01-31' AS zjhm, 7 AS po_zjhm, '二月' AS po_xm"
        )
    elements = {NAME: marriage().elements[NAME]}
    by_day = marriage(key="2020-01-31", table="days", elements=elements)
    by_number = marriage(
        key=7, table="days", columns={"a.id_number": "po_zjhm", "b.name": "po_xm"}, elements=elements
    )
    reader = registers(foreign_postgres)
    assert (
        reader.look_up(by_day, timeout=60).facts
        == reader.look_up(by_number, timeout=60).facts
        == {NAME: "二月"}
    )


def test_a_table_in_another_schema_is_found(registers: Read, foreign_postgres: str) -> None:
    with psycopg.connect(foreign_postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS hy CASCADE")
        connection.execute("CREATE SCHEMA hy")
        connection.execute("CREATE TABLE hy.marriages AS SELECT %s::text AS zjhm, '陈立' AS po_xm", [WIFE])
    request = marriage(schema="hy", elements={NAME: marriage().elements[NAME]})
    assert registers(foreign_postgres).look_up(request, timeout=60).facts == {NAME: "陈立"}


def test_a_slow_postgres_is_stopped_at_its_timeout(registers: Read, foreign_postgres: str) -> None:
    with psycopg.connect(foreign_postgres, autocommit=True) as connection:
        connection.execute("DROP VIEW IF EXISTS slow_marriages")
        connection.execute(
            "CREATE VIEW slow_marriages AS SELECT '1'::text AS zjhm, pg_sleep(60)::text AS po_xm"
        )
    request = marriage(key="1", table="slow_marriages", elements={NAME: marriage().elements[NAME]})
    start = time.monotonic()
    with pytest.raises(SourceDown):
        registers(foreign_postgres).look_up(request, timeout=0.3)
    assert time.monotonic() - start < 50
    with psycopg.connect(foreign_postgres, autocommit=True) as connection:
        for _ in range(500):
            left = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%slow_marriages%'"
                " AND pid <> pg_backend_pid()"
            ).fetchone()
            if left == (0,):
                return
            time.sleep(0.1)
    pytest.fail("the register still works on a question that nobody waits for")


def test_a_slow_sqlite_is_stopped_at_its_timeout(registers: Read, tmp_path: Path) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e9) SELECT count(*) FROM n"
    )
    with sqlite3.connect(tmp_path / "civil.db") as file:
        file.execute(f"CREATE VIEW marriages AS SELECT '1' AS zjhm, ({endless}) AS po_xm")
    file.close()
    reader = registers(f"sqlite:///{tmp_path}/civil.db")
    request = marriage(key="1", elements={NAME: marriage().elements[NAME]})
    start = time.monotonic()
    with pytest.raises(SourceDown):
        reader.look_up(request, timeout=0.3)
    assert time.monotonic() - start < 50


@pytest.mark.parametrize(
    "nowhere",
    [
        "postgresql://qipan@127.0.0.1:1/nowhere",
        "postgresql://qipan@/nowhere?host=/nonexistent",
        "sqlite:////nonexistent/civil.db",
    ],
)
def test_a_register_that_is_not_there_is_down(registers: Read, nowhere: str) -> None:
    with pytest.raises(SourceDown):
        registers(nowhere).look_up(marriage(), timeout=60)


def test_looking_for_a_file_does_not_make_it(registers: Read, tmp_path: Path) -> None:
    with pytest.raises(SourceDown):
        registers(f"sqlite:///{tmp_path}/civil.db").look_up(marriage(), timeout=60)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["no url", "oraclx://somewhere/x", "/folder"])
def test_an_address_that_is_no_database_is_said_to_be_misdeclared(registers: Read, address: str) -> None:
    with pytest.raises(SourceMisdeclared):
        registers(address).look_up(marriage(), timeout=60)


def test_a_file_that_is_no_database_is_nonsense(registers: Read, tmp_path: Path) -> None:
    (tmp_path / "civil.db").write_text("<html>moved</html>" * 100, encoding="utf-8")
    with pytest.raises(SourceNonsense):
        registers(f"sqlite:///{tmp_path}/civil.db").look_up(marriage(), timeout=60)


def test_a_driver_that_knows_dates_is_understood(registers: Read, foreign_postgres: str) -> None:
    with psycopg.connect(foreign_postgres, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS births")
        connection.execute(
            "CREATE TABLE births AS SELECT %s::text AS zjhm, %s::timestamp AS djrq", [WIFE, date(2020, 1, 31)]
        )
    request = marriage(table="births", elements={SINCE: marriage().elements[SINCE]})
    answer = registers(foreign_postgres).look_up(request, timeout=60)
    assert answer.facts == {SINCE: "2020-01-31"}
    assert request.keys == {ID: WIFE}
    assert Refused(SINCE, "not-date") not in answer.refused
