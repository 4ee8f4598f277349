"""The platform's processes own nothing: whoever gets a statement into one of them can add to the trail, and no more."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from qipan.adapters import embedded_postgres
from qipan.adapters.embedded_postgres import OWNER, PLATFORM
from tests.attacks.stage import ROOT, Stage

ONLY_GROWING = ("entries", "fact_sets", "calls", "plans", "library_versions")
FORBIDDEN = [
    *(f"TRUNCATE {table} CASCADE" for table in ONLY_GROWING),
    *(f"DELETE FROM {table}" for table in ONLY_GROWING),
    "UPDATE entries SET act = 'nothing'",
    "UPDATE fact_sets SET learned = '[]'",
    "UPDATE calls SET outcome = 'ok'",
    "UPDATE plans SET body = ''",
    "UPDATE library_versions SET number = 0",
    "ALTER TABLE entries DISABLE TRIGGER entries_only_grow",
    "DROP TRIGGER entries_only_grow ON entries",
    "CREATE TRIGGER mine BEFORE INSERT ON entries EXECUTE FUNCTION qipan_forbid()",
    "CREATE OR REPLACE FUNCTION qipan_forbid() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    f"SET ROLE {OWNER}",
    "CREATE TABLE mine (one int)",
    "DROP TABLE entries",
    "TRUNCATE drafts",
    "DELETE FROM applications",
    "DELETE FROM cases",
    "DELETE FROM django_migrations",
    "CREATE ROLE mine",
    "COPY entries TO PROGRAM 'cat'",
]
NAMES_OF_SESSIONS = (
    f"SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = '{OWNER}' AND pid <> pg_backend_pid()"
)


@pytest.fixture
def inside(stage: Stage) -> Iterator[psycopg.Connection]:
    """A connection as the platform's processes have it."""
    with psycopg.connect(embedded_postgres.url(stage.home, role=PLATFORM)) as connection:
        yield connection


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_platforms_role_may_not(inside: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        inside.execute(statement.encode())


def test_web_and_worker_run_as_that_role(stage: Stage) -> None:
    with stage.visitor(stage.persons[0]) as visitor:
        visitor.get("/applications/").raise_for_status()
    assert stage.rows(NAMES_OF_SESSIONS) == [(PLATFORM,)]


def test_tables_where_a_trigger_forbids_change_can_only_be_added_to(stage: Stage) -> None:
    guarded = {
        table
        for (table,) in stage.rows(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'qipan_forbid'::regproc"
        )
    }
    assert guarded >= set(ONLY_GROWING)
    for table in guarded:
        ((may_add, may_change),) = stage.rows(
            f"SELECT has_table_privilege('{PLATFORM}', '{table}', 'INSERT'), "
            f"has_table_privilege('{PLATFORM}', '{table}', 'UPDATE, DELETE, TRUNCATE, TRIGGER')"
        )
        assert (may_add, may_change) == (True, False), table


def migrated(stage: Stage, **urls: str) -> subprocess.CompletedProcess[str]:
    library = {"QIPAN_HOME": str(stage.home), "QIPAN_LIBRARY": str(stage.home / "library")}
    return subprocess.run(
        [sys.executable, "-m", "qipan.faces.cli", "migrate"],
        env=os.environ | library | urls,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def foreign(stage: Stage) -> str:
    """The owner's URL of a database that somebody else runs, as far as the platform can tell."""
    return embedded_postgres.create_database(stage.home, "foreign")


def test_one_role_works_and_is_said(stage: Stage, foreign: str) -> None:
    done = migrated(stage, DATABASE_URL=foreign)
    assert done.returncode == 0, done.stderr
    assert "QIPAN_OWNER_URL" in done.stderr


def test_migrating_a_foreign_database_grants_to_the_platforms_role(stage: Stage, foreign: str) -> None:
    with psycopg.connect(foreign, autocommit=True) as owner:
        owner.execute("CREATE ROLE city_platform LOGIN")
    platform = foreign.replace(f"//{OWNER}@", "//city_platform@")
    done = migrated(stage, DATABASE_URL=platform, QIPAN_OWNER_URL=foreign)
    assert (done.returncode, done.stderr) == (0, "")
    with psycopg.connect(platform) as inside, pytest.raises(psycopg.errors.InsufficientPrivilege):
        inside.execute("TRUNCATE entries")


def test_a_role_that_is_missing_is_named(stage: Stage, foreign: str) -> None:
    platform = foreign.replace(f"//{OWNER}@", "//nobody_yet@")
    done = migrated(stage, DATABASE_URL=platform, QIPAN_OWNER_URL=foreign)
    assert done.returncode != 0
    assert "CREATE ROLE nobody_yet LOGIN" in done.stderr
    assert "Traceback" not in done.stderr
