import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from qipan.adapters import embedded_postgres
from qipan.adapters.sources import Registers
from qipan.catalogue.library import load_library
from qipan.core.declarations import Library
from qipan.sample.register_service import RegisterService
from qipan.sample.seeding import seed_registers

LIBRARY = Path(__file__).parents[2] / "library"
TODAY = date(2026, 11, 22)


class Seeded(NamedTuple):
    """The registers of this run, where they are, and who reads them."""

    home: Path
    library: Library
    addresses: dict[str, str]
    reader: Registers
    service: RegisterService


@pytest.fixture(scope="session")
def library() -> Library:
    loaded = load_library(LIBRARY)
    assert loaded.library is not None, loaded.problems
    return loaded.library


def postgres(name: str) -> str:
    """Give a database of this run's own in the tests' cluster; named so that a later run removes it if this one is killed."""
    home = Path(os.environ["QIPAN_HOME"])
    embedded_postgres.ensure_running(home)
    return embedded_postgres.create_database(home, f"test_qipan_{name}_{os.getpid()}")


def drop(addresses: Iterable[str]) -> None:
    """Remove the databases among these addresses."""
    names = [urlsplit(each).path.strip("/") for each in addresses if each.startswith("postgresql:")]
    cluster = embedded_postgres.ensure_running(Path(os.environ["QIPAN_HOME"]))
    with psycopg.connect(cluster, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def seeded(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    """Seed every register once, with the HTTP service on a free port."""
    home = tmp_path_factory.mktemp("home")
    service = RegisterService(home, port=0)
    address = f"http://127.0.0.1:{service.server_address[1]}"
    addresses = dict(seed_registers(home, postgres, library, TODAY, address))
    Thread(target=service.serve_forever, args=(0.01,), daemon=True).start()
    reader = Registers(addresses)
    yield Seeded(home, library, addresses, reader, service)
    reader.close()
    service.shutdown()
    service.server_close()
    drop(addresses.values())
