"""Limits of a gateway: how much, how deep, how fast, how many at once; each peer has its own, so that one stalls nobody."""

import asyncio
import time
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager

from django.conf import settings

from qipan.faces.gateway.refusals import Refused, Trouble

LARGEST_ASKED = 64 * 1024  # bytes of a request's body
LARGEST_ANSWER = 1024 * 1024  # bytes of an answer's body
DEEPEST = 8  # levels of JSON
BODY_SECONDS = 5.0
REGISTER_SECONDS = 3.0 * settings.QIPAN_PATIENCE
LINE_SECONDS = 4.5 * settings.QIPAN_PATIENCE  # for a register's answer, with the wait for those before
PEER_SECONDS = 6.0 * settings.QIPAN_PATIENCE
NEWS_SECONDS = 4.0 * settings.QIPAN_PATIENCE  # for a peer's answer to what is brought or fetched beside calls
IDLE_SECONDS = (
    2.0  # for which a connection to a peer is kept; a gateway closes those that do nothing for five
)
RECORD_SECONDS = 3.0 * settings.QIPAN_PATIENCE
AT_ONCE = 64  # calls of one peer
RATE = 2000.0  # calls of one peer a second, and as many in one burst


class Gate:
    """Counts the calls of each peer: those at once, and by the generic cell rate algorithm those of a second."""

    def __init__(self, at_once: int = AT_ONCE, rate: float = RATE) -> None:
        self._at_once, self._rate = at_once, rate
        self._within: dict[str, int] = {}
        self._due: dict[str, float] = {}

    @contextmanager
    def let_in(self, peer: str) -> Iterator[None]:
        """Hold one place of a peer's; raises Refused."""
        now = time.monotonic()
        due = max(now, self._due.get(peer, 0.0))
        if self._within.get(peer, 0) >= self._at_once or due - now > 1.0:
            raise Refused(Trouble.TOO_MANY)
        self._due[peer] = due + 1 / self._rate
        self._within[peer] = self._within.get(peer, 0) + 1
        try:
            yield
        finally:
            self._within[peer] -= 1


async def whole_body(chunks: AsyncIterable[bytes], largest: int, seconds: float = BODY_SECONDS) -> bytes:
    """Take a body in, within its limits of size and time; raises Refused."""
    try:
        async with asyncio.timeout(seconds):
            return await _joined(chunks, largest)
    except TimeoutError:
        raise Refused(Trouble.TOO_SLOW) from None


def check_depth(body: bytes) -> None:
    """Refuse JSON that is nested too deep, before it is read; brackets in texts count as well where there are many."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for one in body:
        depth += (one in b"[{") - (one in b"]}")
        if depth > DEEPEST:
            raise Refused(Trouble.TOO_DEEP)


async def _joined(chunks: AsyncIterable[bytes], largest: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > largest:
            raise Refused(Trouble.TOO_BIG)
        parts.append(chunk)
    return b"".join(parts)
