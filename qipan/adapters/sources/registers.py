"""The real sources: each request goes to its register's adapter, in a thread of its own, under one deadline. Those that one
statement can answer share both.

Where the registers are is no matter of the library but of the place that runs Qipan: a file, ``registers.json``, maps a
register's name to its address: a database URL, a folder, the base URL of a service, ``node://`` and the name of the node that holds it,
or ``received://`` and the name of the node that sends it.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Lock, Thread
from typing import NamedTuple, Protocol, runtime_checkable

from qipan.adapters.sources.breaker import Breaker
from qipan.adapters.sources.declared import ADAPTERS, Reading, adapter_of, reading_of
from qipan.adapters.sources.facts import answer_of
from qipan.adapters.sources.nodes import ELSEWHERE, Gateway, NodeRegisters
from qipan.adapters.sources.port import (
    Answer,
    Request,
    SourceDown,
    SourceError,
    SourceMisdeclared,
    SourceNonsense,
)
from qipan.core.elements import Field

CALLS_AT_ONCE = 6  # to one register, from one process
TOGETHER = 32  # look-ups in one statement


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


@runtime_checkable
class _Together(_Adapter, Protocol):
    """Reads what differs only in its keys' values at once: each record, None where there is none, or its error. Raises SourceError."""

    def read_together(
        self, address: str, readings: Sequence[Reading], timeout: float
    ) -> Sequence[Mapping[Field, object] | SourceError | None]: ...


class _Adapters:
    """Loads each adapter, with the drivers that it needs, when a register of its kind is first read; few places have all kinds."""

    def __init__(self) -> None:
        self._loaded: dict[str, _Adapter] = {}
        self._lock = Lock()

    def load(self, requests: Sequence[Request]) -> None:
        """Have what these are read by at hand, so that none of their time goes into loading it."""
        with self._lock:
            for kind in {str(one.source.get("adapter")) for one in requests} & ADAPTERS - self._loaded.keys():
                self._loaded[kind] = _made(kind)

    def __getitem__(self, kind: str) -> _Adapter:
        return self._loaded[kind]

    def close(self) -> None:
        for adapter in self._loaded.values():
            adapter.close()


def _made(kind: str) -> _Adapter:
    match kind:
        case "sql":
            from qipan.adapters.sources.sql import SqlRegisters

            return SqlRegisters()
        case "file":
            from qipan.adapters.sources.files import FileRegisters

            return FileRegisters()
        case _:
            from qipan.adapters.sources.json_services import HttpRegisters

            return HttpRegisters()


class _Guard(NamedTuple):
    breaker: Breaker
    places: BoundedSemaphore


