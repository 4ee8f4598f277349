"""Lean clients: some processes of some threads, each with a connection that it keeps; the load itself must cost little.

This module is imported by the clients' processes, so it needs the standard library only.
"""

import http.client
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from multiprocessing import get_context
from typing import NamedTuple, TypeVar

SECONDS = 30
Work = TypeVar("Work")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose requests these are: the headers that say so."""

    headers: dict[str, str]


class Answer(NamedTuple):
    """What came back: the status, and how many milliseconds it took."""

    status: int
    milliseconds: float


class Reading(NamedTuple):
    """One client's part: pages to open one after the other, each as its visitor, so many times in all."""

    port: int
    pages: Sequence[tuple[Visitor, str]]
    times: int


class Submitting(NamedTuple):
    """One client's part: forms to submit, one after the other until the time is over."""

    port: int
    visitor: Visitor
    path: str
    bodies: Sequence[bytes]
    seconds: float


def read(part: Reading) -> list[Answer]:
    """Open the pages."""
    client = http.client.HTTPConnection("127.0.0.1", part.port, timeout=SECONDS)
    pages = cycle(part.pages)
    return [_ask(client, "GET", path, visitor.headers) for visitor, path in _taken(pages, part.times)]


def submit(part: Submitting) -> list[Answer]:
    """Send the forms."""
    client = http.client.HTTPConnection("127.0.0.1", part.port, timeout=SECONDS)
    headers = {**part.visitor.headers, "Content-Type": "application/json"}
    end = time.perf_counter() + part.seconds
    answers = []
    for body in part.bodies:
        answers.append(_ask(client, "POST", part.path, headers, body))
        if time.perf_counter() > end:
            return answers
    raise RuntimeError("the forms ran out before the time did")


def at_once(work: Callable[[Work], Done], parts: Sequence[Work], processes: int = 2) -> list[Done]:
    """Do the parts all at once, in threads spread over so many processes."""
    shares = [list(parts[start::processes]) for start in range(processes)]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        return [one for share in pool.map(partial(_in_threads, work), shares) for one in share]


def _in_threads(work: Callable[[Work], Done], parts: Sequence[Work]) -> list[Done]:
    with ThreadPoolExecutor(max(1, len(parts))) as pool:
        return list(pool.map(work, parts))


def _ask(
    client: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None = None,
) -> Answer:
    start = time.perf_counter()
    client.request(method, path, body, headers)
    response = client.getresponse()
    response.read()
    return Answer(response.status, (time.perf_counter() - start) * 1000)


def _taken(pages: Iterator[tuple[Visitor, str]], times: int) -> Iterator[tuple[Visitor, str]]:
    return (next(pages) for _ in range(times))
