"""Reading registers whole, a page at a time, in an order of their own that is the same each time: for subscriptions and batches.

Where a page ends is a mark, plain values that can be stored, from which reading goes on after anything. A `sql` register goes by its
keys, which should be indexed; a `file` by the number of rows; an `http` service by what it declares under ``list``, a path that
answers ``?after=<last key>&limit=<rows>`` with a JSON list of records in the order of their keys.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import httpx
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from qipan.adapters.sources.declared import Reading, adapter_of, listing_of
from qipan.adapters.sources.facts import columns_of
from qipan.adapters.sources.files import FileRegisters
from qipan.adapters.sources.json_services import JsonPages
from qipan.adapters.sources.nodes import ELSEWHERE
from qipan.adapters.sources.port import Request, SourceDown, SourceMisdeclared
from qipan.adapters.sources.sql import bound, column, limit, new_engine, select_from
from qipan.core.elements import Field, Value

PAGE_SECONDS = 60.0
Mark = tuple[Value, ...]


class Listed(NamedTuple):
    """A page of rows, each with its keys and all that is believed of it; ``mark`` is where the next begins, None after the last.

    Rows whose keys are not believed, or come twice on a page, are left out.
    """

    rows: Sequence[Mapping[Field, Value]]
    mark: Mark | None


class Within(NamedTuple):
    """Only rows whose field begins so; a register that cannot tell by itself gives all, and the caller looks again."""

    field: Field
    region: str


class Part(NamedTuple):
    """Which part of a register: at most so many rows after a mark, in the order of these keys."""

    keys: Sequence[Field]
    after: Mark | None
    most: int
    within: Within | None = None


class _Page(NamedTuple):
    records: Sequence[Mapping[Field, object]]
    mark: Mark | None


class Listings:
    """Reads whole registers; one object serves a process and all its threads."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._engines: dict[str, sa.Engine] = {}
        self._services: dict[str, JsonPages] = {}
        self._files = FileRegisters()

    def page(self, request: Request, part: Part) -> Listed:
        """Read a part; ``request.elements`` must name keys and region too. Raises SourceError."""
        reading = listing_of(request)
        address = self._addresses.get(reading.register)
        if address is None or address.startswith(ELSEWHERE):
            raise SourceMisdeclared(f"The register {reading.register} is not here.")
        match adapter_of(request.source):
            case "sql":
                page = self._from_sql(address, reading, part)
            case "file":
                page = self._from_file(address, reading, part)
            case _:
                page = self._from_service(address, request, reading, part)
        return Listed(_believed(request, part.keys, page.records), page.mark)

    def close(self) -> None:
        """Close all connections."""
        for engine in self._engines.values():
            engine.dispose()
        for service in self._services.values():
            service.close()

    def _from_sql(self, address: str, reading: Reading, part: Part) -> _Page:
        if address not in self._engines:
            self._engines[address] = new_engine(address)
        try:
            with self._engines[address].connect() as connection:
                limit(connection, PAGE_SECONDS)
                found = connection.execute(_page_of(reading, part)).fetchall()
        except (SQLAlchemyError, UnicodeError, ValueError) as error:
            raise SourceDown(
                f"The register {reading.register} cannot be read: {type(error).__name__}"
            ) from None
        records = [dict(zip(reading.columns, row, strict=True)) for row in found]
        return _Page(records, _mark(records, part))

    def _from_file(self, address: str, reading: Reading, part: Part) -> _Page:
        start = int(part.after[0]) if part.after else 0
        records = self._files.rows(address, reading, start, part.most)
        return _Page(records, (start + part.most,) if len(records) == part.most else None)

    def _from_service(self, address: str, request: Request, reading: Reading, part: Part) -> _Page:
        path = request.source.get("list")
        if not isinstance(path, str) or len(part.keys) != 1:
            raise SourceMisdeclared(f"{request.resource} declares no list: it is read by key alone.")
        service = self._services.setdefault(address, JsonPages(address))
        try:
            after = str(part.after[0]) if part.after else ""
            records = service.page(path, reading, after, part.most)
        except httpx.HTTPError as error:
            raise SourceDown(
                f"The register {reading.register} does not answer: {type(error).__name__}"
            ) from None
        return _Page(records, _mark(records, part))


def _page_of(reading: Reading, part: Part) -> sa.Select[Any]:
    places = [column(reading.columns[key]) for key in part.keys]
    statement = select_from(reading).where(*(place.is_not(None) for place in places))
    if part.after:
        left, right = sa.tuple_(*places), sa.tuple_(*map(bound, part.after))
        statement = statement.where(places[0] > bound(part.after[0]) if len(places) == 1 else left > right)
    if part.within:
        region = sa.cast(column(reading.columns[part.within.field]), sa.Text)
        statement = statement.where(region.startswith(part.within.region, autoescape=True))
    return statement.order_by(*places).limit(part.most)


def _mark(records: Sequence[Mapping[Field, object]], part: Part) -> Mark | None:
    """The keys of the last record of a full page; after one that is not full there is nothing."""
    return tuple(_plain(records[-1][key]) for key in part.keys) if len(records) == part.most else None


def _believed(
    request: Request, keys: Sequence[Field], records: Sequence[Mapping[Field, object]]
) -> list[Mapping[Field, Value]]:
    columns = columns_of(request, records)
    found: dict[tuple[Value, ...], Mapping[Field, Value] | None] = {}
    for values in zip(*columns.values(), strict=True):
        facts = {field: value for field, value in zip(columns, values, strict=True) if value is not None}
        if all(key in facts for key in keys):
            named = tuple(facts[key] for key in keys)
            found[named] = None if named in found else facts
    return [facts for facts in found.values() if facts is not None]


def _plain(value: object) -> Value:
    return value if isinstance(value, str | int | float | bool) else str(value)
