"""How much processor time the platform takes: a figure that other work on the machine changes little."""

import os
from contextlib import suppress
from typing import NamedTuple

import psutil


class Spent(NamedTuple):
    """Seconds of processor time so far: of the site and worker, of PostgreSQL, and of the clients that ended."""

    site: float
    database: float
    clients: float

    def since(self, earlier: "Spent") -> "Spent":
        """What was spent in between."""
        return Spent(*(now - then for now, then in zip(self, earlier, strict=True)))

    def milliseconds_each(self, times: int) -> str:
        """Say what one of so many requests cost."""
        each = ", ".join(f"{name} {value * 1000 / times:.1f}" for name, value in self._asdict().items())
        return f"processor {sum(self) * 1000 / times:.1f} ms each ({each})"


def spent(postmaster: int) -> Spent:
    """Read the clocks; the site and the worker are children of this process, the clients have ended."""
    times = os.times()
    site = sum(_own(each) for each in psutil.Process().children(recursive=True))
    server = psutil.Process(postmaster)
    ended = server.cpu_times()  # of connections that are over
    database = sum(_own(each) for each in (server, *server.children()))
    database += ended.children_user + ended.children_system
    return Spent(site, database, times.children_user + times.children_system)


def _own(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return times.user + times.system
    return 0.0
