"""A batch of millions of rows between two nodes on this machine: how fast, in how much memory, killed on its way, reconciled at its end.

Both nodes, their gateways, couriers and databases, and the register share the machine. `BENCH_ROWS` says how many rows.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
import psycopg

from bench.claims import Claim
from qipan.core.grants import Mode, Rows
from tests.exchange.couriers import Courier, order, passed, sending, with_couriers
from tests.exchange.register import BASIS
from tests.exchange.two_nodes import TwoNodes

ROWS = int(os.environ.get("BENCH_ROWS", "5000000"))
KILLED_AT = 0.4  # of all rows
MOST_MEGABYTES = 300.0
LOOK_SECONDS = 0.25
GIVE_UP_SECONDS = 3600.0
MEGABYTE = 1024 * 1024
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKED = " + ".join(
    f"(ascii(substr(body, {place}, 1)) - 48) * {weight}" for place, weight in enumerate(WEIGHTS, 1)
)
FILL = f"""
INSERT INTO births
SELECT body || substr('10X98765432', 1 + ({CHECKED}) %% 11, 1), date '2020-01-01' + i %% 2000, (1 + i %% 2)::text
FROM (SELECT i, '330106' || to_char(date '1970-01-01' + i / 1000, 'YYYYMMDD') || lpad((i %% 1000)::text, 3, '0') AS body
  FROM generate_series(0, %(rows)s - 1) i) one
"""
STATE = "SELECT state, position, rows FROM exchange_incoming WHERE id = '{batch}'"


@dataclass
class _Memory:
    """The most that each process took, in MB, in each tenth of the way."""

    peaks: dict[str, list[float]] = field(default_factory=dict)

    def look(self, name: str, pid: int, done: float) -> None:
        tenths = self.peaks.setdefault(name, [0.0] * 10)
        place = min(9, int(done * 10))
        tenths[place] = max(tenths[place], resident(pid))


def measure() -> Iterator[Claim]:
    """Order, kill, start again, wait for the end."""
    grant = sending(
        Mode.BATCH, resource="birth_record", fields=("child.birth_date", "child.sex"), basis=(BASIS,),
        rows=Rows(own_cases=False), volume=100_000_000,
    )  # fmt: skip
    with with_couriers(grant) as (nodes, sender, _):
        with psycopg.connect(nodes.register) as connection:
            connection.execute("DELETE FROM births")
            connection.execute(FILL.encode(), {"rows": ROWS})
        memory, start = _Memory(), time.monotonic()
        batch = str(order(nodes, grant).json()["batch"])
        killed = _carried(nodes, sender, batch, memory)
        seconds = time.monotonic() - start
        yield from _claims(nodes, batch, seconds, memory, killed)
        again = nodes.city.rows("SELECT count(*) FROM exchange_calls WHERE outcome = 'taken-before'")[0][0]
        yield Claim(
            "batch.sent_again", float(again), "deliveries", limit=0, note="that had been taken before"
        )
        twins = {*passed(nodes.hospitals, grant)} ^ {*passed(nodes.city, grant)}
        yield Claim("batch.without_a_twin", float(len(twins)), "records", limit=0)


def _carried(nodes: TwoNodes, sender: Courier, batch: str, memory: _Memory) -> int:
    """Watch until the end; kill -9 both sides once on the way. How many rows there were then."""
    killed, end = 0, time.monotonic() + GIVE_UP_SECONDS
    with psycopg.connect(nodes.city.owner_url, autocommit=True) as city:
        while time.monotonic() < end:
            state, _, rows = city.execute(STATE.format(batch=batch).encode()).fetchone() or ("", 0, 0)
            if state == "reconciled":
                return killed
            memory.look("sender", sender.pid, rows / ROWS)
            memory.look("receiver", nodes.city.processes("public").pid, rows / ROWS)
            if not killed and rows > KILLED_AT * ROWS:
                killed = rows
                nodes.city.kill("public")
                sender.kill()
                nodes.city.start("public")
                sender.start()
            time.sleep(LOOK_SECONDS)
    raise TimeoutError


def _claims(nodes: TwoNodes, batch: str, seconds: float, memory: _Memory, killed: int) -> Iterator[Claim]:
    kept = nodes.city.rows(f"SELECT count(*) FROM exchange_received WHERE stream = '{batch}'")[0][0]
    yield Claim(
        "batch.rows", float(kept), "rows", limit=float(ROWS), at_most=False,
        note=f"received, counted, reconciled; both sides killed -9 at {killed:,} and started again",
    )  # fmt: skip
    yield Claim("batch.rate", ROWS / seconds, "rows/s", note=f"{seconds:.0f} s in all, the restart counted")
    for name, tenths in memory.peaks.items():
        each = " ".join(f"{one:.0f}" for one in tenths)
        yield Claim(
            f"batch.{name}_memory", max(tenths), "MB", limit=MOST_MEGABYTES, note=f"by tenths: {each}"
        )


def resident(pid: int) -> float:
    """The memory of a process and its children, in MB."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total / MEGABYTE
