"""A platform of its own to measure: a home beside the demo's, a fresh database, sample people and registers, and its processes."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from django.contrib.sessions.backends.signed_cookies import SessionStore

from bench import fresh
from bench.clients import Visitor
from bench.home import home
from qipan.adapters import embedded_postgres
from qipan.faces.cli.run.children import Child
from qipan.faces.cli.run.demo import prepared

HOST = "127.0.0.1"
SECRET = "0123456789abcdefghijklmnopqrstuv"
START_SECONDS = 60
WORKER_NICE = 10
WORKERS = 2


def prepare() -> int:
    """Empty the database and prepare it as the demo does; give the port for the registers' service."""
    fresh.empty()
    return prepared()


def postmaster() -> int:
    """The process of the measured PostgreSQL."""
    with psycopg.connect(database()) as asked:
        folder = asked.execute("SHOW data_directory").fetchone() or ("",)
    return int((Path(folder[0]) / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])


def database() -> str:
    """The address of the measured database."""
    return embedded_postgres.url(home())


@contextmanager
def registers(port: int) -> Iterator[None]:
    """Run the registers' service."""
    child = Child("registers", "qipan.sample.register_service", ("--port", str(port), "--home", str(home())))
    with _running(child):
        _wait(port)
        yield


@contextmanager
def worker() -> Iterator[None]:
    """Run the background worker, as the demo does."""
    with _running(Child("worker", "qipan.faces.cli", ("worker",), nice=WORKER_NICE)):
        yield


@contextmanager
def site() -> Iterator[int]:
    """Serve the site with Granian in two processes; give its port."""
    port = _free_port()
    with _running(Child("site", "qipan.site.server", ("--port", str(port), "--workers", str(WORKERS)))):
        _wait(port)
        yield port


def signed_in(**session: int) -> Visitor:
    """Somebody's cookies and token, as signing in gives them: ``person_id=…`` or ``official_id=…``."""
    store = SessionStore()
    store.update(session)
    store.save()
    return Visitor(
        {
            "Cookie": f"sessionid={store.session_key}; csrftoken={SECRET}",
            "X-CSRFToken": SECRET,
            "Accept-Language": "zh-hans",
        }
    )


@contextmanager
def _running(child: Child) -> Iterator[None]:
    child.start()
    try:
        yield
    finally:
        child.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")
