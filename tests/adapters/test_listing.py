"""Registers of every kind are read whole, in parts that neither lose nor double a row, and believed value by value."""

import json
import sqlite3
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from qipan.adapters.sources import Request, SourceDown, SourceMisdeclared, SourceNonsense
from qipan.adapters.sources.listing import Listings, Mark, Part, Within
from qipan.core.elements import Element, Field
from qipan.core.formats import gb11643_digit
from tests.adapters.conftest import Serve
from tests.adapters.registers_cast import ELEMENTS, ID, NAME, SPOUSE, STATUS, marriage, send

BODIES = [f"33010619920315{place:03}" for place in range(1, 24, 2)]
WIVES = [body + gb11643_digit(body) for body in BODIES]
WANTED: dict[Field, Element] = {ID: ELEMENTS[SPOUSE], NAME: ELEMENTS[NAME], STATUS: ELEMENTS[STATUS]}
ROWS = [{"zjhm": one, "po_xm": f"陈{place}", "hyzk": "20"} for place, one in enumerate(WIVES)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A register as a database, as CSV and as Parquet."""
    frame = pl.DataFrame(ROWS)
    frame.write_csv(tmp_path / "marriages.csv")
    frame.write_parquet(tmp_path / "marriages.parquet")
    with sqlite3.connect(tmp_path / "register.db") as connection:
        connection.execute("CREATE TABLE marriages (zjhm TEXT, po_xm TEXT, hyzk TEXT)")
        connection.executemany("INSERT INTO marriages VALUES (:zjhm, :po_xm, :hyzk)", reversed(ROWS))
        connection.execute("INSERT INTO marriages VALUES (NULL, '陈无', '20')")
    connection.close()
    return tmp_path


def wanted(adapter: str, **source: Any) -> Request:
    """A request for all rows."""
    return marriage(adapter, elements=WANTED, **source)


def read(address: str, request: Request, most: int, within: Within | None = None) -> list[object]:
    """Read everything, part by part, and give the keys as they came."""
    listings = Listings({"civil_affairs": address})
    try:
        return list(_keys(listings, request, most, within))
    finally:
        listings.close()


def _keys(listings: Listings, request: Request, most: int, within: Within | None) -> Iterator[object]:
    mark: Mark | None = None
    more = True
    while more:
        listed = listings.page(request, Part((ID,), mark, most, within))
        yield from (row[ID] for row in listed.rows)
        mark = None if listed.mark is None else tuple(json.loads(json.dumps(listed.mark)))  # as it is stored
        more = mark is not None


@pytest.mark.parametrize("most", [1, 5, 6, 12, 100])
@pytest.mark.parametrize(
    ("adapter", "source"),
    [("sql", {}), ("file", {"path": "marriages.csv"}), ("file", {"path": "marriages.parquet"})],
    ids=["sql", "csv", "parquet"],
)
def test_every_row_comes_once_however_large_the_parts(
    folder: Path, adapter: str, source: dict[str, object], most: int
) -> None:
    address = f"sqlite:///{folder / 'register.db'}" if adapter == "sql" else str(folder)
    assert read(address, wanted(adapter, **source), most) == WIVES


@pytest.mark.parametrize("most", [1, 5, 12, 100])
def test_a_service_lists_its_records(serve: Serve, most: int) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        asked = parse_qs(urlsplit(handler.path).query, keep_blank_values=True)
        after, limit = asked["after"][0], int(asked["limit"][0])
        send(handler, json.dumps([one for one in ROWS if str(one["zjhm"]) > after][:limit]).encode())

    assert read(serve(respond), wanted("http", list="/marriages"), most) == WIVES


@pytest.mark.parametrize("body", [b"{}", b'"x"', b"[", b"[{}]", json.dumps(ROWS).encode()])
def test_a_service_that_lists_nonsense(serve: Serve, body: bytes) -> None:
    with pytest.raises(SourceNonsense):
        read(serve(lambda handler: send(handler, body)), wanted("http", list="/marriages"), 3)


def test_what_cannot_be_read_whole_says_so(folder: Path, serve: Serve) -> None:
    service = serve(lambda handler: send(handler, b"[]", status=500))
    with pytest.raises(SourceMisdeclared):
        read(service, wanted("http"), 3)
    with pytest.raises(SourceDown):
        read(service, wanted("http", list="/marriages"), 3)
    with pytest.raises(SourceDown):
        read(f"sqlite:///{folder / 'register.db'}", wanted("sql", table="nowhere"), 3)
    with pytest.raises(SourceMisdeclared):
        read(str(folder), wanted("file", path="../marriages.csv"), 3)
    for elsewhere in ("node://city", "received://city"):
        with pytest.raises(SourceMisdeclared):
            read(elsewhere, wanted("sql"), 3)


def test_a_database_gives_the_rows_of_a_region_alone(folder: Path) -> None:
    within = Within(NAME, "陈1")
    found = read(f"sqlite:///{folder / 'register.db'}", wanted("sql"), 2, within)
    assert found == [WIVES[1], *WIVES[10:]]
    assert read(f"sqlite:///{folder / 'register.db'}", wanted("sql"), 2, Within(NAME, "%")) == []


def test_values_are_believed_one_by_one_and_rows_by_their_keys(tmp_path: Path) -> None:
    rows = [
        {"zjhm": WIVES[0], "po_xm": "陈", "hyzk": "99"},
        {"zjhm": WIVES[3][:-1] + "甲", "po_xm": "陈立", "hyzk": "20"},
        {"zjhm": WIVES[1], "po_xm": "陈一", "hyzk": "20"},
        {"zjhm": WIVES[1], "po_xm": "陈二", "hyzk": "20"},
        {"zjhm": WIVES[2], "po_xm": "", "hyzk": "40"},
    ]
    pl.DataFrame(rows).write_csv(tmp_path / "marriages.csv")
    listings = Listings({"civil_affairs": str(tmp_path)})
    listed = listings.page(wanted("file"), Part((ID,), None, 100))
    assert listed.rows == [{ID: WIVES[0]}, {ID: WIVES[2], STATUS: "40"}]
    assert listed.mark is None
