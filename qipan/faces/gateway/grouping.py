"""Doing together what many wait for: a thread that takes all that stand in line, does them at once, and tells each.

While one group is at it the next one gathers, and after a group of several the next is given a moment more: under load one commit
serves many calls, and alone nobody waits.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from django.db import connection

MOST = 256
GATHER_SECONDS = 0.005
Asked = TypeVar("Asked")
Told = TypeVar("Told")
_log = logging.getLogger(__name__)


class GroupFailed(Exception):
    """What was waited for did not happen, or not in time."""


class Grouping(Generic[Asked, Told]):
    """One thread and what it does with a group; ``handle`` tells one thing for each that was asked, in order."""

    def __init__(self, name: str, handle: Callable[[Sequence[Asked]], Sequence[Told]]) -> None:
        self._handle = handle
        self._line: SimpleQueue[tuple[Asked, asyncio.Future[Told]]] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def do(self, asked: Asked, seconds: float) -> Told:
        """Stand in line; raises GroupFailed."""
        future: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._line.put((asked, future))
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            raise GroupFailed from None

    def _work(self) -> None:
        group: list[tuple[Asked, asyncio.Future[Told]]] = []
        while True:
            group = self._gathered(busy=len(group) > 1)
            told: Sequence[Told] | None = None
            try:
                told = self._handle([asked for asked, _ in group])
            except Exception as error:  # noqa: BLE001 -- whatever it was, nobody in this group may go on
                _log.error("%s failed: %s", threading.current_thread().name, type(error).__name__)
                connection.close()
            self._tell(group, told)

    def _gathered(self, *, busy: bool) -> list[tuple[Asked, asyncio.Future[Told]]]:
        group = [self._line.get()]
        if busy:
            time.sleep(GATHER_SECONDS)
        try:
            while len(group) < MOST:
                group.append(self._line.get_nowait())
        except Empty:
            pass
        return group

    def _tell(self, group: Sequence[tuple[Asked, asyncio.Future[Told]]], told: Sequence[Told] | None) -> None:
        def tell() -> None:
            for index, (_, future) in enumerate(group):
                if future.done():
                    continue
                if told is None:
                    future.set_exception(GroupFailed())
                else:
                    future.set_result(told[index])

        with suppress(RuntimeError):  # the loop ended meanwhile, and nobody waits any more
            group[0][1].get_loop().call_soon_threadsafe(tell)
