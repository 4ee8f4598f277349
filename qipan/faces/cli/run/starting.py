"""What starting anything needs: saying what is being done, a port that is free, waiting until something answers."""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager

import click
import httpx

from qipan.faces.cli.options import console

HOST = "127.0.0.1"
START_SECONDS = 240
DEMO: Mapping[str, str] = {
    "QIPAN_LIMITS": "off,key=120",  # anybody acts as anybody here, and one machine may act for all
    "QIPAN_PATIENCE": "4",  # a whole province shares this machine
}


def as_demo() -> None:
    """Give what is set for a demo where the environment says nothing else; to be called before the settings are read."""
    for key, value in DEMO.items():
        os.environ.setdefault(key, value)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    start = time.monotonic()
    with console(stderr=True).status(what):
        yield
    console(stderr=True).print(f"  [green]✓[/green] {what} [dim]{time.monotonic() - start:.1f} s[/dim]")


def free_port(wanted: int) -> int:
    """Give the port, or the next free one."""
    for port in range(wanted, wanted + 100):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex((HOST, port)) != 0:
                return port
    raise click.ClickException(
        f"No free port between {wanted} and {wanted + 99}; choose another with --port."
    )


def free_ports(wanted: int, count: int) -> list[int]:
    """Give several different ones, from this on."""
    found: list[int] = []
    for _ in range(count):
        found.append(free_port(found[-1] + 1 if found else wanted))
    return found


def wait_for(address: str, seconds: float = START_SECONDS) -> None:
    """Wait until an address answers; raises ClickException where it does not."""
    wait_until(lambda: _answers(address), f"{address} does not answer", seconds)


def wait_until(done: Callable[[], bool], what_is_wrong: str, seconds: float = START_SECONDS) -> None:
    """Wait until something is so; raises ClickException where it does not come to be."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return
        time.sleep(0.2)
    raise click.ClickException(f"{what_is_wrong} after {seconds:.0f} seconds; see the messages above.")


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
