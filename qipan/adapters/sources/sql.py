"""Registers in SQL databases: one SELECT by key, read-only, bound parameters, quoted names.

PostgreSQL stops a statement at its timeout, and SQLite is stopped by its progress handler. Other databases finish what they
began; their caller has gone on by then.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.sql.elements import ColumnClause, quoted_name

from qipan.adapters.sources.declared import Reading
from qipan.adapters.sources.port import SourceDown, SourceMisdeclared, SourceNonsense
from qipan.core.elements import Field, Value

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

    def read(self, address: str, reading: Reading, timeout: float) -> Mapping[Field, object] | None:
        """Find the one record that has these keys; None when there is none. Raises SourceError."""
        try:
            rows = self._rows(self._engine(address), reading, timeout)
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            raise _down_or_nonsense(error, reading) from None
        except (DBAPIError, UnicodeError, ValueError) as error:
            raise SourceNonsense(f"{_where(reading)} cannot be read so: {_what(error)}") from None
        if len(rows) > 1:
            raise SourceNonsense(f"{_where(reading)} holds more than one record of one key.")
        return dict(zip(reading.columns, rows[0], strict=True)) if rows else None

    def close(self) -> None:
        with self._lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()

    def _engine(self, address: str) -> sa.Engine:
        with self._lock:
            if address not in self._engines:
                self._engines[address] = _new_engine(address)
            return self._engines[address]

    @staticmethod
    def _rows(engine: sa.Engine, reading: Reading, timeout: float) -> list[sa.Row[Any]]:
        with engine.connect() as connection:
            _limit(connection, timeout)
            return list(connection.execute(_select(reading)).fetchall())


def _select(reading: Reading) -> sa.Executable:
    columns = {name: _column(name) for name in (*reading.keys, *reading.columns.values())}
    table = sa.table(
        _quoted(reading.place), *columns.values(), schema=reading.schema and _quoted(reading.schema)
    )
    return (
        sa.select(*(columns[name] for name in reading.columns.values()))
        .select_from(table)
        .where(*(columns[name] == _bound(value) for name, value in reading.keys.items()))
        .limit(2)
    )


def _column(name: str) -> ColumnClause[object]:
    return sa.column(_quoted(name))


def _quoted(name: str) -> quoted_name:
    return quoted_name(name, quote=True)


def _bound(value: Value) -> sa.BindParameter[object]:
    """Send a key as text without a type, so that the database reads it as its own column's type."""
    return sa.bindparam(None, value if isinstance(value, bool) else str(value), type_=sa.types.NullType())


def _new_engine(address: str) -> sa.Engine:
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


def _limit(connection: sa.Connection, timeout: float) -> None:
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
