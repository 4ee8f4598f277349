"""Calling another node's gateway from a thread: a signed request, and an answer of which the signature was verified."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import httpx

from qipan.adapters.seals import PrivateKey
from qipan.core import envelope
from qipan.core.envelope import Fault, RequestEnvelope
from qipan.core.grants import Grant, Mode
from qipan.core.nodes import Node, key_id
from qipan.faces.gateway import bodies, bounds, known, signing
from qipan.faces.gateway.refusals import Refused, Trouble
from qipan.faces.gateway.signing import Verifier

OK = 200


class Going(NamedTuple):
    """A request to another node, under a grant, by one of its two parties; ``at`` is the moment that it is signed with."""

    path: str
    content_type: str
    body: bytes
    grant: Grant
    mode: Mode
    agency: str
    basis: str
    case: str
    official: str
    at: datetime


class Heard(NamedTuple):
    """What another node said, and the hash of the request's envelope."""

    exchange: str
    said: dict[str, object]


class _Answer(NamedTuple):
    """An answer as it came."""

    status: int
    headers: signing.Headers
    body: bytes


class Poster:
    """Signs and sends for this node; used by several threads."""

    def __init__(self, node: str, key: PrivateKey, clock: Callable[[], datetime], seconds: float) -> None:
        self._node, self._key, self._clock = node, key, clock
        self._verifier = Verifier()
        self._client = httpx.Client(trust_env=False, follow_redirects=False, timeout=seconds)

    def post(self, node: Node, going: Going) -> Heard:
        """Send, and give an answer that says ok; raises Refused with the code of any other."""
        written = self._envelope(node, going)
        signed = written.signed()
        message, places = envelope.seal_together(written.suite, [signed])
        headers = {
            signing.ENVELOPE: b64encode(signed),
            signing.SIGNATURE: b64encode(self._key.sign(message) + places[0]),
            b"content-type": going.content_type.encode(),
        }
        try:
            came = self._sent(node.address + going.path, going.body, [*headers.items()])
        except httpx.HTTPError:
            raise Refused(Trouble.PEER_DOWN) from None
        exchange = envelope.hashed(written.suite, signed).hex()
        return Heard(exchange, self._verified(node, written, came))

    def _sent(self, address: str, body: bytes, headers: list[tuple[bytes, bytes]]) -> _Answer:
        with self._client.stream("POST", address, content=body, headers=headers) as response:
            parts, size = [], 0
            for part in response.iter_raw():
                size += len(part)
                if size > bounds.LARGEST_ASKED:
                    raise Refused(Trouble.TOO_BIG)
                parts.append(part)
            return _Answer(response.status_code, response.headers.raw, b"".join(parts))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _envelope(self, node: Node, going: Going) -> RequestEnvelope:
        suite = str(self._key.suite)
        grant = going.grant
        return RequestEnvelope(
            method="POST",
            path=going.path,
            query="",
            content_type=going.content_type,
            sender=self._node,
            receiver=node.name,
            suite=suite,
            key=key_id(suite, self._key.public.raw),
            nonce=secrets.token_hex(envelope.NONCE_BYTES),
            time=envelope.moment(going.at),
            grant=grant.id,
            mode=str(going.mode),
            agency=going.agency,
            event=grant.event,
            services=" ".join(grant.services),
            purpose=grant.purpose_zh,
            basis=going.basis,
            case=going.case,
            official=going.official,
            length=str(len(going.body)),
            body=envelope.hashed(suite, going.body).hex(),
        )

    def _verified(self, node: Node, sent: RequestEnvelope, came: _Answer) -> dict[str, object]:
        at = self._clock()
        try:
            sealed = signing.read_headers(came.headers)
            read = signing.read_response(sealed)
            self._verifier.verify(known.key_of(node, read.key, read.suite, at), read.suite, sealed)
        except Refused:
            raise Refused(_said(came)) from None
        if (read.sender, read.receiver) != (node.name, self._node):
            raise Refused(Trouble.UNSIGNED)
        if read.request != envelope.hashed(sent.suite, sent.signed()).hex():
            raise Refused(Fault.OTHER_REQUEST)
        if read.status != str(came.status):
            raise Refused(Fault.STATUS)
        signing.check_clock(read.time, at)
        if fault := envelope.against_body(read, came.body):
            raise Refused(fault)
        found = bodies.parsed(came.body)
        if read.code != "ok" or not isinstance(found, dict):
            raise Refused(read.code)
        return found


def _said(came: _Answer) -> str:
    """What to make of an answer that nobody signed: who does not know us may say so, and nothing else is believed."""
    try:
        found = bodies.parsed(came.body) if came.status != OK else None
    except Refused:
        found = None
    code = str(found.get("code")) if isinstance(found, dict) else ""
    return code if code in {*Fault, Trouble.NO_RECORD, Trouble.TOO_MANY} else Trouble.UNSIGNED
