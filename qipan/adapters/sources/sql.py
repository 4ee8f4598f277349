"""Registers in SQL databases: SELECTs by key, read-only, bound parameters, quoted names; many look-ups of one kind in one statement.

PostgreSQL stops a statement at its timeout, and SQLite is stopped by its progress handler. Other databases finish what they
began; their caller has gone on by then.
"""

import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.sql.elements import ColumnClause, quoted_name

from qipan.adapters.sources.declared import Reading
from qipan.adapters.sources.port import SourceDown, SourceError, SourceMisdeclared, SourceNonsense
from qipan.core.elements import Field, Value

Record = Mapping[Field, object]

CONNECTIONS_KEPT, CONNECTIONS_MORE = (
    2,
    4,
)  # of each process to each register; agencies' databases are not ours to fill
CONNECT_SECONDS = 3
SQLITE_STEPS = 20_000  # of its virtual machine, between looks at the clock


class SqlRegisters:
    """Connections to every SQL register that was asked so far, opened when first needed."""

    def __init__(self) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._lock = Lock()

    def read(self, address: str, reading: Reading, timeout: float) -> Record | None:
        """Find the one record that has these keys; None when there is none. Raises SourceError."""
        found = self.read_together(address, [reading], timeout)[0]
        if isinstance(found, SourceError):
            raise found
        return found

    def read_together(
        self, address: str, readings: Sequence[Reading], timeout: float
    ) -> list[Record | SourceError | None]:
        """Find the records of readings that differ in nothing but their keys' values, each as ``read`` does. Raises SourceError."""
        end = time.monotonic() + timeout
        engine = self._engine(address)
        try:
            return _found(readings, self._rows(engine, readings, timeout))
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            fault: SourceError = _down_or_nonsense(error, readings[0])
        except (DBAPIError, UnicodeError, ValueError) as error:
            fault = SourceNonsense(f"{_where(readings[0])} cannot be read so: {_what(error)}")
        if len(readings) == 1 or isinstance(fault, SourceDown):
            raise fault from None
        return [self._alone(address, one, end) for one in readings]

    def _alone(self, address: str, reading: Reading, end: float) -> Record | SourceError | None:
        """Read apart from the others, whose keys the database may not have understood."""
        try:
            return self.read(address, reading, max(0.001, end - time.monotonic()))
        except SourceError as error:
            return error

    def close(self) -> None:
        with self._lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()

    def _engine(self, address: str) -> sa.Engine:
        with self._lock:
            if address not in self._engines:
                self._engines[address] = new_engine(address)
            return self._engines[address]

    @staticmethod
    def _rows(engine: sa.Engine, readings: Sequence[Reading], timeout: float) -> list[sa.Row[Any]]:
        shape = _shape_of(readings[0])
        written = _written(engine.dialect, shape, len(readings))
        keys = {
            name: _told(value)
            for place, one in enumerate(readings)
            for name, value in zip(_names(shape, place), one.keys.values(), strict=True)
        }
        with engine.connect() as connection:
            limit(connection, timeout)
            return list(connection.exec_driver_sql(written.text, written.filled_in(keys)).fetchall())


class _Shape(NamedTuple):
    """What readings that go together have in common."""

    schema: str | None
    place: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]


def _shape_of(reading: Reading) -> _Shape:
    return _Shape(reading.schema, reading.place, tuple(reading.keys), tuple(reading.columns.values()))


def _found(readings: Sequence[Reading], rows: Sequence[sa.Row[Any]]) -> list[Record | SourceError | None]:
    """Give each reading its record; a row begins with the place of the reading that it is for."""
    found: list[Record | SourceError | None] = [None] * len(readings)
    for row in rows:
        place = int(row[0])
        reading = readings[place]
        if found[place] is None:
            found[place] = dict(zip(reading.columns, row[1:], strict=True))
        else:
            found[place] = SourceNonsense(f"{_where(reading)} holds more than one record of one key.")
    return found


class _Written(NamedTuple):
    """A statement in a database's own words; ``names`` are its parameters' where they go by order, ``usual`` what it has by itself."""

    text: str
    names: tuple[str, ...] | None
    usual: Mapping[str, object]

    def filled_in(self, keys: Mapping[str, object]) -> tuple[object, ...] | dict[str, object]:
        """Give the parameters as the driver takes them."""
        told = {**self.usual, **keys}
        return told if self.names is None else tuple(told[name] for name in self.names)


