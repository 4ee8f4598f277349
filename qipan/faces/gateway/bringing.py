"""Signed documents that anybody may bring: taken a few at once, each by itself; the document is verified by its own signature.

The body is ``{"document": "…", "key": "…", "signature": "…"}``, the signature hexadecimal; the same again is taken again.
"""

from collections.abc import Callable, Sequence
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


class Taking:
    """Takes one kind of document; ``take`` gives the code of refusal, or nothing."""

    def __init__(self, name: str, take: Callable[[Brought], str]) -> None:
        self._take_one = take
        self._together = Grouping(name, self._taken)
        self._gate = Gate(AT_ONCE)

    async def take(self, request: Request) -> Response:
        """Take one."""
        try:
            with self._gate.let_in(ANYBODY):
                body = await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED)
                code = await self._together.do(_read(body), bounds.RECORD_SECONDS)
        except GroupFailed:
            code = str(Trouble.NO_RECORD)
        except Refused as refused:
            code = refused.code
        if code:
            return Response(bodies.write_refusal(code), status_of(code), media_type=JSON)
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
