"""One node as tests run it: its home, its database, its key, its gateway's processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import psycopg

from qipan.adapters import embedded_postgres
from qipan.adapters.seals import Suite, key_files
from tests import clusters
from tests.exchange.operators import Operator
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 240


class RunningNode:
    """One node: its home, its database, its key, its gateway's two processes."""

    def __init__(self, name: str, home: Path, cluster: Path) -> None:
        self.name, self.home, self._cluster = name, home, cluster
        self.home.mkdir()
        self.database = f"node_{name}"
        self.patience = os.environ["QIPAN_PATIENCE"]
        self.owner_url = clusters.ready_database(cluster, self.database)
        self.key = key_files.read_or_make(home / "keys" / "gateway-sm2-sm3.pem", Suite.SM2)
        self.ports = {"public": free_port(), "inside": free_port()}
        self.log = home / "stderr"
        self._log: IO[bytes] = self.log.open("ab")
        self._operator = Operator(self.environment(), ROOT, self.log)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def public(self) -> str:
        """Where other nodes reach it."""
        return f"http://127.0.0.1:{self.ports['public']}"

    @property
    def inside(self) -> str:
        """Where its own platform reaches its gateway."""
        return f"http://127.0.0.1:{self.ports['inside']}"

    @property
    def secret(self) -> str:
        """What the platform and the inside share."""
        return (self.home / "gateway-secret").read_text()

    def run(self, program: str, said: object) -> Any:
        """Run a program on this node, and give what it printed."""
        return self._operator.run(program, said)

    def start(self, *sides: str) -> None:
        """Start the sides that do not run, and wait until they answer."""
        for side in sides:
            process = self._processes.get(side)
            if process is None or process.poll() is not None:
                self._processes[side] = subprocess.Popen(
                    [sys.executable, "-m", "qipan.site.gateway", f"--side={side}", f"--port={self.ports[side]}"],
                    env=self.environment(), cwd=ROOT, stdout=self._log, stderr=self._log, start_new_session=True,
                )  # fmt: skip
        for side in sides:
            self._wait(side)

    def kill(self, side: str) -> None:
        """Kill -9 a side with all its processes."""
        process = self._processes.pop(side)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        while answers(self.ports[side]):  # its worker dies a moment later
            time.sleep(0.01)

    def stop(self) -> None:
        """End everything."""
        for side in tuple(self._processes):
            self.kill(side)
        self._operator.leave()
        self._log.close()

    def processes(self, side: str) -> subprocess.Popen[bytes]:
        """A side's first process."""
        return self._processes[side]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask its database, as an auditor beside it."""
        with psycopg.connect(self.owner_url) as connection:
            return connection.execute(statement.encode()).fetchall()

    def environment(self) -> dict[str, str]:
        """Everything its processes are told."""
        platform = embedded_postgres.url(self._cluster, self.database, embedded_postgres.PLATFORM)
        return os.environ | {
            "QIPAN_HOME": str(self.home), "DATABASE_URL": platform, "QIPAN_OWNER_URL": self.owner_url,
            "QIPAN_NODE": self.name, "QIPAN_GATEWAY": self.inside, "QIPAN_PATIENCE": self.patience,
            "DJANGO_SETTINGS_MODULE": "qipan.site.settings",
        }  # fmt: skip

    def _wait(self, side: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.ports[side]):
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")[-3000:]
            assert self._processes[side].poll() is None, self.log.read_text(errors="replace")[-3000:]
            time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
