"""Signed documents that anybody may bring: taken a few at once, each by itself; the document is verified by its own signature.

The body is ``{"document": "…", "key": "…", "signature": "…"}``, the signature hexadecimal; the same again is taken again.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import httpx
from django.db import connection
from django.utils import timezone
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from qipan.exchange.operations import Signed
from qipan.faces.gateway import bodies, bounds, known
from qipan.faces.gateway.bounds import Gate
from qipan.faces.gateway.grouping import GroupFailed, Grouping
from qipan.faces.gateway.known import Knowledge
from qipan.faces.gateway.refusals import Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON

ANYBODY = ""  # has the places of one peer
AT_ONCE = 4


class Brought(NamedTuple):
    """A document as it came."""

    document: bytes
    signed: Signed


class Door:
    """Lets anybody in, a few at once, and answers refusals in words."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._gate = Gate(at_once)

    async def through(self, answer: Callable[[], Awaitable[Response]]) -> Response:
        """Answer, unless there are too many, or what is waited for refuses or does not come about."""
        try:
            with self._gate.let_in(ANYBODY):
                return await answer()
        except GroupFailed:
            code = str(Trouble.NO_RECORD)
        except Refused as refused:
            code = refused.code
        return Response(bodies.write_refusal(code), status_of(code), media_type=JSON)


class Taking:
    """Takes one kind of document; ``take`` gives the code of refusal, or nothing."""

    def __init__(self, name: str, take: Callable[[Brought], str]) -> None:
        self._take_one = take
        self._together = Grouping(name, self._taken)
        self._door = Door()

    async def take(self, request: Request) -> Response:
        """Take one."""
        return await self._door.through(lambda: self._answered(request))

    async def _answered(self, request: Request) -> Response:
        body = await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED)
        if code := await self._together.do(_read(body), bounds.RECORD_SECONDS):
            raise Refused(code)
        return Response(b"{}", media_type=JSON)

    def _taken(self, group: Sequence[Brought]) -> list[str]:
        try:
            return [self._take_one(one) for one in group]
        finally:
            connection.close()


def bring(client: httpx.Client, knowledge: Knowledge, peer: str, path: str, one: Brought) -> httpx.Response:
    """Bring one to a peer; raises httpx.HTTPError, and Refused where the list of nodes does not hold it."""
    address = known.peer(knowledge, peer, timezone.now()).address
    told = {
        "document": one.document.decode(),
        "key": one.signed.key,
        "signature": one.signed.signature.hex(),
    }
    return client.post(address + path, content=to_json(told))


def _read(body: bytes) -> Brought:
    match bodies.parsed(body):
        case {
            "document": str() as document,
            "key": str() as key,
            "signature": str() as signature,
            **rest,
        } if not rest:
            try:
                return Brought(document.encode(), Signed(key, bytes.fromhex(signature)))
            except ValueError:
                raise Refused(Trouble.NOT_TAKEN) from None
    raise Refused(Trouble.NOT_TAKEN)
