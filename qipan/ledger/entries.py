"""What an entry of the trail says, and the leaf that commits to it.

The leaf is ``SM3(0x00 ‖ salt ‖ text)`` (RFC 6962's leaf prefix), the text canonical JSON. With its salt erased, a leaf discloses
nothing and every proof over it still holds.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

LEAF = b"\x00"
_WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
SALT_BYTES = 16
_BEGINNING = hashlib.new("sm3", LEAF)  # looking the function up by name costs more than hashing an entry


class NewEntry(NamedTuple):
    """An act to record: who did what to which ``subject`` (``application:…``, ``case:…``); details hold no values of fields."""

    act: str
    actor_kind: str
    actor: int | None
    on_behalf_of: int | None
    subject: str
    details: Mapping[str, object]


def canonical(entry: NewEntry, at: datetime) -> bytes:
    """Write an entry byte for byte the same wherever it is written."""
    whole = {**entry._asdict(), "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    return _WRITER.encode(whole).encode()


def leaf_hash(entry: NewEntry, at: datetime, salt: bytes) -> bytes:
    """Give the leaf that commits to the entry and its salt."""
    leaf = _BEGINNING.copy()
    leaf.update(salt + canonical(entry, at))
    return leaf.digest()
