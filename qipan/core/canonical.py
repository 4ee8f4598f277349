"""Documents that are signed: JSON that can be written in one way only, and reading that refuses every other.

Object keys in the order of their code points, no spaces, UTF-8 without escapes but those that JSON demands; texts, whole numbers, yes
and no, lists and objects, and nothing else. What somebody signed is exactly the bytes that `write` gives.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

LARGEST = 256 * 1024  # bytes of a document
DEEPEST = 8
_WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_SM3 = hashlib.new("sm3")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class NotCanonical(Exception):
    """These bytes are not a document, or not in the one way of writing it."""


def write(document: Mapping[str, object]) -> bytes:
    """Write a document."""
    return _WRITER.encode(document).encode()


def read(written: bytes) -> dict[str, object]:
    """Read a document; raises NotCanonical where writing it again would give other bytes."""
    if len(written) > LARGEST or _depth(written) > DEEPEST:
        raise NotCanonical
    try:
        document = json.loads(written, parse_float=_refuse, parse_constant=_refuse)
        same = isinstance(document, dict) and write(document) == written
    except (ValueError, RecursionError):
        raise NotCanonical from None
    if not same:
        raise NotCanonical
    return dict(document)


def digest(written: bytes) -> bytes:
    """SM3 of a document, 32 bytes: what it is called by where the whole is too long."""
    begun = _SM3.copy()
    begun.update(written)
    return begun.digest()


def moment(at: datetime) -> str:
    """Write a moment: UTC, whole seconds."""
    return at.astimezone(UTC).strftime(MOMENT)


def read_moment(written: object) -> datetime:
    """Read a moment; raises NotCanonical."""
    try:
        found = datetime.strptime(str(written), MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise NotCanonical from None
    if moment(found) != written:
        raise NotCanonical
    return found


def text(document: Mapping[str, object], name: str) -> str:
    """Take a text, perhaps empty, without control characters; raises NotCanonical."""
    found = document.get(name)
    if not isinstance(found, str) or not printable(found):
        raise NotCanonical
    return found


def texts(document: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Take a list of different texts, none empty; raises NotCanonical."""
    found = document.get(name)
    if not isinstance(found, list) or len(set(map(str, found))) != len(found):
        raise NotCanonical
    if not all(isinstance(one, str) and one and printable(one) for one in found):
        raise NotCanonical
    return tuple(found)


def whole(document: Mapping[str, object], name: str) -> int:
    """Take a whole number; raises NotCanonical."""
    found = document.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise NotCanonical
    return found


def part(document: Mapping[str, object], name: str, members: Sequence[str]) -> dict[str, object]:
    """Take an object of exactly these members; raises NotCanonical."""
    found = document.get(name)
    if not isinstance(found, dict) or set(found) != set(members):
        raise NotCanonical
    return found


def printable(found: str) -> bool:
    """Whether a text is of one line and of whole characters."""
    return _UNPRINTABLE.search(found) is None


def _depth(written: bytes) -> int:
    """How deep brackets stand within each other, those in texts counted too: never less than the real depth."""
    deepest = depth = 0
    for one in written:
        if one in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif one in b"]}":
            depth -= 1
    return deepest


def _refuse(_: str) -> object:
    raise NotCanonical
