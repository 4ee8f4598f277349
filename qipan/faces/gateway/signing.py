"""Between envelopes and HTTP: reading both of their headers, verifying, signing."""

import asyncio
import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from qipan.adapters.seals import PrivateKey, PublicKey
from qipan.core import envelope
from qipan.core.envelope import Fault, RequestEnvelope, ResponseEnvelope
from qipan.core.nodes import key_id
from qipan.faces.gateway.refusals import Refused

ENVELOPE, SIGNATURE = b"qipan-envelope", b"qipan-signature"
ONCE = frozenset({ENVELOPE, SIGNATURE, b"content-type", b"content-length", b"host", b"transfer-encoding"})
JSON = "application/json"
REMEMBERED = 1024  # signatures
Headers = Sequence[tuple[bytes, bytes]]


class Sealed(NamedTuple):
    """An envelope as it travelled, with its seal."""

    signed: bytes
    seal: bytes


class Signer:
    """Signs for this node: what comes in one turn of the event loop, together. See Note [Signed together]."""

    def __init__(self, node: str, key: PrivateKey) -> None:
        self.node, self._key = node, key
        self.suite = str(key.suite)
        self.key_id = key_id(self.suite, key.public.raw)
        self._waiting: list[tuple[bytes, asyncio.Future[bytes]]] = []

    async def headers(self, signed: RequestEnvelope | ResponseEnvelope) -> dict[str, str]:
        """Sign an envelope, and write both as headers."""
        written = signed.signed()
        loop = asyncio.get_running_loop()
        sealed: asyncio.Future[bytes] = loop.create_future()
        self._waiting.append((written, sealed))
        if len(self._waiting) == 1:
            loop.call_soon(self._seal)
        return {
            ENVELOPE.decode(): base64.b64encode(written).decode(),
            SIGNATURE.decode(): base64.b64encode(await sealed).decode(),
            "content-type": signed.content_type,
        }

    def _seal(self) -> None:
        while group := self._waiting[: envelope.TOGETHER]:
            del self._waiting[: envelope.TOGETHER]
            message, places = envelope.seal_together(self.suite, [written for written, _ in group])
            signature = self._key.sign(message)
            for (_, sealed), place in zip(group, places, strict=True):
                if not sealed.done():
                    sealed.set_result(signature + place)


class Verifier:
    """Remembers the signatures that were right, as several envelopes may share one."""

    def __init__(self) -> None:
        self._right: dict[tuple[bytes, envelope.Sealed], None] = {}

    def verify(self, key: PublicKey, suite: str, sealed: Sealed) -> None:
        """Raise Refused unless the seal is this key's over these very bytes."""
        try:
            said = envelope.read_seal(suite, sealed.signed, sealed.seal)
        except envelope.NotAnEnvelope:
            raise Refused(Fault.SIGNATURE) from None
        if (key.raw, said) in self._right:
            return
        if not key.verify(said.signature, said.message):
            raise Refused(Fault.SIGNATURE)
        self._right[key.raw, said] = None
        while len(self._right) > REMEMBERED:
            del self._right[next(iter(self._right))]


def read_headers(headers: Iterable[tuple[bytes, bytes]]) -> Sealed:
    """Take the envelope and its signature from headers, those that matter once each; raises Refused."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        lower = name.lower()
        if lower in ONCE and lower in found:
            raise Refused(Fault.DUPLICATE)
        found[lower] = value
    if ENVELOPE not in found or SIGNATURE not in found:
        raise Refused(Fault.MISSING)
    if b"content-encoding" in found:
        raise Refused(Fault.MALFORMED)
    return Sealed(_decoded(found[ENVELOPE]), _decoded(found[SIGNATURE]))


def content_type(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The content type as it came."""
    return next((value.decode("latin-1") for name, value in headers if name.lower() == b"content-type"), "")


def read_request(sealed: Sealed) -> RequestEnvelope:
    """Read a request's envelope; raises Refused."""
    try:
        return envelope.read_request(sealed.signed)
    except envelope.NotAnEnvelope:
        raise Refused(Fault.MALFORMED) from None


def read_response(sealed: Sealed) -> ResponseEnvelope:
    """Read a response's envelope; raises Refused."""
    try:
        return envelope.read_response(sealed.signed)
    except envelope.NotAnEnvelope:
        raise Refused(Fault.MALFORMED) from None


def check_clock(written: str, now: datetime) -> None:
    """Refuse what was signed too long ago, or ahead of time; raises Refused."""
    try:
        fault = envelope.against_clock(written, now)
    except envelope.NotAnEnvelope:
        raise Refused(Fault.MALFORMED) from None
    if fault:
        raise Refused(fault)


def _decoded(written: bytes) -> bytes:
    if len(written) > 2 * envelope.LARGEST:
        raise Refused(Fault.MALFORMED)
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error:
        raise Refused(Fault.MALFORMED) from None
