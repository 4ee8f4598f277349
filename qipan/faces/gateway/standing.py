"""Whether certificates still hold, asked of the node that issued them: signed lists, public as they are on its pages.

The public side gives this node's own; the inside fetches another's for its platform, from the address in the list of nodes alone.
A list is signed by its node's authority, which whoever asked holds against that node's list of issuers: nothing here need be believed.
"""

import asyncio
import time
from collections.abc import Sequence

import httpx
from django.conf import settings
from django.db import connection
from django.utils import timezone
from starlette.requests import Request
from starlette.responses import Response

from qipan.certificates import published
from qipan.certificates.errors import UnableToCertify
from qipan.certificates.keeping import custody
from qipan.faces.gateway import bodies, bounds, known
from qipan.faces.gateway.bringing import Door
from qipan.faces.gateway.grouping import Grouping
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.ordering import check_inside
from qipan.faces.gateway.refusals import Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON

PATH = "/exchange/v1/standing"
INSIDE = "/standing"
TYPE = "application/statuslist+jwt"
LARGEST = 1024 * 1024  # bytes: twenty times a full list of which nothing holds
KEPT_SECONDS = 10.0
AT_ONCE = 16
DIGITS = 9


class Lists:
    """The public side: gives this node's lists to anybody."""

    def __init__(self) -> None:
        self._read = Grouping("standing", self._gathered)
        self._door = Door(AT_ONCE)
        self._kept: dict[int, tuple[float, str]] = {}

    async def answer(self, request: Request) -> Response:
        """Answer ``?list=<number>``."""
        return await self._door.through(lambda: self._answered(request))

    async def _answered(self, request: Request) -> Response:
        asked = request.query_params.get("list", "")
        if not (asked.isascii() and asked.isdigit() and len(asked) <= DIGITS):
            raise Refused(Trouble.NOT_A_CALL)
        token = await self._read.do(int(asked), bounds.RECORD_SECONDS)
        if not token:
            raise Refused(Trouble.NOT_A_CALL)
        return Response(token, media_type=TYPE)

    def _gathered(self, asked: Sequence[int]) -> list[str]:
        try:
            return [self._token(one) for one in asked]
        finally:
            connection.close()

    def _token(self, number: int) -> str:
        now = time.monotonic()
        made, token = self._kept.get(number, (-KEPT_SECONDS, ""))
        if now - made >= KEPT_SECONDS:
            try:
                token = published.status_token(number, custody(), settings.QIPAN_ADDRESS, timezone.now())
            except UnableToCertify:
                return ""
            self._kept[number] = (now, token)
        return token


class Asker:
    """The inside: fetches a list of another node for this node's platform."""

    def __init__(self, known_: Known, secret: str) -> None:
        self._known, self._secret = known_, secret

    async def ask(self, request: Request) -> Response:
        """Answer ``{"list": 0, "peer": "…"}``."""
        try:
            check_inside(request, self._secret)
            peer, number = _wanted(await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED))
            node = known.peer(self._known.now(), peer, timezone.now())
            return Response(await _fetched(f"{node.address}{PATH}?list={number}"), media_type=TYPE)
        except Refused as refused:
            return Response(bodies.write_refusal(refused.code), status_of(refused.code), media_type=JSON)


def _wanted(body: bytes) -> tuple[str, int]:
    match bodies.parsed(body):
        case {"list": int() as number, "peer": str() as peer, **rest} if not rest and number >= 0:
            return peer, number
    raise Refused(Trouble.NOT_A_CALL)


async def _fetched(address: str) -> bytes:
    body = bytearray()
    try:
        async with (
            asyncio.timeout(bounds.NEWS_SECONDS),
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=bounds.NEWS_SECONDS) as client,
            client.stream("GET", address) as answer,
        ):
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise Refused(Trouble.PEER_DOWN)
    except (httpx.HTTPError, TimeoutError):
        raise Refused(Trouble.PEER_DOWN) from None
    if answer.status_code != httpx.codes.OK:
        raise Refused(Trouble.PEER_DOWN)
    return bytes(body)
