"""The planner and the check of a library, on libraries far larger than any province's life events need."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.claims import Claim, milliseconds
from bench.synthetic_library import write_library
from qipan.catalogue.library import load_library
from qipan.core.planner import Knowledge, check_library, make_plan

GRAND = "grand"
STANDARD_LIST = 3_638
"""The services of a province's standard list."""


def measure() -> Iterator[Claim]:
    """Plan a life event of 50 services; load and check a province's list of services, and ten times as many."""
    with TemporaryDirectory() as folder:
        yield _plan(Path(folder))
    with TemporaryDirectory() as small, TemporaryDirectory() as large:
        one = min(_lint(Path(small), STANDARD_LIST) for _ in range(3))
        ten = min(_lint(Path(large), STANDARD_LIST * 10) for _ in range(2))
    yield Claim(
        "lint.standard_list",
        one,
        "s",
        limit=5,
        note=f"load and check {STANDARD_LIST} services, processor time, the best of three",
    )
    yield Claim(
        "lint.growth",
        ten / one,
        "times",
        limit=12,
        beside=one,
        beside_what="s for a tenth",
        note="the best of two by the best of three",
    )


def _plan(folder: Path) -> Claim:
    write_library(folder, 1_000)
    library = load_library(folder).library
    if library is None:
        raise ValueError("the synthetic library has errors")
    took = milliseconds(lambda: make_plan(library, GRAND, Knowledge()), times=50)
    return Claim("plan.50_of_1000", took, "ms", limit=20, note="median, warm, processor time")


def _lint(folder: Path, services: int) -> float:
    write_library(folder, services)
    start = time.process_time()
    loaded = load_library(folder)
    if loaded.library is None or check_library(loaded.library):
        raise ValueError("the synthetic library has errors")
    return time.process_time() - start
