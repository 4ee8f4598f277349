"""The real sources: each request goes to its register's adapter, in a thread of its own, under one deadline.

Where the registers are is no matter of the library but of the place that runs Qipan: a file, ``registers.json``, maps a
register's name to its address: a database URL, a folder, the base URL of a service, or ``node://`` and the name of the node that holds it.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Lock, Thread
from typing import NamedTuple, Protocol

from qipan.adapters.sources.breaker import Breaker
from qipan.adapters.sources.declared import Reading, adapter_of, reading_of
from qipan.adapters.sources.facts import answer_of
from qipan.adapters.sources.files import FileRegisters
from qipan.adapters.sources.json_services import HttpRegisters
from qipan.adapters.sources.nodes import SCHEME, Gateway, NodeRegisters
from qipan.adapters.sources.port import (
    Answer,
    Request,
    SourceDown,
    SourceError,
    SourceMisdeclared,
    SourceNonsense,
)
from qipan.adapters.sources.sql import SqlRegisters
from qipan.core.elements import Field

CALLS_AT_ONCE = 6  # to one register, from one process


def addresses_of(path: Path) -> Mapping[str, str]:
    """Read where the registers are; empty when there is no such file. Raises SourceMisdeclared."""
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SourceMisdeclared(f"{path} is not JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise SourceMisdeclared(f"{path} must map each register's name to its address.")
    return found


class _Adapter(Protocol):
    """Reads registers of one kind; ``timeout`` is in seconds, and raises SourceError."""

    def read(self, address: str, reading: Reading, timeout: float) -> Mapping[Field, object] | None: ...

    def close(self) -> None: ...


class _Guard(NamedTuple):
    breaker: Breaker
    places: BoundedSemaphore


class Registers:
    """Reads the registers at these addresses; one object serves a whole process and all its threads."""

    def __init__(self, addresses: Mapping[str, str], gateway: Gateway | None = None) -> None:
        self._addresses = addresses
        self._nodes = NodeRegisters(gateway)
        self._adapters: Mapping[str, _Adapter] = {
            "sql": SqlRegisters(),
            "file": FileRegisters(),
            "http": HttpRegisters(),
        }
        self._guards: dict[str, _Guard] = {}
        self._lock = Lock()

    def look_up(self, request: Request, timeout: float) -> Answer:
        """Look one thing up within ``timeout`` seconds; raises SourceError."""
        answer = self.look_up_all([request], timeout)[request.name]
        if answer.error is not None:
            raise answer.error
        return answer

    def look_up_all(self, requests: Sequence[Request], deadline: float) -> Mapping[str, Answer]:
        """Look all up at once; what is not there after ``deadline`` seconds is given as down. Never raises."""
        start = time.monotonic()
        arrived: SimpleQueue[tuple[str, Answer]] = SimpleQueue()
        answers = {each.name: self._begin(each, start, deadline, arrived) for each in requests}
        while any(answer is None for answer in answers.values()):
            try:
                name, answer = arrived.get(timeout=max(0.0, start + deadline - time.monotonic()))
            except Empty:
                break
            answers[name] = answer
        late = Answer(error=SourceDown("The source did not answer in time."), seconds=deadline)
        settled = {name: answer or late for name, answer in answers.items()}
        for request in requests:
            self._note(request, settled[request.name])
        return settled

    def close(self) -> None:
        """Close all connections."""
        self._nodes.close()
        for adapter in self._adapters.values():
            adapter.close()

    def _begin(
        self, request: Request, start: float, deadline: float, arrived: SimpleQueue[tuple[str, Answer]]
    ) -> Answer | None:
        """Start a thread, or answer at once when the source is to be skipped."""
        # Note [Why daemon threads]
        # A thread that hangs in a dead file system or driver cannot be stopped. A pool would lose a place to it, and Python
        # would wait for it at the end of the process; a daemon thread costs only itself.
        try:
            self._guard(request).breaker.admit()
        except SourceError as error:
            return Answer(error=error)

        def run() -> None:
            answer = self._answer(request, start + deadline)
            arrived.put((request.name, replace(answer, seconds=time.monotonic() - start)))

        Thread(target=run, name=f"look-up {request.name}", daemon=True).start()
        return None

    def _answer(self, request: Request, end: float) -> Answer:
        places = self._guard(request).places
        if not places.acquire(timeout=max(0.0, end - time.monotonic())):
            return Answer(error=SourceDown("The source has more calls waiting than it answers."))
        try:
            return self._read(request, max(0.001, end - time.monotonic()))
        except SourceError as error:
            return Answer(error=error)
        except BaseException as error:  # noqa: BLE001 -- Polars panics outside Exception; no source may end a plan
            return Answer(
                error=SourceNonsense(f"{request.resource} could not be read: {type(error).__name__}")
            )
        finally:
            places.release()

    def _read(self, request: Request, timeout: float) -> Answer:
        address = self._addresses.get(str(request.source.get("register")))
        if address is not None and address.startswith(SCHEME):
            return answer_of(request, self._nodes.read(request, timeout))
        reading = reading_of(request)
        if address is None:
            raise SourceMisdeclared(f"registers.json gives no address for the register {reading.register}.")
        adapter = self._adapters[adapter_of(request.source)]
        return answer_of(request, adapter.read(address, reading, timeout))

    def _guard(self, request: Request) -> _Guard:
        register = str(request.source.get("register"))
        with self._lock:
            if register not in self._guards:
                self._guards[register] = _Guard(Breaker(), BoundedSemaphore(CALLS_AT_ONCE))
            return self._guards[register]

    def _note(self, request: Request, answer: Answer) -> None:
        self._guard(request).breaker.record(answered=not isinstance(answer.error, SourceDown))
