"""The envelope of an exchange: the bytes that are signed of a request and of its response; docs/handbook/exchange.md shows each.

An envelope is text, one ``name: value`` a line in a fixed order, and travels as it was signed: who receives it verifies these very
bytes, reads them, and then holds what came beside them (method, path, body …) against what they say. Nothing is put into a canonical
form on the way, so there is nothing to disagree about. The hash is the suite's: SM3, or SHA-256 for ES256.

Note [Signed together]
An SM2 signature costs more than all else that a gateway does for a call. Envelopes that wait at the same moment are signed together: as
the leaves of one tree (RFC 9162), whose root is signed once. Each travels with its own path to that root, and so stands by itself:
who holds one envelope and its seal can show that it was signed, without the others.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from struct import Struct
from typing import NamedTuple, TypeVar

from qipan.core import merkle
from qipan.core.canonical import printable

REQUEST = "qipan-exchange-request/1"
RESPONSE = "qipan-exchange-response/1"
LARGEST = 8 * 1024  # bytes of an envelope
SKEW = timedelta(seconds=60)  # between two nodes' clocks, either way
NONCE_BYTES = 16
BATCH = b"qipan-exchange-batch/1\n"
TOGETHER = 256  # envelopes under one signature
SIGNATURE_BYTES, HASH_BYTES = 64, 32
PLACE = Struct(">HH")  # the place among the envelopes that were signed together, and how many they are
NAMES: Mapping[str, str] = {"sender": "from", "receiver": "to", "content_type": "content-type"}
_HASHES = {"sm2-sm3": hashlib.new("sm3"), "es256": hashlib.sha256()}
SUITES = frozenset(_HASHES)


class Fault(StrEnum):
    """Why an envelope, or what came in it, is refused; qipan.core.grants.Refusal has the codes of what a grant does not cover."""

    MISSING = "envelope-missing"
    DUPLICATE = "header-duplicate"
    MALFORMED = "envelope-malformed"
    RECEIVER = "not-for-us"
    LIST_ENDED = "node-list-ended"
    NODE = "unknown-node"
    KEY = "unknown-key"
    KEY_ENDED = "key-ended"
    SUITE = "suite-refused"
    SIGNATURE = "signature-wrong"
    CLOCK = "clock-off"
    REPLAYED = "replayed"
    METHOD = "method-altered"
    PATH = "path-altered"
    QUERY = "query-altered"
    CONTENT_TYPE = "content-type-altered"
    BODY = "body-altered"
    OTHER_REQUEST = "answer-to-another-request"
    STATUS = "status-altered"


class NotAnEnvelope(Exception):
    """These bytes are no envelope."""


class RequestEnvelope(NamedTuple):
    """What the consumer's gateway signs. All texts; ``time`` in UTC to the microsecond, ``services`` parted by spaces."""

    method: str
    path: str
    query: str
    content_type: str
    sender: str
    receiver: str
    suite: str
    key: str
    nonce: str
    time: str
    grant: str
    mode: str
    agency: str
    event: str
    services: str
    purpose: str
    basis: str
    case: str
    official: str
    length: str
    body: str

    def signed(self) -> bytes:
        """Give the bytes that are signed."""
        return (REQUEST_FORM % self).encode()


class ResponseEnvelope(NamedTuple):
    """What the provider's gateway signs: ``request`` is the hash of the request's envelope, ``code`` is ``ok`` or a refusal."""

    sender: str
    receiver: str
    suite: str
    key: str
    request: str
    status: str
    code: str
    time: str
    content_type: str
    length: str
    body: str

    def signed(self) -> bytes:
        """Give the bytes that are signed."""
        return (RESPONSE_FORM % self).encode()


class Seen(NamedTuple):
    """What came with an envelope."""

    method: str
    path: str
    query: str
    content_type: str


class Sealed(NamedTuple):
    """What a seal says of an envelope: that this signature is over this message."""

    message: bytes
    signature: bytes


Envelope = TypeVar("Envelope", RequestEnvelope, ResponseEnvelope)


