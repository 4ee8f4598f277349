import os
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from psycopg import sql

from qipan.adapters import embedded_postgres
from qipan.adapters.sources import Registers

Respond = Callable[[BaseHTTPRequestHandler], None]
Serve = Callable[[Respond], str]
Read = Callable[[str], Registers]


@pytest.fixture
def registers() -> Iterator[Read]:
    """Give a reader of the one register `civil_affairs` at an address, and close it afterwards."""
    opened: list[Registers] = []

    def read(address: str) -> Registers:
        opened.append(Registers({"civil_affairs": address}))
        return opened[-1]

    yield read
    for each in opened:
        each.close()


@pytest.fixture(scope="session")
def foreign_postgres() -> Iterator[str]:
    """A database of its own in the tests' cluster, as an agency's would be; a later run removes it if this one is killed."""
    home, name = Path(os.environ["QIPAN_HOME"]), f"test_qipan_register_{os.getpid()}"
    cluster = embedded_postgres.ensure_running(home)
    yield embedded_postgres.create_database(home, name)
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: object) -> None:
        """Say nothing: readers hang up on purpose here."""


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a service on this machine that answers as told; gives its address."""
    servers: list[Server] = []

    def start(respond: Respond) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                try:
                    respond(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the reader had enough

            def log_message(self, *_arguments: object) -> None:
                pass

        servers.append(Server(("127.0.0.1", 0), Handler))
        Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
