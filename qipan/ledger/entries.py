"""What an entry of the trail says, and the leaf that commits to it.

Note [Erasable leaves]
Details may be about people and may have to go one day; that an act was done, and every proof of it, must not. So the leaf holds the
details only as a commitment, ``H(salt ‖ details)``, and everything else in clear. With details and salt erased, what is left still
gives the same leaf, and nobody can try which details would have fitted.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from qipan.core.merkle import LEAF_PREFIX
from qipan.ledger.functions import both

_WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
_text = _WRITER.encode
SALT_BYTES = 16


class NewEntry(NamedTuple):
    """An act to record: who did what to which ``subject`` (``application:…``, ``case:…``); details hold no values of fields.

    Details hold texts, whole numbers, yes or no, and lists and objects of these: what JSON writes in one way only.
    """

    act: str
    actor_kind: str
    actor: int | None
    on_behalf_of: int | None
    subject: str
    details: Mapping[str, object]


def commitment_to(details: Mapping[str, object], salt: bytes) -> bytes:
    """Commit to the details: both digests."""
    return both(salt + _WRITER.encode(details).encode())


def canonical(entry: NewEntry, at: datetime, commitment: bytes) -> bytes:
    """Write an entry, its details as their commitment: JSON, the keys in order, no spaces. Byte for byte the same everywhere."""
    return (
        f'{{"act":{_text(entry.act)},"actor":{_number(entry.actor)},"actor_kind":{_text(entry.actor_kind)},'
        f'"at":"{_moment(at)}","details":"{commitment.hex()}","on_behalf_of":{_number(entry.on_behalf_of)},'
        f'"subject":{_text(entry.subject)}}}'
    ).encode()


def leaf_of(entry: NewEntry, at: datetime, commitment: bytes) -> bytes:
    """Give the leaf, both digests, of an entry whose details are known or erased."""
    return both(LEAF_PREFIX + canonical(entry, at, commitment))


def leaf_hash(entry: NewEntry, at: datetime, salt: bytes) -> bytes:
    """Give the leaf, both digests, of an entry whose details are known."""
    return leaf_of(entry, at, commitment_to(entry.details, salt))


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


@lru_cache(maxsize=8)
def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
