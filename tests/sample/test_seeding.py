import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import polars as pl
import psycopg
import pytest

from qipan.adapters.sources import Registers, SourceDown, SourceNonsense, addresses_of, request_for
from qipan.core.declarations import Library
from qipan.core.elements import ElementType, Field, Value
from qipan.sample.province import cast, province
from qipan.sample.register_service import Faults, RegisterService
from qipan.sample.registers import FLAG, Table
from qipan.sample.registers import Registers as SampleRegisters
from qipan.sample.seeding import seed_registers
from tests.sample.conftest import LIBRARY, TODAY, Seeded, postgres

MOTHER = {member.name: member.id_number for member in cast()}["林晓雯"]


@pytest.fixture(scope="module")
def tables(library: Library) -> list[Table]:
    return SampleRegisters(province(), library, TODAY).tables()


def place_of(table: Table) -> str:
    return f"{table.register}/{table.place}"


# --- The registers as written


def test_there_is_a_register_of_each_kind(seeded: Seeded) -> None:
    kinds = {
        "postgresql": sum(each.startswith("postgresql:") for each in seeded.addresses.values()),
        "sqlite": sum(each.startswith("sqlite:") for each in seeded.addresses.values()),
        "http": sum(each.startswith("http:") for each in seeded.addresses.values()),
        "csv": len(list(seeded.home.glob("registers/*/*.csv"))),
        "parquet": len(list(seeded.home.glob("registers/*/*.parquet"))),
    }
    assert min(kinds.values()) >= 1, kinds
    assert addresses_of(seeded.home / "registers.json") == seeded.addresses


def test_no_table_is_empty_and_most_people_are_in_the_great_ones(tables: list[Table]) -> None:
    rows = {place_of(table): len(table.rows) for table in tables}
    assert [name for name, count in rows.items() if not count] == []
    assert rows["public_security/czrk_jbxx"] == 10_000
    assert rows["civil_affairs/marriages"] > 4_000
    assert rows["market_regulation//enterprises/{credit_code}"] == 1_000
    assert rows["education/school_districts.csv"] == 25_547


def test_every_column_holds_something(tables: list[Table]) -> None:
    empty = [
        f"{place_of(table)}: {column}"
        for table in tables
        for column in table.types
        if all(row.get(column) is None for row in table.rows.values())
    ]
    assert empty == []


def test_all_rows_are_flagged_as_synthetic(seeded: Seeded, tables: list[Table]) -> None:
    for table in tables:
        assert flags_of(seeded, table) in ({True}, {1}, {"是"}), place_of(table)


def flags_of(seeded: Seeded, table: Table) -> set[object]:
    address = seeded.addresses[table.register]
    query = f'SELECT DISTINCT "{FLAG}" FROM "{table.place}"'
    match address.partition(":")[0], table.place.rpartition(".")[2]:
        case "postgresql", _:
            with psycopg.connect(address) as connection:
                return {row[0] for row in connection.execute(query).fetchall()}
        case "sqlite", _:
            with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as file:
                return {row[0] for row in file.execute(query)}
        case "http", _:
            with closing(sqlite3.connect(seeded.service.answers)) as file:
                return {json.loads(row[0])[FLAG] for row in file.execute("SELECT body FROM answers")}
        case _, "parquet":
            return set(pl.read_parquet(Path(address) / table.place)[FLAG])
        case _:
            return set(pl.read_csv(Path(address) / table.place, infer_schema=False)[FLAG])


def test_each_drop_comes_with_a_note(seeded: Seeded) -> None:
    for folder in seeded.home.glob("registers/*/"):
        assert "synthetic" in (folder / "README.txt").read_text(encoding="utf-8")


def test_dates_numbers_and_truths_are_kept_as_such(tables: list[Table]) -> None:
    kinds: dict[ElementType, type | tuple[type, ...]] = {
        ElementType.TEXT: str,
        ElementType.CODE: str,
        ElementType.DATE: str,
        ElementType.INTEGER: int,
        ElementType.DECIMAL: (int, float),
        ElementType.BOOLEAN: bool,
    }
    for table in tables:
        for row in table.rows.values():
            for column, value in row.items():
                assert value is None or isinstance(value, kinds[table.types[column]]), (
                    f"{place_of(table)}: {column}"
                )


def test_two_seedings_of_one_day_are_equal(library: Library, tables: list[Table]) -> None:
    assert SampleRegisters(province(), library, TODAY).tables() == tables


def test_seeding_twice_writes_once(seeded: Seeded) -> None:
    marker = seeded.home / "registers" / "seeded.json"
    before = marker.stat().st_mtime_ns
    for day in (TODAY, TODAY + timedelta(days=3)):
        again = seed_registers(
            seeded.home, postgres, seeded.library, day, seeded.addresses["market_regulation"]
        )
        assert again == seeded.addresses
    assert marker.stat().st_mtime_ns == before


