"""A claim: one figure, what it is held against, and on which machine it was measured."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """One measured figure.

    ``limit`` is the stated bound (``at_most`` says which side); ``beside`` is what was measured in the same run for
    comparison, and ``ratio`` is value / beside.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_most: bool = True
    beside: float | None = None
    beside_what: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure over what it was measured beside."""
        return self.value / self.beside if self.beside else None

    @property
    def holds(self) -> bool | None:
        """Whether the figure keeps its bound; None where there is no bound."""
        if self.limit is None:
            return None
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    def as_json(self) -> str:
        """One line of JSON, with the machine."""
        return json.dumps(
            asdict(self) | {"ratio": self.ratio, "holds": self.holds, "machine": machine()},
            ensure_ascii=False,
        )


def machine() -> str:
    """Name the machine as far as it matters here."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def milliseconds(work: Callable[[], object], *, times: int, warm: int = 3) -> float:
    """Give the median processor time of ``work`` in milliseconds, after some runs that do not count; one thread, no waiting."""
    for _ in range(warm):
        work()
    return statistics.median(_timed(work) for _ in range(times)) * 1000


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def percentile(values: list[float], share: float) -> float:
    """Give the value below which ``share`` (0 … 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