@lru_cache(maxsize=512)
def _written(dialect: sa.Dialect, shape: _Shape, count: int) -> _Written:
    """Write the statement for so many readings, once."""
    each = [_select(shape, place) for place in range(count)]
    whole = each[0] if count == 1 else sa.union_all(*(sa.select(one.subquery()) for one in each))
    compiled = whole.compile(dialect=dialect)
    names = None if compiled.positiontup is None else tuple(compiled.positiontup)
    return _Written(str(compiled), names, compiled.params)


def select_from(reading: Reading) -> sa.Select[Any]:
    """Select the declared columns of all rows, in the order of ``reading.columns``."""
    wanted: list[sa.ColumnElement[Any]] = [column(name) for name in reading.columns.values()]
    return sa.select(*wanted).select_from(_table(_shape_of(reading)))


def _select(shape: _Shape, place: int) -> sa.Select[Any]:
    table = _table(shape)
    keys = zip(shape.keys, _names(shape, place), strict=True)
    chosen: list[sa.ColumnElement[Any]] = [sa.literal_column(str(place)).label("place")]
    chosen += [table.c[name].label(f"c{index}") for index, name in enumerate(shape.columns)]
    return (
        sa.select(*chosen)
        .select_from(table)
        .where(*(table.c[key] == sa.bindparam(name, type_=sa.types.NullType()) for key, name in keys))
        .limit(sa.literal_column("2"))
    )


def _table(shape: _Shape) -> sa.TableClause:
    """The table with its columns, each of which is named with it: SQLite takes a lone name that it does not know for a text."""
    names = dict.fromkeys((*shape.keys, *shape.columns))
    schema = None if shape.schema is None else _quoted(shape.schema)
    return sa.table(_quoted(shape.place), *map(column, names), schema=schema)


def _names(shape: _Shape, place: int) -> tuple[str, ...]:
    return tuple(f"k{place}_{index}" for index in range(len(shape.keys)))


def column(name: str) -> ColumnClause[object]:
    """A column by its name, quoted."""
    return sa.column(_quoted(name))


def _quoted(name: str) -> quoted_name:
    return quoted_name(name, quote=True)


def bound(value: Value) -> sa.BindParameter[object]:
    """Send a key as text without a type, so that the database reads it as its own column's type."""
    return sa.bindparam(None, _told(value), type_=sa.types.NullType())


def _told(value: Value) -> object:
    """A key as text, whose type the statement leaves open, so that the database reads it as its own column's type."""
    return value if isinstance(value, bool) else str(value)


def new_engine(address: str) -> sa.Engine:
    """Open a register, read-only where it can be; raises SourceMisdeclared."""
    try:
        url = sa.make_url(address)
        return sa.create_engine(
            _with_driver(url),
            pool_size=CONNECTIONS_KEPT,
            max_overflow=CONNECTIONS_MORE,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,  # people's data do not go to logs
            isolation_level="AUTOCOMMIT",
            connect_args=_connect_arguments(url),
        )
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise SourceMisdeclared(
            "registers.json holds an address that is no database URL we can open."
        ) from None


def _with_driver(url: URL) -> URL:
    match url.get_backend_name():
        case "postgresql":
            return url.set(drivername="postgresql+psycopg")
        case "sqlite" if url.database:
            return url.set(
                database=Path(url.database).absolute().as_uri(), query={"mode": "ro", "uri": "true"}
            )
        case _:
            return url


def _connect_arguments(url: URL) -> dict[str, object]:
    if url.get_backend_name() == "postgresql":
        return {"connect_timeout": CONNECT_SECONDS, "options": "-c default_transaction_read_only=on"}
    return {}


def limit(connection: sa.Connection, timeout: float) -> None:
    """Have the database stop what takes longer than so many seconds, where it can."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET statement_timeout = {max(1, int(timeout * 1000))}")
    elif connection.dialect.name == "sqlite":
        end = time.monotonic() + timeout
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {max(1, int(timeout * 1000))}")
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 -- for the type checker: a checked-out connection has one
        driver.set_progress_handler(lambda: time.monotonic() > end, SQLITE_STEPS)


def _down_or_nonsense(error: Exception, reading: Reading) -> SourceDown | SourceNonsense:
    """SQLite calls a missing table an operational error; the others tell apart what fails from what is wrong."""
    if "no such" in str(getattr(error, "orig", "")):
        return SourceNonsense(f"{_where(reading)} has another shape than declared.")
    return SourceDown(f"The register {reading.register} does not answer: {_what(error)}")


def _where(reading: Reading) -> str:
    return f"The table {reading.place} of the register {reading.register}"


def _what(error: Exception) -> str:
    """Name the fault without its message, which may quote the key."""
    cause = getattr(error, "orig", None) or error
    return type(cause).__name__
