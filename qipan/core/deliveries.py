"""Deliveries: what travels where a provider sends rows by itself, one delivery after the other, under a push or a batch grant.

All deliveries of one stream have positions from 1 without a gap. The body is a header, in the clear, and a box sealed to the receiver
that opens only for this very place: sender, receiver, grant, stream, kind, position and number of rows are authenticated with it.
docs/handbook/exchange.md shows the bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from qipan.core import canonical
from qipan.core.canonical import NotCanonical
from qipan.core.elements import Value
from qipan.core.grants import End

DELIVERY = "qipan-delivery/1"
ROWS_BEGIN = b"qipan-rows/1\n"
ROW_KEY = b"qipan-row/1\n"
SIGNED_MANIFEST = b"qipan-batch/1\n"
KEY_BYTES = 16
HEADER_MEMBERS = frozenset(("key", "kind", "position", "rows", "stream"))
MANIFEST_MEMBERS = frozenset(
    {"batch", "chunks", "consumer", "digest", "fields", "grant", "made", "provider", "resource", "rows"}
    | {"version"}
)
LARGEST_HEADER = 1024  # bytes
_SM3 = hashlib.new("sm3")
_WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_SCALARS = frozenset((str, int, float, bool))


class Kind(StrEnum):
    """What a delivery brings: rows, the manifest that closes a batch, or only the question how far the receiver is.

    To the provider, in the same form, goes which cases of the consumer's are open.
    """

    ROWS = "rows"
    MANIFEST = "manifest"
    INQUIRY = "inquiry"
    CASES = "cases"


class NotADelivery(Exception):
    """These bytes are no delivery."""


class MoreThanGranted(Exception):
    """A delivery holds a field that was not granted."""


class Header(NamedTuple):
    """What stands before the box; ``key`` names the receiver's key that it is sealed to, empty for an inquiry."""

    stream: str
    kind: Kind
    position: int
    rows: int
    key: str = ""


class Ends(NamedTuple):
    """Between whom, and under which grant, a stream flows: names of nodes, a grant's number."""

    sender: str
    receiver: str
    grant: str


class Change(NamedTuple):
    """A row as it is now, by its key (32 hexadecimal digits); None where it is no more."""

    key: str
    row: Mapping[str, Value] | None


class Manifest(NamedTuple):
    """What a whole batch held; ``digest`` chains over its chunks: see `chained`."""

    batch: str
    grant: str
    resource: str
    fields: tuple[str, ...]
    provider: End
    consumer: End
    chunks: int
    rows: int
    digest: str
    made: datetime

    def document(self) -> bytes:
        """Give the bytes that are signed."""
        written = {
            **self._asdict(),
            "fields": list(self.fields),
            "provider": self.provider._asdict(),
            "consumer": self.consumer._asdict(),
            "made": canonical.moment(self.made),
            "version": 1,
        }
        return canonical.write(written)


def row_key(grant: str, keys: Mapping[str, Value]) -> str:
    """Name a row by its keys without telling them: who knows the keys finds the row, and nobody reads them off."""
    return _sm3(ROW_KEY + grant.encode() + b"\n" + canonical.write(keys)).hex()[: 2 * KEY_BYTES]


def row_digest(row: Mapping[str, Value]) -> str:
    """What a row is compared by with how it was sent last, 32 hexadecimal digits."""
    return _sm3(_WRITER.encode(row).encode()).hex()[: 2 * KEY_BYTES]


def begun(stream: str) -> bytes:
    """The digest over the rows of a batch before its first chunk."""
    return _sm3(ROWS_BEGIN + stream.encode())


def chained(before: bytes, chunk: bytes) -> bytes:
    """The digest over all rows up to and with this chunk's, from the one before it: ``SM3(before ‖ SM3(chunk))``."""
    return _sm3(before + _sm3(chunk))


def exchange_of(body: bytes) -> str:
    """What a delivery is called at both ends, however often it is tried: SM3 over its body."""
    return _sm3(body).hex()


def purpose(ends: Ends, header: Header) -> bytes:
    """What a box is authenticated with: it opens at this place of this stream only."""
    parts = (*ends, header.stream, header.kind, str(header.position), str(header.rows))
    return f"{DELIVERY}\n{chr(10).join(parts)}".encode()


def write_delivery(header: Header, box: bytes) -> bytes:
    """Put header and box together."""
    return canonical.write({**header._asdict(), "kind": str(header.kind)}) + b"\n" + box


def read_delivery(body: bytes) -> tuple[Header, bytes]:
    """Take header and box apart; raises NotADelivery."""
    end = body.find(b"\n", 0, LARGEST_HEADER)
    try:
        whole = canonical.read(body[: max(end, 0)])
        if set(whole) != HEADER_MEMBERS:
            raise NotADelivery
        header = Header(
            canonical.text(whole, "stream"),
            Kind(canonical.text(whole, "kind")),
            canonical.whole(whole, "position"),
            canonical.whole(whole, "rows"),
            canonical.text(whole, "key"),
        )
    except (NotCanonical, ValueError):
        raise NotADelivery from None
    return header, body[end + 1 :]


def write_changes(changes: Sequence[Change]) -> bytes:
    """Write rows, one ``["key",{…}]`` a line, one that is no more as ``["key"]``."""
    return b"".join(
        _WRITER.encode([one.key] if one.row is None else [one.key, one.row]).encode() + b"\n"
        for one in changes
    )


def read_changes(chunk: bytes, fields: frozenset[str]) -> list[Change]:
    """Read rows; raises NotADelivery, and MoreThanGranted where one holds another field than these."""
    if not chunk.endswith(b"\n") or chunk == b"\n":
        raise NotADelivery
    try:
        found = json.loads(b"[" + chunk[:-1].replace(b"\n", b",") + b"]", parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotADelivery from None
    return [_change(one, fields) for one in found]


def read_manifest(document: bytes) -> Manifest:
    """Read a manifest from its bytes; raises NotADelivery."""
    try:
        whole = canonical.read(document)
        if set(whole) != MANIFEST_MEMBERS or whole["version"] != 1:
            raise NotADelivery
        return Manifest(
            canonical.text(whole, "batch"),
            canonical.text(whole, "grant"),
            canonical.text(whole, "resource"),
            canonical.texts(whole, "fields"),
            End(**_texts(canonical.part(whole, "provider", End._fields))),
            End(**_texts(canonical.part(whole, "consumer", End._fields))),
            canonical.whole(whole, "chunks"),
            canonical.whole(whole, "rows"),
            canonical.text(whole, "digest"),
            canonical.read_moment(whole["made"]),
        )
    except (NotCanonical, ValueError):
        raise NotADelivery from None


def _change(written: object, fields: frozenset[str]) -> Change:
    match written:
        case [str() as key] if is_key(key):
            return Change(key, None)
        case [str() as key, dict() as row] if is_key(key):
            if not row.keys() <= fields:
                raise MoreThanGranted
            if all(type(value) in _SCALARS for value in row.values()):
                return Change(key, row)
    raise NotADelivery


def is_key(key: str) -> bool:
    """Whether this is how a row is named."""
    return len(key) == 2 * KEY_BYTES and set(key) <= set("0123456789abcdef")


def _texts(found: Mapping[str, object]) -> dict[str, str]:
    return {name: canonical.text(found, name) for name in found}


def _sm3(data: bytes) -> bytes:
    begun_ = _SM3.copy()
    begun_.update(data)
    return begun_.digest()


def _refuse(_: str) -> object:
    raise ValueError