def test_registers_are_written_again_when_they_are_old_or_the_library_has_changed(
    library: Library, tmp_path: Path
) -> None:
    def seed(given: Library, days: int) -> int:
        seed_registers(tmp_path, postgres, given, TODAY + timedelta(days=days))
        return (tmp_path / "registers" / "seeded.json").stat().st_mtime_ns

    def only(*names: str) -> Library:
        return replace(library, resources={name: library.resources[name] for name in names})

    small, more = only("birth_record"), only("birth_record", "immunisation")
    times = [seed(small, 0), seed(more, 0), seed(more, 20), seed(more, 21), seed(more, 20)]
    assert times == [times[0], times[1], times[1], times[3], times[4]]
    assert len(set(times)) == 4


def test_births_are_as_recent_as_the_story_says_whenever_it_is_told(library: Library) -> None:
    only_births = replace(library, resources={"birth_record": library.resources["birth_record"]})
    for day in (TODAY, TODAY + timedelta(days=400)):
        (deliveries,) = SampleRegisters(province(), only_births, day).tables()
        assert deliveries.rows[MOTHER,]["born_on"] == (day - timedelta(days=9)).isoformat()


# --- The library's sources and the registers fit


def requests_for(library: Library, table: Table, count: int) -> Iterator[tuple[str, dict[Field, Value]]]:
    """Ask each resource that is read from this table for its first few rows."""
    for name, resource in library.resources.items():
        if resource.source is None or resource.source["register"] != table.register:
            continue
        if table.place not in {resource.source.get("table"), resource.source.get("path")}:
            continue
        columns = resource.source["columns"]
        assert isinstance(columns, dict)
        for row in list(table.rows.values())[:count]:
            yield name, {key: row[columns[str(key)]] for key in resource.keys}  # type: ignore[misc]


def test_every_source_in_the_library_answers_with_facts_that_pass_their_checks(
    seeded: Seeded, tables: list[Table]
) -> None:
    asked = set()
    for table in tables:
        for name, keys in requests_for(seeded.library, table, count=8):
            answer = seeded.reader.look_up(request_for(seeded.library, name, keys, today=TODAY), timeout=120)
            assert answer.refused == (), name
            assert answer.facts, name
            asked.add(name)
    assert asked == {name for name, each in seeded.library.resources.items() if each.source is not None}


def test_every_fact_of_every_source_can_be_learnt_from_somebody(seeded: Seeded, tables: list[Table]) -> None:
    by_place = {(table.register, table.place): table for table in tables}
    for resource in seeded.library.resources.values():
        if resource.source is None:
            continue
        place = resource.source.get("table") or resource.source.get("path")
        table = by_place[str(resource.source["register"]), str(place)]
        columns = resource.source["columns"]
        assert isinstance(columns, dict)
        missing = [each for each in resource.gives if columns[str(each)] not in table.types]
        assert missing == [], resource.name


def test_a_number_that_nobody_has_is_not_found(seeded: Seeded) -> None:
    for name, resource in seeded.library.resources.items():
        if resource.source is not None:
            request = request_for(seeded.library, name, dict.fromkeys(resource.keys, "330106190001019999"))
            assert seeded.reader.look_up(request, timeout=120).facts is None, name


# --- The HTTP service


def test_the_library_stands_where_the_tests_think() -> None:
    assert (LIBRARY / "resources").is_dir()


@pytest.fixture
def misbehaving(seeded: Seeded) -> Iterator[RegisterService]:
    service = RegisterService(seeded.home, port=0)
    Thread(target=service.serve_forever, args=(0.01,), daemon=True).start()
    yield service
    service.shutdown()
    service.server_close()


@pytest.mark.parametrize(
    ("faults", "timeout", "error"),
    [
        (Faults(seconds=2), 0.5, SourceDown),
        (Faults(fail=True), 120, SourceDown),
        (Faults(nonsense=True), 120, SourceNonsense),
    ],
)
def test_the_service_misbehaves_on_demand(
    seeded: Seeded, misbehaving: RegisterService, faults: Faults, timeout: float, error: type[Exception]
) -> None:
    misbehaving.faults = faults
    code = province().enterprises[0].credit_code
    request = request_for(seeded.library, "enterprise_register", {Field("enterprise", "credit_code"): code})
    reader = Registers({"market_regulation": f"http://127.0.0.1:{misbehaving.server_address[1]}"})
    with pytest.raises(error):
        reader.look_up(request, timeout=timeout)
    reader.close()
