"""The demo itself, as `make demo` starts it: real registers, a real worker, real pages, in a home of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qipan.adapters import embedded_postgres
from tests import clusters

START_SECONDS = 900
PORT = 8300
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def paper(tmp_path: Path) -> str:
    """Where a document to send lies."""
    path = tmp_path / "discharge.pdf"
    path.write_bytes(PDF)
    return str(path)


@pytest.fixture(scope="session")
def demo_home() -> Path:
    home = Path(os.environ["QIPAN_HOME"]) / "demo"
    home.mkdir(parents=True, exist_ok=True)
    clusters.ready_cluster(home)
    return home


@pytest.fixture(scope="session")
def demo(demo_home: Path) -> Iterator[str]:
    """Its address."""
    note = demo_home / "demo-address"
    note.unlink(missing_ok=True)
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    command = [sys.executable, "-m", "qipan.faces.cli", "demo", f"--port={PORT}"]
    with subprocess.Popen(command, env=environment | {"QIPAN_HOME": str(demo_home)}) as process:
        deadline = time.monotonic() + START_SECONDS
        while not note.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("The demo did not start; its own words are above.")
            time.sleep(0.2)
        yield note.read_text(encoding="utf-8")
        process.terminate()
        process.wait(120)
    embedded_postgres.stop(demo_home)
