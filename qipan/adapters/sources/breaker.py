"""A circuit breaker: a source that failed again and again is skipped for a while, so that it does not slow every person."""

import time
from collections.abc import Callable
from threading import Lock

from qipan.adapters.sources.port import SourceDown

FAILURES = 3  # in a row
PAUSE_SECONDS = 10.0


class Breaker:
    """Guards one register. After the pause a single caller tries it, and the others wait for what comes of that."""

    def __init__(
        self,
        failures: int = FAILURES,
        pause: float = PAUSE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._pause, self._clock = failures, pause, clock
        self._failures = 0
        self._closed_until = 0.0
        self._lock = Lock()

    def admit(self) -> None:
        """Let a caller through; raises SourceDown while the source is skipped."""
        with self._lock:
            if self._failures < self._limit:
                return
            if self._clock() < self._closed_until:
                raise SourceDown("The source failed several times in a row and is skipped for a moment.")
            self._closed_until = self._clock() + self._pause

    def record(self, *, answered: bool) -> None:
        """Note how a call went."""
        with self._lock:
            self._failures = 0 if answered else self._failures + 1
            if self._failures >= self._limit:
                self._closed_until = self._clock() + self._pause