class Registers:
    """Reads the registers at these addresses; one object serves a whole process and all its threads."""

    def __init__(self, addresses: Mapping[str, str], gateway: Gateway | None = None) -> None:
        self._addresses = addresses
        self._nodes = NodeRegisters(gateway)
        self._adapters = _Adapters()
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
        self._adapters.load([one for one in requests if not self._elsewhere(one)])
        start = time.monotonic()
        arrived: SimpleQueue[Mapping[str, Answer]] = SimpleQueue()
        bundles = self._bundled(requests)
        answers: dict[str, Answer] = {}
        for bundle in bundles:
            answers |= self._begin(bundle, start, deadline, arrived)
        while len(answers) < len(requests):
            try:
                answers |= arrived.get(timeout=max(0.0, start + deadline - time.monotonic()))
            except Empty:
                break
        late = Answer(error=SourceDown("The source did not answer in time."), seconds=deadline)
        settled = {one.name: answers.get(one.name, late) for one in requests}
        for bundle in bundles:
            self._note(bundle, settled)
        return settled

    def close(self) -> None:
        """Close all connections."""
        self._nodes.close()
        self._adapters.close()

    def _bundled(self, requests: Sequence[Request]) -> list[Sequence[Request]]:
        """Put together what one statement can answer: look-ups of an SQL register that differ only in their keys' values."""
        bundles: dict[object, list[Request]] = {}
        for place, one in enumerate(requests):
            alike = (
                one.resource,
                tuple(one.keys),
                tuple(one.elements),
                id(one.source),
                id(one.codes),
                one.today,
            )
            together = one.source.get("adapter") == "sql" and not self._elsewhere(one)
            bundles.setdefault(alike if together else place, []).append(one)
        return [
            whole[start : start + TOGETHER]
            for whole in bundles.values()
            for start in range(0, len(whole), TOGETHER)
        ]

    def _begin(
        self,
        bundle: Sequence[Request],
        start: float,
        deadline: float,
        arrived: SimpleQueue[Mapping[str, Answer]],
    ) -> Mapping[str, Answer]:
        """Start a thread, or answer at once when the source is to be skipped."""
        # Note [Why daemon threads]
        # A thread that hangs in a dead file system or driver cannot be stopped. A pool would lose a place to it, and Python
        # would wait for it at the end of the process; a daemon thread costs only itself.
        try:
            self._guard(bundle[0]).breaker.admit()
        except SourceError as error:
            return _all(bundle, Answer(error=error))

        def run() -> None:
            answers = self._answers(bundle, start + deadline)
            seconds = time.monotonic() - start
            arrived.put({name: replace(answer, seconds=seconds) for name, answer in answers.items()})

        Thread(target=run, name=f"look-up {bundle[0].name}", daemon=True).start()
        return {}

    def _answers(self, bundle: Sequence[Request], end: float) -> Mapping[str, Answer]:
        places = self._guard(bundle[0]).places
        if not places.acquire(timeout=max(0.0, end - time.monotonic())):
            busy = SourceDown("The source has more calls waiting than it answers.")
            return _all(bundle, Answer(error=busy))
        try:
            return self._read(bundle, max(0.001, end - time.monotonic()))
        except SourceError as error:
            return _all(bundle, Answer(error=error))
        except BaseException as error:  # noqa: BLE001 -- Polars panics outside Exception; no source may end a plan
            nonsense = SourceNonsense(f"{bundle[0].resource} could not be read: {type(error).__name__}")
            return _all(bundle, Answer(error=nonsense))
        finally:
            places.release()

    def _read(self, bundle: Sequence[Request], timeout: float) -> Mapping[str, Answer]:
        first = bundle[0]
        address = self._address(first)
        if address is not None and self._elsewhere(first):
            return {first.name: answer_of(first, self._nodes.read(first, timeout, address))}
        readings = [reading_of(one) for one in bundle]
        if address is None:
            raise SourceMisdeclared(
                f"registers.json gives no address for the register {readings[0].register}."
            )
        adapter = self._adapters[adapter_of(first.source)]
        if not isinstance(adapter, _Together):
            record = adapter.read(address, readings[0], timeout)
            return {first.name: answer_of(first, record)}
        found = adapter.read_together(address, readings, timeout)
        return {
            one.name: Answer(error=record) if isinstance(record, SourceError) else answer_of(one, record)
            for one, record in zip(bundle, found, strict=True)
        }

    def _address(self, request: Request) -> str | None:
        return self._addresses.get(str(request.source.get("register")))

    def _elsewhere(self, request: Request) -> bool:
        return (self._address(request) or "").startswith(ELSEWHERE)

    def _guard(self, request: Request) -> _Guard:
        register = str(request.source.get("register"))
        with self._lock:
            if register not in self._guards:
                self._guards[register] = _Guard(Breaker(), BoundedSemaphore(CALLS_AT_ONCE))
            return self._guards[register]

    def _note(self, bundle: Sequence[Request], answers: Mapping[str, Answer]) -> None:
        down = all(isinstance(answers[one.name].error, SourceDown) for one in bundle)
        self._guard(bundle[0]).breaker.record(answered=not down)


def _all(bundle: Sequence[Request], answer: Answer) -> Mapping[str, Answer]:
    return {one.name: answer for one in bundle}
