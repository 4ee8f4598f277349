"""Calls under grants that allow answers above the usual size: few at once, so that memory has a bound whoever asks, and the rest waits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from qipan.core.grants import USUAL_ANSWER, Grant
from qipan.exchange.queries import HeldGrant
from qipan.faces.gateway.bodies import Answered
from qipan.faces.gateway.refusals import Refused, Trouble

AT_ONCE = 4  # calls of one side, of all peers together
WAIT_SECONDS = 5.0


class Large:
    """The places of one side."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def place(self, grant: Grant) -> AsyncIterator[None]:
        """Hold a place meanwhile, where the grant needs one; raises Refused."""
        if grant.answer <= USUAL_ANSWER:
            yield
            return
        await self._take()
        try:
            yield
        finally:
            self._places.release()

    async def answered(self, held: HeldGrant | None, work: Callable[[], Awaitable[Response]]) -> Response:
        """Hold a place until the answer was sent, where the grant needs one; raises Refused."""
        if held is None or held.grant.answer <= USUAL_ANSWER:
            return await work()
        await self._take()
        try:
            return _Held(await work(), self._places.release)
        except BaseException:
            self._places.release()
            raise

    async def _take(self) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise Refused(Trouble.TOO_MANY) from None


class _Held(Response):
    """A response that gives its place back once it is sent, or cannot be."""

    def __init__(self, response: Response, release: Callable[[], None]) -> None:
        super().__init__(status_code=response.status_code)
        self._response, self._release = response, release

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._response(scope, receive, send)
        finally:
            self._release()


def check_size(grant: Grant, answered: Answered) -> None:
    """Refuse an answer that is larger than its grant allows; raises Refused."""
    texts = [value for value in answered.facts.values() if isinstance(value, str)]
    if 4 * sum(map(len, texts)) > grant.answer and sum(len(one.encode()) for one in texts) > grant.answer:
        raise Refused(Trouble.TOO_BIG)
