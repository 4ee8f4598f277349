"""Signed, authorised, cut and recorded look-ups between two nodes on this machine, beside the same register over plain HTTP.

Both nodes, their gateways and databases, the register and the load share the machine. Rounds of both kinds take turns.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

import aiohttp
import psutil

from bench.claims import Claim, percentile
from tests.exchange.nodes import ROOT
from tests.exchange.two_nodes import TwoNodes, two_nodes
from tests.ports import free_port

CLIENTS = 32
ROUNDS = 3
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
LEAST = 300
P99 = 250
LOSS = 4.0
OK = 200


class _Load(NamedTuple):
    address: str
    headers: Mapping[str, str]
    bodies: Sequence[object]


class _Round(NamedTuple):
    milliseconds: list[float]
    failed: int
    seconds: float


def measure() -> Iterator[Claim]:
    """Ask in turns through the gateways and plainly."""
    with two_nodes(mothers=500) as nodes, _plain(nodes) as alone, _plain(nodes, TOGETHER="1") as together:
        ours = _Load(
            f"{nodes.city.inside}/look-up",
            {"Authorization": f"Bearer {nodes.city.secret}"},
            [nodes.wanted(keys={"mother.id_number": one}) for one in nodes.mothers],
        )
        keys = [{"keys": {"mother.id_number": one}} for one in nodes.mothers]
        plain = {port: _Load(f"http://127.0.0.1:{port}/look-up", {}, keys) for port in (alone, together)}
        for load in (ours, *plain.values()):
            _run(load, 1)
        rounds: list[_Round] = []
        beside: dict[int, list[_Round]] = {alone: [], together: []}
        spent: Counter[str] = Counter()
        for _ in range(ROUNDS):
            before = _spent(nodes)
            rounds.append(_run(ours, SECONDS))
            spent.update({name: after - before[name] for name, after in _spent(nodes).items()})
            for port, load in plain.items():
                beside[port].append(_run(load, SECONDS))
        yield from _claims(rounds, _rate(beside[alone]), _rate(beside[together]), spent)


def _claims(
    rounds: Sequence[_Round], alone: float, together: float, spent: Mapping[str, float]
) -> Iterator[Claim]:
    times = [one for part in rounds for one in part.milliseconds]
    rate = _rate(rounds)
    each = ", ".join(f"{name} {value * 1000 / max(1, len(times)):.2f}" for name, value in spent.items())
    seconds = sum(part.seconds for part in rounds)
    yield Claim(
        "exchange.look_ups", rate, "1/s", limit=LEAST, at_most=False, beside=alone, beside_what="1/s plain HTTP",
        note=f"{CLIENTS} at once, {seconds:.0f} s; processor ms each: {each}",
    )  # fmt: skip
    yield Claim(
        "exchange.p99", percentile(times, 0.99), "ms", limit=P99, note=f"p50 {percentile(times, 0.5):.0f} ms"
    )
    yield Claim(
        "exchange.loss", alone / rate, "times", limit=LOSS, note="slower than plain HTTP; X-Road's users report 9"
    )  # fmt: skip
    yield Claim(
        "exchange.loss_together", together / rate, "times", beside=together, beside_what="1/s plain HTTP",
        note="slower than plain HTTP that reads for all who wait, as the gateway does",
    )  # fmt: skip
    yield Claim("exchange.failed", float(sum(part.failed for part in rounds)), "calls", limit=0)


def _rate(rounds: Sequence[_Round]) -> float:
    return sum(len(part.milliseconds) for part in rounds) / sum(part.seconds for part in rounds)


def _run(load: _Load, seconds: float) -> _Round:
    return asyncio.run(_loaded(load, seconds))


async def _loaded(load: _Load, seconds: float) -> _Round:
    times: list[float] = []
    failed = 0
    start = time.monotonic()
    places = iter(range(10**9))
    connector = aiohttp.TCPConnector(limit=CLIENTS)
    async with aiohttp.ClientSession(connector=connector, headers=load.headers, trust_env=False) as session:

        async def client() -> None:
            nonlocal failed
            while (begun := time.monotonic()) < start + seconds:
                body = load.bodies[next(places) % len(load.bodies)]
                async with session.post(load.address, json=body) as answer:
                    await answer.read()
                failed += answer.status != OK
                times.append((time.monotonic() - begun) * 1000)

        await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return _Round(times, failed, time.monotonic() - start)


@contextmanager
def _plain(nodes: TwoNodes, **told: str) -> Iterator[int]:
    port = free_port()
    environment = os.environ | {"REGISTER": nodes.register, "PORT": str(port)} | told
    command = [sys.executable, "-m", "bench.plain_register"]
    with subprocess.Popen(command, env=environment, cwd=ROOT) as server:
        try:
            while server.poll() is None and not _listens(port):
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def _listens(port: int) -> bool:
    return any(
        one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in psutil.net_connections("tcp")
    )


def _spent(nodes: TwoNodes) -> dict[str, float]:
    """Processor seconds so far: of either gateway, of PostgreSQL (both nodes' and the register), of the load."""
    times = os.times()
    postmaster = int((nodes.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    return {
        "city": _family(nodes.city.processes("inside").pid),
        "hospitals": _family(nodes.hospitals.processes("public").pid),
        "PostgreSQL": _family(postmaster),
        "load": times.user + times.system,
    }


def _family(pid: int) -> float:
    total = 0.0
    for one in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += sum(one.cpu_times()[:2])
    return total
