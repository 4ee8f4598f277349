"""Written SQL in, frozen rows out: how every capability reads, and how the busy ones write.

Statements run on Django's connection, inside whatever transaction the edge opened. A row is any NamedTuple whose fields follow
the statement's columns; jsonb columns arrive as Python values, arrays as tuples. A parameter that is an array must be a list.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, LiteralString, NamedTuple, Protocol, TypeVar

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.pq.abc import PGresult
from psycopg.types.json import Jsonb
from pydantic_core import from_json, to_json

from qipan.reader import PreparedCursor

Decoder = Callable[[Any], object]
# By PostgreSQL's type numbers: jsonb, which Django's connections leave as text, and arrays of texts and whole numbers.
DECODERS: Mapping[int, Decoder] = {3802: from_json, 1009: tuple, 1016: tuple}
Parameters = Sequence[Any] | Mapping[str, Any]


class Row(Protocol):
    """What a NamedTuple class can do for us."""

    @classmethod
    def _make(cls, iterable: Sequence[object], /) -> "Row": ...


R = TypeVar("R", bound=NamedTuple)


def rows(row: type[R], statement: str, parameters: Parameters = ()) -> list[R]:
    """Run one statement and give all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        decoders = _decoders(cursor.pgresult)
        return [row._make(_decode(values, decoders)) for values in cursor.fetchall()]


def first(row: type[R], statement: str, parameters: Parameters = ()) -> R | None:
    """Run one statement and give its first row, if any."""
    found = rows(row, statement, parameters)
    return found[0] if found else None


def number(statement: str, parameters: Parameters = ()) -> int:
    """Run one statement that gives one whole number."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])


def execute(statement: str, parameters: Parameters = ()) -> int:
    """Run one statement and give the number of rows that it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def jsonb(value: object) -> Jsonb:
    """Wrap a value for a jsonb parameter."""
    return Jsonb(value, dumps=to_json)


def prepared(row: type[R], statement: LiteralString, parameters: Parameters) -> R | None:
    """Run a busy statement and give its first row; it is parsed and planned once for each connection (others, each time)."""
    found = prepared_rows(row, statement, parameters)
    return found[0] if found else None


def prepared_rows(row: type[R], statement: LiteralString, parameters: Parameters) -> list[R]:
    """Run a busy statement and give all its rows; see ``prepared``."""
    with _prepared(statement, parameters) as cursor:
        decoders = _decoders(cursor.pgresult)
        return [row._make(_decode(values, decoders)) for values in cursor.fetchall()]


def execute_prepared(statement: LiteralString, parameters: Parameters) -> int:
    """Run a busy statement and give the number of rows that it touched; see ``prepared``."""
    with _prepared(statement, parameters) as cursor:
        return int(cursor.rowcount)


@contextmanager
def _prepared(statement: LiteralString, parameters: Parameters) -> Iterator[CursorWrapper]:
    connection.ensure_connection()
    if connection.queries_logged:  # as Django's other cursors do
        connection.queries_log.append({"sql": statement, "time": ""})
    with CursorWrapper(PreparedCursor(connection.connection), connection) as cursor:
        cursor.execute(statement, parameters)
        yield cursor


def json_text(value: object) -> str:
    """Write a value as JSON, for an array of texts that a statement casts."""
    return to_json(value).decode()


def savepoint() -> AbstractContextManager[None]:
    """Let what fails within leave the rest of the edge's transaction as it is."""
    return transaction.atomic()


def in_transaction() -> bool:
    """Whether the edge opened a transaction around us."""
    return bool(connection.in_atomic_block)


def _decoders(result: PGresult | None) -> list[tuple[int, Decoder]]:
    """The columns that need decoding; psycopg's ``description`` would say as much, at ten times the cost."""
    types = [result.ftype(index) for index in range(result.nfields)] if result else []
    return [(index, DECODERS[code]) for index, code in enumerate(types) if code in DECODERS]


def _decode(values: Sequence[object], decoders: Sequence[tuple[int, Decoder]]) -> Sequence[object]:
    if not decoders:
        return values
    whole = list(values)
    for index, decode in decoders:
        whole[index] = None if whole[index] is None else decode(whole[index])
    return whole
