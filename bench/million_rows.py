"""A million cases in a minute or two: one real application, copied by the database with other people, agencies, days and states.

One application in four is still in hand; one county's medical insurance office holds tens of thousands of those cases, the other
agencies share theirs evenly. Everything is drawn from the row's number, so every run writes the same.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple
from uuid import UUID

import psycopg

APPLICATIONS = 143_000
PEOPLE = 50_000
REGULAR = 500  # of every so many applications one is that of the same, busy, person
DAYS = 700
BUSY_AGENCY = "330106.medical_insurance"
CALLS = 4  # look-ups kept for each application

CREATE = f"""
CREATE UNLOGGED TABLE made AS
SELECT i, uuidv7(age) AS id, now() + age AS at, abs(hashint8(i)) %% 4 = 0 AS running,
  CASE WHEN i %% {REGULAR} = 0 THEN %(first)s ELSE %(first)s + 1 + abs(hashint8(i + 7)) %% ({PEOPLE} - 1) END AS person
FROM generate_series(1, {APPLICATIONS}) i, LATERAL (SELECT interval '1 second' * (-{DAYS} * 86400.0 * ({APPLICATIONS} - i + 1) / {APPLICATIONS}) AS age) a
"""
PERSONS = f"""
INSERT INTO persons (id_number, name, phone, story_zh, story_en, sample)
SELECT '999999' || lpad(i::text, 12, '0'), '样例' || i, '', '', '', true FROM generate_series(1, {PEOPLE}) i
"""
PLACES = """
CREATE UNLOGGED TABLE places AS
SELECT c.service, array_agg(a.code ORDER BY a.code) AS agencies
FROM cases c JOIN agencies mine ON mine.code = c.agency JOIN agencies a ON a.kind = mine.kind AND a.level = mine.level
WHERE c.application_id = %(application)s GROUP BY c.service
"""
STATE = """(CASE WHEN NOT m.running THEN 'delivered' ELSE (ARRAY['waiting', 'waiting', 'submitted', 'submitted', 'accepted', 'accepted',
  'reviewing', 'granted', 'returned', 'delivered'])[1 + abs(hashint8(m.i * 7 + t.ordinal)) % 10] END)"""
AGENCY = f"""(CASE WHEN m.running AND t.agency LIKE '%.medical_insurance' AND abs(hashint8(m.i)) % 5 > 0 THEN '{BUSY_AGENCY}'
  ELSE p.agencies[1 + abs(hashint8(m.i + 3)) % cardinality(p.agencies)] END)"""
APPLICATION: Mapping[str, str] = {
    "id": "m.id",
    "number": "'QP-' || to_char(m.at, 'YYYYMMDD') || '-' || lpad(upper(to_hex(m.i)), 7, '0')",
    "person": "m.person",
    "state": "CASE WHEN m.running THEN 'running' ELSE 'finished' END",
    "submitted_at": "m.at",
    "closed_at": "CASE WHEN m.running THEN NULL ELSE m.at + interval '5 days' END",
    "idempotency_key": "'draft:' || m.id",
}
CASE: Mapping[str, str] = {
    "id": "uuidv7(m.at - now())",
    "application_id": "m.id",
    "agency": AGENCY,
    "state": "s.state",
    "ready_at": "CASE WHEN s.state <> 'waiting' THEN m.at END",
    "accepted_at": "CASE WHEN s.state NOT IN ('waiting', 'submitted', 'returned') THEN m.at + interval '1 hour' END",
    "decided_at": "CASE WHEN s.state IN ('granted', 'delivered') THEN m.at + interval '2 days' END",
    "delivered_at": "CASE WHEN s.state = 'delivered' THEN m.at + interval '3 days' END",
    "ended_at": "CASE WHEN s.state = 'delivered' THEN m.at + interval '3 days' END",
    "due_on": "CASE WHEN s.state <> 'waiting' THEN (m.at + interval '5 days')::date END",
    "statutory_due_on": "CASE WHEN s.state <> 'waiting' THEN (m.at + interval '20 days')::date END",
}
RETURNED = """
INSERT INTO corrections (case_id, fields, evidence, message, official, asked_at)
SELECT id, ARRAY['child.name'], '{}', '请核对姓名', 1, ready_at FROM cases WHERE state = 'returned'
"""


class Rows(NamedTuple):
    """How one table is filled: from which rows of the copied application, joined with what, under which values."""

    table: str
    source: str
    values: Mapping[str, str]
    serial: bool = True


FIRST = Rows(
    "applications",
    "(SELECT * FROM applications WHERE id = %(application)s) t, made m",
    APPLICATION,
    serial=False,
)
SECOND = Rows(
    "cases",
    f"""(SELECT * FROM cases WHERE application_id = %(application)s) t JOIN places p USING (service), made m,
    LATERAL (SELECT {STATE} AS state) s""",
    CASE,
    serial=False,
)
LAST = (
    Rows(
        "entries",
        """(SELECT e.*, c.service FROM entries e LEFT JOIN cases c ON e.subject = 'case:' || c.id
          WHERE e.subject = 'application:' || %(application)s OR c.application_id = %(application)s) t, made m
        LEFT JOIN LATERAL (SELECT n.id FROM cases n WHERE n.application_id = m.id AND n.service = t.service) n ON true""",
        {
            "at": "m.at",
            "actor": "CASE WHEN t.actor_kind = 'person' THEN m.person ELSE t.actor END",
            "subject": "CASE WHEN n.id IS NULL THEN 'application:' || m.id ELSE 'case:' || n.id END",
        },
    ),
    Rows(
        "fact_sets",
        "(SELECT * FROM fact_sets WHERE application_id = %(application)s) t, made m",
        {"application_id": "m.id"},
    ),
    Rows(
        "calls",
        f"""(SELECT * FROM calls WHERE draft = (SELECT id FROM drafts WHERE application = %(application)s) LIMIT {CALLS}) t, made m""",
        {"draft": "m.id", "person": "m.person", "subjects": "ARRAY[m.person]", "at": "m.at"},
    ),
    Rows(
        "drafts",
        "(SELECT * FROM drafts WHERE application = %(application)s) t, made m",
        {"id": "m.id", "person": "m.person", "application": "m.id", "updated_at": "m.at"},
        serial=False,
    ),
)


def fill(database: str, application: UUID) -> None:
    """Copy the application until a million cases are stored."""
    _run(database, [PERSONS, PLACES, CREATE.replace("%%", "%")], application)
    _copy(database, application, FIRST)
    _copy(database, application, SECOND)
    with ThreadPoolExecutor(2) as two:
        list(two.map(partial(_copy, database, application), LAST))
    _run(database, [RETURNED, "DROP TABLE made, places"], application)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _copy(database: str, application: UUID, rows: Rows) -> None:
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'",
            [rows.table],
        )
        columns = [name for (name,) in found.fetchall() if not (rows.serial and name == "id")]
    values = ", ".join(rows.values.get(name, f"t.{name}") for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    source = rows.source
    _run(database, [f"INSERT INTO {rows.table} ({named}) SELECT {values} FROM {source}"], application)


def _run(database: str, statements: Sequence[str], application: UUID) -> None:
    with psycopg.connect(database) as connection:
        # Constraints hold by construction; durability is not what is measured here.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM persons").fetchone() or (1,)
        for statement in statements:
            connection.execute(_filled(statement, application, first[0]))


def _filled(statement: str, application: UUID, first: int) -> str:
    return statement.replace("%(application)s", f"'{application}'::uuid").replace("%(first)s", str(first))
