"""Comparing records with other nodes: digests of calls, signed as calls are, asked by this node's watch through the inside.

A question travels in a request's envelope with an empty grant, and its answer in a response's, bound to it; so neither can be forged,
altered, or played again as the answer to another question. A node is told of its own calls alone. What is answered is in qipan/watch.
"""

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import httpx
from django.conf import settings
from django.db import connection
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from qipan.core import envelope
from qipan.core.envelope import Fault, RequestEnvelope, ResponseEnvelope, Seen
from qipan.core.nodes import Node
from qipan.faces.gateway import bodies, bounds, known, signing
from qipan.faces.gateway.bounds import Gate
from qipan.faces.gateway.grouping import GroupFailed, Grouping
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.provider import Nonces
from qipan.faces.gateway.refusals import Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON, Headers, Sealed, Signer, Verifier
from qipan.watch.reconciling import NotAnAnswer, answer_to

PATH = "/exchange/v1/records"
INSIDE = "/records"
MODE = "compare"
AT_ONCE, RATE = (
    1,
    200.0,
)  # questions of one peer at once, and a second: none costs more than ten minutes of calls
ANSWER_SECONDS = 5.0 * settings.QIPAN_PATIENCE


class _Question(NamedTuple):
    peer: str
    asked: Mapping[str, object]


class _Signed(NamedTuple):
    """A question as it was sent."""

    node: Node
    envelope: RequestEnvelope
    at: datetime


class Answerer:
    """The public side: answers what other nodes ask about their calls with us."""

    def __init__(self, known_: Known, signer: Signer, clock: Callable[[], datetime]) -> None:
        self._known, self._signer, self._clock = known_, signer, clock
        self._gate, self._nonces, self._verifier = Gate(AT_ONCE, RATE), Nonces(), Verifier()
        self._answers = Grouping("comparing", _answers)

    async def answer(self, request: Request) -> Response:
        """Answer one question."""
        try:
            sealed = signing.read_headers(request.headers.raw)
            read = signing.read_request(sealed)
            self._authenticate(read, sealed)
            with self._gate.let_in(read.sender):
                code, body = await self._answered(request, read)
                return await self._response(read, sealed, code, body)
        except Refused as refused:
            return Response(bodies.write_refusal(refused.code), status_of(refused.code), media_type=JSON)

    def _authenticate(self, read: RequestEnvelope, sealed: Sealed) -> None:
        """See that a node of the list asks this, now and for the first time; raises Refused."""
        at = self._clock()
        if read.receiver != self._known.node:
            raise Refused(Fault.RECEIVER)
        key = known.key_of(known.peer(self._known.now(), read.sender, at), read.key, read.suite, at)
        signing.check_clock(read.time, at)
        self._verifier.verify(key, read.suite, sealed)
        self._nonces.use(read.sender, read.nonce)

    async def _answered(self, request: Request, read: RequestEnvelope) -> tuple[str, bytes]:
        try:
            question = _Question(read.sender, await _asked_in(request, read))
            answer = await self._answers.do(question, ANSWER_SECONDS)
        except GroupFailed:
            return Trouble.NO_RECORD, bodies.write_refusal(Trouble.NO_RECORD)
        except Refused as refused:
            return refused.code, bodies.write_refusal(refused.code)
        if answer is None:
            return Trouble.NOT_A_CALL, bodies.write_refusal(Trouble.NOT_A_CALL)
        return "ok", to_json(answer)

    async def _response(self, read: RequestEnvelope, sealed: Sealed, code: str, body: bytes) -> Response:
        status = 200 if code == "ok" else status_of(code)
        suite = self._signer.suite
        signed = ResponseEnvelope(
            sender=self._known.node,
            receiver=read.sender,
            suite=suite,
            key=self._signer.key_id,
            request=envelope.hashed(read.suite, sealed.signed).hex(),
            status=str(status),
            code=str(code),
            time=envelope.moment(self._clock()),
            content_type=JSON,
            length=str(len(body)),
            body=envelope.hashed(suite, body).hex(),
        )
        return Response(body, status, headers=await self._signer.headers(signed))


