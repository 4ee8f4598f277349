"""The message mix of X-Road's own load test between two nodes: 30 % 2 kB, 60 % 10 kB, 9 % 100 kB, 0.9 % 2 MB, 0.1 % 10 MB, no error.

Signed, granted, cut and recorded look-ups; `BENCH_CALLS` says how many.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import aiohttp

from bench.batch import resident
from bench.claims import Claim, percentile
from tests.exchange.couriers import until
from tests.exchange.scans import asked, hold, of_scans, scan
from tests.exchange.two_nodes import TwoNodes, two_nodes

CALLS = int(os.environ.get("BENCH_CALLS", "3000"))
CLIENTS = 16
MIX = {2_000: 300, 10_000: 600, 100_000: 90, 2_000_000: 9, 10_000_000: 1}  # bytes: of a thousand
MOST_MEGABYTES = 700.0
LOOK_SECONDS = 0.1
OK = 200


class _Call(NamedTuple):
    size: int
    milliseconds: float
    right: bool


def measure() -> Iterator[Claim]:
    """Ask for all of them, in an order drawn once."""
    sizes = [*MIX]
    with two_nodes(len(sizes)) as nodes:
        hold(nodes, sizes)
        nodes.issue(of_scans())
        until(lambda: scan(nodes, nodes.mothers[0]).status_code == OK)  # both gateways know the grant
        mothers = dict(zip(sizes, nodes.mothers, strict=True))
        line = [size for size, share in MIX.items() for _ in range(share * CALLS // 1000)]
        random.Random(1).shuffle(line)
        start = time.monotonic()
        calls, memory = asyncio.run(_asked(nodes, [(size, asked(nodes, mothers[size])) for size in line]))
        yield from _claims(calls, time.monotonic() - start, memory)


async def _asked(
    nodes: TwoNodes, line: list[tuple[int, dict[str, object]]]
) -> tuple[list[_Call], dict[str, float]]:
    calls: list[_Call] = []
    waiting = iter(line)
    memory: Counter[str] = Counter()
    headers = {"Authorization": f"Bearer {nodes.city.secret}"}
    async with aiohttp.ClientSession(headers=headers, trust_env=False) as session:

        async def client() -> None:
            for size, body in waiting:
                calls.append(await _call(session, f"{nodes.city.inside}/look-up", size, body))

        async def look() -> None:
            while True:
                for name, process in (
                    ("city", nodes.city.processes("inside")),
                    ("hospitals", nodes.hospitals.processes("public")),
                ):
                    memory[name] = max(memory[name], round(resident(process.pid)))
                await asyncio.sleep(LOOK_SECONDS)

        looking = asyncio.create_task(look())
        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        looking.cancel()
    return calls, {name: float(one) for name, one in memory.items()}


async def _call(session: aiohttp.ClientSession, address: str, size: int, body: dict[str, object]) -> _Call:
    begun = time.monotonic()
    async with session.post(address, json=body) as answer:
        came = await answer.read()
    right = answer.status == OK and size <= len(came) <= size + 100
    return _Call(size, (time.monotonic() - begun) * 1000, right)


def _claims(calls: list[_Call], seconds: float, memory: dict[str, float]) -> Iterator[Claim]:
    failed = sum(not one.right for one in calls)
    counted = Counter(one.size for one in calls)
    each = ", ".join(f"{count} of {size:,} B" for size, count in sorted(counted.items()))
    yield Claim("message_mix.failed", float(failed), "calls", limit=0, note=each)
    yield Claim("message_mix.rate", len(calls) / seconds, "1/s", note=f"{CLIENTS} at once")
    volume = sum(one.size for one in calls) / seconds / 1_000_000
    yield Claim("message_mix.throughput", volume, "MB/s")
    for size in MIX:
        times = [one.milliseconds for one in calls if one.size == size]
        if times:
            yield Claim(
                f"message_mix.p50_of_{size}",
                percentile(times, 0.5),
                "ms",
                note=f"p99 {percentile(times, 0.99):.0f} ms",
            )
    for name, most in memory.items():
        yield Claim(f"message_mix.{name}_memory", most, "MB", limit=MOST_MEGABYTES)
