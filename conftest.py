"""What every test can use: a database of its own, counted queries, a real browser against a real server.

Tests that want rows ask pytest-django for `db`; nothing starts PostgreSQL before that. No test reaches the network.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import django
import hypothesis
import psutil
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser, Page, expect, sync_playwright
from psycopg import sql
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from qipan import reader
from qipan.adapters import embedded_postgres
from qipan.site import rights
from qipan.site.setup import set_up
from tests import clusters, ports

# Set before anything reads Django's settings: tests never touch the home of a running demo, and workers not each other's.
HOME = Path(os.environ.get("QIPAN_HOME") or Path(__file__).parent / ".qipan" / "test")
os.environ["QIPAN_HOME"] = str(HOME / os.environ.get("PYTEST_XDIST_WORKER", ""))
os.environ.setdefault("QIPAN_TEST_CLUSTERS", str(HOME))
os.environ["DJANGO_SETTINGS_MODULE"] = "qipan.site.settings"
# A busy machine is slow, and no test is about speed: what is not about time has time.
os.environ.setdefault("QIPAN_PATIENCE", "4")
os.environ.setdefault("QIPAN_WORKER_NICE", "0")  # or it waits for all that tests do at once
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what one process compiled, the next need not
django.setup()  # before the conftests below import tables
# Playwright keeps an event loop in our thread, and Django would refuse queries beside it, though nothing runs at once.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# `make test` tries the same examples each time, `make search` many others.
PATIENT = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("same", PATIENT, derandomize=True, max_examples=60, database=None)
hypothesis.settings.register_profile("search", PATIENT, max_examples=1000)

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# As root, Chromium cannot use its sandbox; the rest keeps it from calling home.
CHROMIUM_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
SERVER_START_SECONDS = 240
PAGE_MILLISECONDS = 120_000
expect.set_options(timeout=PAGE_MILLISECONDS)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# The queue's tables, which Django does not empty.
QUEUE = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs")
# Folders whose files share what is dear to set up stay with one worker; demo and nodes look for free ports from the same one on.
STAGES = {
    "demo": "demo", "nodes": "demo", "attacks": "attacks", "exchange": "exchange", "gateway": "gateway", "sample": "sample",
}  # fmt: skip
# What takes longest comes first, so that no worker is left with it at the end.
LONGEST_FIRST = (
    "demo",
    "nodes",
    "attacks",
    "journeys",
    "exchange",
    "gateway",
    "trail",
    "watch",
    "sample",
    "cli",
)


# --- No network


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        if not host.startswith("127.") and host not in {"localhost", "::1"}:
            raise PermissionError(f"A test tried to reach {host}: tests use this machine only.")


sys.addaudithook(_refuse_network)


# --- The database: one for each run of pytest, so that several can run at once


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Start PostgreSQL, name this run's database after its process, and drop those of runs that were killed.

    Tests make and empty tables, so they work as the owner; the servers under test do not.
    """
    if not os.environ.get("DATABASE_URL"):
        clusters.ready_cluster(settings.QIPAN_HOME)
        if clusters.has_template(settings.QIPAN_HOME):
            connection.settings_dict["TEST"]["TEMPLATE"] = clusters.template()
    set_up(for_visitors=True)
    connection.settings_dict["TEST"]["NAME"] = f"test_qipan_{os.getpid()}"
    connection.settings_dict["USER"] = embedded_postgres.OWNER
    with psycopg.connect(settings.QIPAN_OWNER_URL, autocommit=True) as direct:
        for (name,) in direct.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_qipan\\_%'"
        ).fetchall():
            if not psutil.pid_exists(int(name.rsplit("_", 1)[1])):
                direct.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )


END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Empty tables row by row: they hold few, and to truncate them all makes several hundred files anew.

    Threads that tests leave keep their connections, and would keep the database from being dropped.
    """
    connection.ops.sql_flush = _delete_all  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHERS)


def _delete_all(
    style: object, tables: Iterable[str], *, reset_sequences: bool = False, allow_cascade: bool = False
) -> list[str]:
    deletes = "; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in (*QUEUE, *tables))
    return [
        f"SET LOCAL session_replication_role = replica; {deletes}; SET LOCAL session_replication_role = DEFAULT"
    ]


@pytest.fixture
def assert_query_count() -> Callable[[int], AbstractContextManager[None]]:
    """Count statements, but not those that begin or end transactions; `with assert_query_count(3):`."""

    @contextmanager
    def assert_count(expected: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        bookkeeping = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE SAVEPOINT")
        statements = [one["sql"] for one in captured if not one["sql"].startswith(bookkeeping)]
        if len(statements) != expected:
            listed = "\n".join(f"{number}. {one}" for number, one in enumerate(statements, 1))
            pytest.fail(f"Expected {expected} statements, ran {len(statements)}:\n{listed}")

    return assert_count


@pytest.fixture(autouse=True)
def nobody_reads_by_themselves() -> Iterator[None]:
    """A command that a test runs says that this process is the platform's; the next test, and dropping the database, are nobody's."""
    yield
    reader.process_is(reader.NOBODY)


# --- Several workers, each with a home of its own


class ByStage(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """What is played on one stage stays with one worker, and so does a file; in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return next((STAGES[folder] for folder in path.split("/") if folder in STAGES), path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let workers name the settings themselves, once they have named their home."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    config.option.loadscopereorder = False
    return ByStage(config, log)


def _place(item: pytest.Item) -> int:
    parts = item.path.parts
    return next((place for place, name in enumerate(LONGEST_FIRST) if name in parts), len(LONGEST_FIRST))


# --- The browser


def pytest_configure() -> None:
    if os.environ.get("QIPAN_BROWSER") == "required" and not shutil.which(CHROMIUM):
        raise pytest.UsageError(f"QIPAN_BROWSER=required, and there is no Chromium at {CHROMIUM}.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)
    missing = not shutil.which(CHROMIUM)
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if missing and item.get_closest_marker("browser"):
            item.add_marker(
                pytest.mark.skip(reason=f"No Chromium at {CHROMIUM}; install it, or set CHROMIUM.")
            )


@pytest.fixture(scope="session")
def running_server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A real server, in a process of its own, on this run's database; its address."""
    with django_db_blocker.unblock():
        rights.grant(connection)
    port = ports.free_port()
    name = connection.settings_dict["NAME"]
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"DATABASE_URL": settings.DATABASE_URL.replace("@/qipan?", f"@/{name}?")}
    command = [sys.executable, "-m", "qipan.site.server", f"--port={port}", "--workers=1"]
    with subprocess.Popen(command, env=environment) as server:
        deadline = time.monotonic() + SERVER_START_SECONDS
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail("The server under test did not start; its own words are above.")
            time.sleep(0.05)
        yield address
        server.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def site(running_server: str, transactional_db: None) -> str:
    """The address of a real server that sees what this test commits; every table is emptied afterwards."""
    return running_server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A fresh browser, in Chinese, at the site: `page.goto("/")`. Script errors and blocked content fail the test."""
    context = browser.new_context(base_url=site, locale="zh-CN", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PAGE_MILLISECONDS)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console", lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield page
    context.close()
    assert not troubles


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """`assert_accessible(page)`: axe finds nothing against WCAG 2.2 AA on the page as it stands."""

    def check(page: Page) -> None:
        found = Axe().run(page, options={"runOnly": list(WCAG), "resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()

    return check