class Asker:
    """The inside: puts this node's questions to another, and gives what that signed."""

    def __init__(self, known_: Known, signer: Signer, secret: str, clock: Callable[[], datetime]) -> None:
        self._known, self._signer, self._clock = known_, signer, clock
        self._secret = secret
        self._verifier = Verifier()

    async def ask(self, request: Request) -> Response:
        """Ask for the watch: ``{"asked": {…}, "peer": "…"}``."""
        try:
            self._check_inside(request)
            peer, asked = _wanted(await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED))
            return Response(await self._asked(peer, asked), media_type=JSON)
        except Refused as refused:
            return Response(bodies.write_refusal(refused.code), status_of(refused.code), media_type=JSON)

    def _check_inside(self, request: Request) -> None:
        said = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(said, f"Bearer {self._secret}".encode()):
            raise Refused(Trouble.STRANGER)

    async def _asked(self, peer: str, asked: Mapping[str, object]) -> bytes:
        at = self._clock()
        body = to_json(asked)
        signed = _Signed(known.peer(self._known.now(), peer, at), self._envelope(peer, body, at), at)
        headers = await self._signer.headers(signed.envelope)
        try:
            status, came, answer = await _sent(signed.node.address + PATH, headers, body)
        except (httpx.HTTPError, TimeoutError):
            raise Refused(Trouble.PEER_DOWN) from None
        self._verify(signed, status, came, answer)
        return answer

    def _envelope(self, peer: str, body: bytes, at: datetime) -> RequestEnvelope:
        suite = self._signer.suite
        return RequestEnvelope(
            method="POST",
            path=PATH,
            query="",
            content_type=JSON,
            sender=self._known.node,
            receiver=peer,
            suite=suite,
            key=self._signer.key_id,
            nonce=secrets.token_hex(envelope.NONCE_BYTES),
            time=envelope.moment(at),
            grant="",
            mode=MODE,
            agency="",
            event="",
            services="",
            purpose="",
            basis="",
            case="",
            official="system:0",
            length=str(len(body)),
            body=envelope.hashed(suite, body).hex(),
        )

    def _verify(self, asked: _Signed, status: int, headers: Headers, body: bytes) -> None:
        """See that this is the peer's own answer to this very question; raises Refused."""
        sealed = signing.read_headers(headers)
        read = signing.read_response(sealed)
        self._verifier.verify(known.key_of(asked.node, read.key, read.suite, asked.at), read.suite, sealed)
        if (read.sender, read.receiver) != (asked.node.name, self._known.node):
            raise Refused(Trouble.UNSIGNED)
        if read.request != envelope.hashed(asked.envelope.suite, asked.envelope.signed()).hex():
            raise Refused(Fault.OTHER_REQUEST)
        signing.check_clock(read.time, self._clock())
        if read.status != str(status):
            raise Refused(Fault.STATUS)
        if fault := envelope.against_body(read, body):
            raise Refused(fault)
        if read.code != "ok":
            raise Refused(read.code)


def _wanted(body: bytes) -> tuple[str, Mapping[str, object]]:
    match bodies.parsed(body):
        case {"peer": str() as peer, "asked": dict() as asked, **rest} if not rest:
            return peer, asked
    raise Refused(Trouble.NOT_A_CALL)


async def _asked_in(request: Request, read: RequestEnvelope) -> Mapping[str, object]:
    """What is asked, as it was signed; raises Refused."""
    path = request.scope.get("raw_path", b"").decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    seen = Seen(request.method, path, query, signing.content_type(request.headers.raw))
    if fault := envelope.against_seen(read, seen):
        raise Refused(fault)
    body = await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED)
    if fault := envelope.against_body(read, body):
        raise Refused(fault)
    asked = bodies.parsed(body)
    if read.mode != MODE or not isinstance(asked, dict):
        raise Refused(Trouble.NOT_A_CALL)
    return asked


async def _sent(address: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Headers, bytes]:
    """Send it, and take in no more than an answer may be; raises HTTPError, TimeoutError and Refused."""
    async with (
        asyncio.timeout(bounds.PEER_SECONDS),
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=bounds.PEER_SECONDS) as client,
        client.stream(
            "POST", address, headers={**headers, "accept-encoding": "identity"}, content=body
        ) as came,
    ):
        answer = await bounds.whole_body(came.aiter_raw(), bounds.LARGEST_ANSWER, bounds.PEER_SECONDS)
        return came.status_code, came.headers.raw, answer


def _answers(questions: Sequence[_Question]) -> list[dict[str, object] | None]:
    """Answer each by itself; None for what is no question."""
    started = time.monotonic()
    try:
        return [_answer(one) if time.monotonic() - started < ANSWER_SECONDS else None for one in questions]
    finally:
        connection.close()


def _answer(one: _Question) -> dict[str, object] | None:
    try:
        return answer_to(one.peer, one.asked)
    except NotAnAnswer:
        return None