def seal_together(suite: str, envelopes: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
    """Give the message to sign for all, and what follows that signature in the seal of each. See Note [Signed together].

    At most ``TOGETHER`` envelopes; raises ValueError for more.
    """
    if not 0 < len(envelopes) <= TOGETHER:
        raise ValueError(len(envelopes))
    hashing = partial(hashed, suite)
    layers = merkle.layers_of(hashing, [merkle.leaf_hash(hashing, one) for one in envelopes])
    count = len(envelopes)
    places = [PLACE.pack(at, count) + b"".join(merkle.path_in(layers, at)) for at in range(count)]
    return BATCH + layers[-1][0], places


def read_seal(suite: str, envelope: bytes, seal: bytes) -> Sealed:
    """Say what must have been signed for this seal to be the envelope's; raises NotAnEnvelope."""
    signature, rest = seal[:SIGNATURE_BYTES], seal[SIGNATURE_BYTES:]
    if len(rest) < PLACE.size or (len(rest) - PLACE.size) % HASH_BYTES:
        raise NotAnEnvelope
    index, count = PLACE.unpack(rest[: PLACE.size])
    path = [rest[at : at + HASH_BYTES] for at in range(PLACE.size, len(rest), HASH_BYTES)]
    hashing = partial(hashed, suite)
    leaf = merkle.leaf_hash(hashing, envelope)
    root = merkle.root_from_inclusion(hashing, index, count, leaf, path) if count <= TOGETHER else None
    if root is None:
        raise NotAnEnvelope
    return Sealed(BATCH + root, signature)


def read_request(signed: bytes) -> RequestEnvelope:
    """Read a request's envelope; raises NotAnEnvelope."""
    return _read(RequestEnvelope, signed)


def read_response(signed: bytes) -> ResponseEnvelope:
    """Read a response's envelope; raises NotAnEnvelope."""
    return _read(ResponseEnvelope, signed)


def hashed(suite: str, data: bytes) -> bytes:
    """Hash with a suite's function, 32 bytes; raises KeyError where there is no such suite."""
    begun = _HASHES[suite].copy()
    begun.update(data)
    return begun.digest()


def moment(at: datetime) -> str:
    """Write a time."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_moment(written: str) -> datetime:
    """Read a time; raises NotAnEnvelope."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise NotAnEnvelope from None
    if found.tzinfo is None or moment(found) != written:
        raise NotAnEnvelope
    return found


def against_clock(written: str, now: datetime) -> Fault | None:
    """Refuse what was signed at another time than now; raises NotAnEnvelope."""
    return Fault.CLOCK if abs(read_moment(written) - now) > SKEW else None


def against_seen(envelope: RequestEnvelope, seen: Seen) -> Fault | None:
    """Refuse what is not the request that was signed, its body apart."""
    if envelope.method != seen.method:
        return Fault.METHOD
    if envelope.path != seen.path:
        return Fault.PATH
    if envelope.query != seen.query:
        return Fault.QUERY
    return Fault.CONTENT_TYPE if envelope.content_type != seen.content_type else None


def against_body(envelope: RequestEnvelope | ResponseEnvelope, body: bytes) -> Fault | None:
    """Refuse another body than the one that was signed."""
    same = envelope.length == str(len(body)) and envelope.body == hashed(envelope.suite, body).hex()
    return None if same else Fault.BODY


def _form(kind: str, fields: Sequence[str]) -> str:
    lines = [f"{NAMES.get(name, name)}: %s\n" for name in fields]
    return f"{kind}\n{''.join(lines)}"


REQUEST_FORM = _form(REQUEST, RequestEnvelope._fields)
RESPONSE_FORM = _form(RESPONSE, ResponseEnvelope._fields)


def _read(shape: type[Envelope], signed: bytes) -> Envelope:
    """Take the values out of their lines; that all else is as it must be, writing it again shows."""
    if len(signed) > LARGEST:
        raise NotAnEnvelope
    try:
        _, *lines, _ = signed.decode().split("\n")
    except (UnicodeDecodeError, ValueError):
        raise NotAnEnvelope from None
    values = [line.partition(": ")[2] for line in lines]
    if len(values) != len(shape._fields) or not all(map(printable, values)):
        raise NotAnEnvelope
    found = shape(*values)
    if found.suite not in SUITES or found.signed() != signed:
        raise NotAnEnvelope
    return found
