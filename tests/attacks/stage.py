"""A platform of its own: a PostgreSQL cluster, a web server and a worker, real processes that a test may kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import psycopg
from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore

from qipan.adapters import embedded_postgres
from tests import clusters
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
TOKEN = "a" * 32
START_SECONDS = 240
ANSWER_SECONDS = 120
ENTER = """
import sys
from pathlib import Path
from qipan.site.setup import set_up
set_up()
from tests.attacks.enter import main
main(Path(sys.argv[1]))
"""
MODULES = {
    "web": ("qipan.site.server", "--workers=2", "--port={port}"),
    "worker": ("qipan.faces.cli", "worker"),
}


class Stage:
    """The processes and who is signed in; ``private`` are the texts that no log may hold."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.database = clusters.ready_cluster(home)
        entered = self._run(ENTER, str(home))
        self.persons: Sequence[int] = entered["persons"]
        self.keys: Mapping[str, str] = entered["keys"]
        self.private: Sequence[str] = entered["private"]
        self.log = home / "stderr"
        self._log: IO[bytes] = self.log.open("ab")
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start what is not running, and wait until pages are served."""
        self._tend()
        deadline = time.monotonic() + START_SECONDS
        while not self._serves():
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")[-2000:]
            self._tend()
            time.sleep(0.1)

    def stop(self) -> None:
        """End everything and remove every trace of it."""
        for name in tuple(self._processes):
            self._kill_group(name)
        self._log.close()
        embedded_postgres.stop(self.home)
        shutil.rmtree((self.home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def kill(self, victim: str) -> None:
        """Kill -9 the web server with its workers, the worker, or PostgreSQL; then start it again."""
        if victim == "postmaster":
            os.kill(self._postmaster(), signal.SIGKILL)
            embedded_postgres.ensure_running(self.home)
        else:
            self._kill_group(victim)
        self._tend()

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the database, as an auditor beside the platform."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement.encode()).fetchall()

    def visitor(self, person: int) -> httpx.Client:
        """A client that is signed in as a person."""
        session = SessionStore()
        session["person_id"] = person
        session.save()
        cookies = {"sessionid": str(session.session_key), "csrftoken": TOKEN}
        return self._client(cookies=cookies, headers={"X-CSRFToken": TOKEN})

    def system(self, agency: str) -> httpx.Client:
        """A client that acts as an agency's own system."""
        return self._client(headers={"Authorization": f"Bearer {self.keys[agency]}"})

    def _client(self, **given: Mapping[str, str]) -> httpx.Client:
        return httpx.Client(base_url=self.address, trust_env=False, timeout=ANSWER_SECONDS, **given)  # type: ignore[arg-type]

    def _tend(self) -> None:
        for name, command in MODULES.items():
            process = self._processes.get(name)
            if process is None or process.poll() is not None:
                words = [word.format(port=self.port) for word in command]
                self._processes[name] = subprocess.Popen(
                    [sys.executable, "-m", *words], env=self._environment(), cwd=ROOT, stderr=self._log,
                    stdout=self._log, start_new_session=True,
                )  # fmt: skip

    def _kill_group(self, name: str) -> None:
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _run(self, program: str, *arguments: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], env=self._environment(), cwd=ROOT, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return kept | {"QIPAN_HOME": str(self.home), "QIPAN_SECRET_KEY": settings.SECRET_KEY}

    def _postmaster(self) -> int:
        return int((self.home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])

    def _serves(self) -> bool:
        try:
            return httpx.get(f"{self.address}/api/events", trust_env=False).is_success
        except httpx.TransportError:
            return False


@contextmanager
def set_up_stage() -> Iterator[Stage]:
    """A stage with everything running, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="qipan-attacks-"))
    home.chmod(0o755)  # PostgreSQL may run as another account
    stage = Stage(home)
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()
