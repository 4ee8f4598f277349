"""Child processes that belong together: all are started, a dead one is started again, and all stop with their parent.

Even with a parent that is killed: see qipan.adapters.kept_by_parent.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

KEPT = "qipan.adapters.kept_by_parent"
PAUSE_SECONDS = 0.5
STOP_SECONDS = 10


@dataclass(slots=True)
class Child:
    """One child: a Python module and its arguments; ``nice`` lowers its share of the processor.

    ``environment`` replaces ours; with a ``log`` it writes there instead of here; unless ``revived`` it ends once for all.
    """

    name: str
    module: str
    arguments: Sequence[str] = ()
    nice: int = 0
    environment: Mapping[str, str] | None = None
    log: Path | None = None
    revived: bool = True
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    _lifeline: int = -1

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches the parent alone; what is left of the one before ends first."""
        self._end_group()
        pipe, self._lifeline = os.pipe()
        command = [sys.executable, "-m", KEPT, str(pipe), self.module, *self.arguments]
        with self._output() as output:
            self.process = subprocess.Popen(
                command,
                start_new_session=True,
                pass_fds=[pipe],
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        os.close(pipe)
        self.started = time.monotonic()
        if self.nice:
            os.setpriority(os.PRIO_PROCESS, self.process.pid, self.nice)

    def stop(self) -> None:
        """Ask its group to end, then make it."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        self._end_group()

    @contextmanager
    def _output(self) -> Iterator[IO[bytes] | None]:
        if self.log is None:
            yield None
            return
        with self.log.open("ab") as opened:
            yield opened

    def _end_group(self) -> None:
        """Kill what is left of it: a program that was killed leaves its own children behind."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._lifeline)
        self.process = None


@dataclass(slots=True)
class Family:
    """Children under one watch."""

    children: list[Child]
    _ending: bool = False

    def start(self) -> None:
        """Start all; from now on Ctrl-C and SIGTERM end the watch instead of this process."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        for child in self.children:
            child.start()

    def watch(self) -> None:
        """Keep all alive until Ctrl-C or SIGTERM, then stop all."""
        try:
            while not self._ending:
                self._revive()
                time.sleep(PAUSE_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop all, the last started first."""
        for child in reversed(self.children):
            child.stop()

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._ending = True

    def _revive(self) -> None:
        for child in self.children:
            dead = child.process is not None and child.process.poll() is not None
            if dead and not child.revived:
                sys.stderr.write(f"qipan: {child.name} ended; the others go on\n")
                child.stop()
            elif dead and time.monotonic() - child.started > STOP_SECONDS * PAUSE_SECONDS:
                sys.stderr.write(f"qipan: {child.name} ended and is started again\n")
                child.start()
