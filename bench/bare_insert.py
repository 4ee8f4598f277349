"""The rival of a submission: the same rows inserted by psycopg alone, one transaction each, with nothing decided or checked."""

import time
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

OWN = "application"
ROWS = {
    "applications": ("id = %(application)s", ()),
    "fact_sets": ("application_id = %(application)s", ("id",)),
    "cases": ("application_id = %(application)s", ()),
    "entries": (
        """subject = 'application:' || %(application)s
        OR subject IN (SELECT 'case:' || id FROM cases WHERE application_id = %(application)s)""",
        ("id", "xact"),
    ),
    "procrastinate_jobs": ("args->>'application' = %(application)s::text", ("id",)),
}
"""Which rows a submission makes: where they are, and which columns the database fills in."""


class Rows(NamedTuple):
    """Rows of one table: the statement that inserts one, its columns, and the values."""

    statement: str
    columns: tuple[str, ...]
    values: list[tuple[object, ...]]


class Inserting(NamedTuple):
    """One connection's part."""

    database: str
    rows: list[Rows]
    seconds: float


def rows_of(database: str, application: UUID) -> list[Rows]:
    """Read the rows that a submission made."""
    with psycopg.connect(database) as connection:
        return [_rows(connection, table, application) for table in ROWS]


def insert(part: Inserting) -> int:
    """Insert such rows under new identifiers until the time is over; give how often."""
    done = 0
    with psycopg.connect(part.database, autocommit=True, prepare_threshold=0) as connection:
        end = time.perf_counter() + part.seconds
        while time.perf_counter() < end:
            _insert_once(connection, part.rows)
            done += 1
    return done


def _insert_once(connection: psycopg.Connection, rows: Sequence[Rows]) -> None:
    known: dict[object, object] = {}
    with connection.transaction(), connection.pipeline(), connection.cursor() as cursor:
        for table in rows:
            for values in table.values:
                cursor.execute(table.statement, [_fresh(one, known) for one in values])


def _fresh(value: object, known: dict[object, object]) -> object:
    """Give identifiers a new value, the same wherever they stand in one application; keep everything else."""
    if isinstance(value, UUID):
        return known.setdefault(value, uuid4())
    if isinstance(value, str) and value.startswith(("QP-", "draft:", "application:", "case:")):
        return known.setdefault(value, f"{value.partition(':')[0]}:{uuid4()}")
    return value


def _rows(connection: psycopg.Connection, table: str, application: UUID) -> Rows:
    where, filled = ROWS[table]
    cursor = connection.execute(f"SELECT * FROM {table} WHERE {where}", {"application": application})
    names = [column.name for column in cursor.description or ()]
    kept = [index for index, name in enumerate(names) if name not in filled]
    columns = tuple(names[index] for index in kept)
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
    )
    found = [tuple(_stored(row[index]) for index in kept) for row in cursor.fetchall()]
    return Rows(statement.as_string(connection), columns, found)


def _stored(value: object) -> object:
    documents = isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(one, dict) for one in value)
    )
    return Jsonb(value) if documents else value
