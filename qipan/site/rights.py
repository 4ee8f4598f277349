"""Who may do what with the tables: their owner makes and changes them; the platform's processes may do what they need to.

Note [Two roles]
Whoever gets a statement of their own into a process of the platform can do no more than its role. That role owns nothing: it
cannot empty a table, switch a trigger off or make one, and where rows are only ever added, it can only add and read. Triggers stand
behind this, for installations with one role.
"""

from collections.abc import Iterator
from typing import LiteralString

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from qipan import reader

# Rows are only ever added where a trigger forbids the rest.
TABLES = """
SELECT c.relname, c.relkind = 'v', EXISTS (
  SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = c.oid AND p.proname = 'qipan_forbid')
FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v') ORDER BY 1
"""
# Tables, or beginnings of their names, whose rows end.
SHED = (
    "account_", "accounts", "allauth_", "allowances", "app_", "discarded_drafts", "drafts", "exchange_followed", "exchange_nonces", "exchange_queue", "exchange_received",
    "exchange_seen_rows", "exchange_sent_rows", "mfa_authenticator", "uploads", "used_codes", "procrastinate_",
)  # fmt: skip
KEPT_BY_DJANGO = "django_"
UNSEEN = "reader_keys"  # see Note [Who reads]
KEEP_KEY = "DELETE FROM reader_keys; INSERT INTO reader_keys VALUES (%s)"
# `prepare` may run twice at once; PostgreSQL does not take two grants on one table at the same moment.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(4085180141)"
AT_FIRST = """
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role};
REVOKE CREATE ON SCHEMA {schema} FROM {role}, PUBLIC;
GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
"""
SCHEMA = "SELECT current_schema(), EXISTS (SELECT FROM pg_roles WHERE rolname = %s)"


class UnableToGrant(Exception):
    """The role that DATABASE_URL names does not exist, so it cannot be given rights."""


def separate() -> bool:
    """Whether the platform's processes run as another role than the owner of the tables."""
    return "owner" in settings.DATABASES


def migrate() -> None:
    """Bring the tables up to date as their owner, and let the platform's role do what it needs to; raises UnableToGrant."""
    owner = "owner" if separate() else "default"
    call_command("migrate", database=owner, verbosity=0)
    if separate():
        grant(connections[owner])


def grant(owner: BaseDatabaseWrapper) -> None:
    """Give the role of `DATABASE_URL` its rights on every table of the owner's database, and take all others from it."""
    role = str(conninfo_to_dict(settings.DATABASE_URL).get("user", ""))
    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        cursor.execute(TAKE_TURNS)
        cursor.execute(SCHEMA, [role])
        schema, there = cursor.fetchone()
        if not there:
            raise UnableToGrant(f"There is no role {role}: CREATE ROLE {role} LOGIN PASSWORD '…' first.")
        cursor.execute(TABLES)
        names = {"role": sql.Identifier(role), "schema": sql.Identifier(schema)}
        statements = [sql.SQL(AT_FIRST).format(**names), *_grants(cursor.fetchall(), names)]
        cursor.execute(sql.SQL("\n").join(statements))
        cursor.execute(KEEP_KEY, [reader.key()])


def _grants(tables: list[tuple[str, bool, bool]], names: dict[str, sql.Identifier]) -> Iterator[sql.Composed]:
    for table, only_shows, grows in tables:
        if table == UNSEEN:
            continue
        statement = sql.SQL("GRANT {rights} ON {schema}.{table} TO {role};")
        rights = "SELECT" if only_shows else _rights(table, grows=grows)
        yield statement.format(rights=sql.SQL(rights), table=sql.Identifier(table), **names)


def _rights(table: str, *, grows: bool) -> LiteralString:
    if table.startswith(KEPT_BY_DJANGO):
        return "SELECT"
    if grows:
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE, DELETE" if table.startswith(SHED) else "SELECT, INSERT, UPDATE"
