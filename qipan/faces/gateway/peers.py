"""What every call of another node's goes through before anybody looks at what it brings, and how it is answered."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from qipan.core import envelope
from qipan.core.envelope import Fault, RequestEnvelope, ResponseEnvelope, Seen
from qipan.faces.gateway import bodies, bounds, known, signing
from qipan.faces.gateway.bounds import Gate
from qipan.faces.gateway.known import Knowledge, Known
from qipan.faces.gateway.provider import Nonces
from qipan.faces.gateway.refusals import Refused, status_of, told
from qipan.faces.gateway.signing import JSON, Sealed, Signer, Verifier

HEXADECIMAL = frozenset("0123456789abcdef")
OF_ONE_PEER = 2


class Came(NamedTuple):
    """A request whose signature is verified; ``started`` on the monotonic clock."""

    sealed: Sealed
    envelope: RequestEnvelope
    at: datetime
    started: float


class Peers:
    """Recognises other nodes, and signs what they are answered."""

    def __init__(self, known_: Known, signer: Signer, clock: Callable[[], datetime]) -> None:
        self.known, self.clock = known_, clock
        self._signer, self._verifier, self._nonces = signer, Verifier(), Nonces()

    def recognise(self, request: Request, knowledge: Knowledge) -> Came:
        """See that a request is signed by a node of the list, for us, now, for the first time; raises Refused."""
        sealed = signing.read_headers(request.headers.raw)
        came = Came(sealed, signing.read_request(sealed), self.clock(), time.monotonic())
        read = came.envelope
        if read.receiver != self.known.node:
            raise Refused(Fault.RECEIVER)
        key = known.key_of(known.peer(knowledge, read.sender, came.at), read.key, read.suite, came.at)
        signing.check_clock(read.time, came.at)
        if len(read.nonce) != 2 * envelope.NONCE_BYTES or not set(read.nonce) <= HEXADECIMAL:
            raise Refused(Fault.MALFORMED)
        self._verifier.verify(key, read.suite, sealed)
        self._nonces.use(read.sender, read.nonce)
        return came

    async def answer(self, came: Came, code: str, body: bytes | None = None) -> Response:
        """Answer with a body, or with a refusal in words; signed, and bound to the request."""
        written = to_json(told(code)) if body is None else body
        status = 200 if body is not None else status_of(code)
        suite = self._signer.suite
        signed = ResponseEnvelope(
            sender=self.known.node,
            receiver=came.envelope.sender,
            suite=suite,
            key=self._signer.key_id,
            request=envelope.hashed(came.envelope.suite, came.sealed.signed).hex(),
            status=str(status),
            code=code,
            time=envelope.moment(self.clock()),
            content_type=JSON,
            length=str(len(written)),
            body=envelope.hashed(suite, written).hex(),
        )
        return Response(written, status, headers=await self._signer.headers(signed))


class Line:
    """Takes calls of one kind, two of a peer at once; what they ask is worked on one after the other, in a thread."""

    def __init__(
        self, peers: Peers, name: str, largest: int, work: Callable[[Knowledge, Came, bytes], bytes]
    ) -> None:
        self._peers, self._largest, self._work = peers, largest, work
        self._gate, self._workers = Gate(OF_ONE_PEER), ThreadPoolExecutor(1, name)

    async def take(self, request: Request) -> Response:
        """Answer one call with what the work gives, or with its refusal."""
        try:
            knowledge = self._peers.known.now()
            came = self._peers.recognise(request, knowledge)
        except Refused as refused:
            return Response(bodies.write_refusal(refused.code), status_of(refused.code), media_type=JSON)
        try:
            with self._gate.let_in(came.envelope.sender):
                worked = await self._worked(request, knowledge, came)
        except Refused as refused:
            return await self._peers.answer(came, refused.code)
        return await self._peers.answer(came, "ok", worked)

    async def _worked(self, request: Request, knowledge: Knowledge, came: Came) -> bytes:
        check_seen(request, came)
        body = await bounds.whole_body(request.stream(), self._largest)
        check_body(came, body)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._workers, self._work, knowledge, came, body)


def check_seen(request: Request, came: Came) -> None:
    """Hold method, path, query and content type against what was signed; raises Refused."""
    seen = Seen(
        request.method,
        request.scope.get("raw_path", b"").decode("latin-1"),
        request.scope["query_string"].decode("latin-1"),
        signing.content_type(request.headers.raw),
    )
    if fault := envelope.against_seen(came.envelope, seen):
        raise Refused(fault)


def check_body(came: Came, body: bytes) -> None:
    """Hold the body against what was signed; raises Refused."""
    if fault := envelope.against_body(came.envelope, body):
        raise Refused(fault)
