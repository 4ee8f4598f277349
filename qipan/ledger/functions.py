"""The two hash functions that the trail is built with, side by side: docs/decisions/0021.

Of everything there are two digests, kept one after the other: 32 bytes of SM3, then 32 of SHA-256.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from qipan.core.merkle import Hash

SIZE = 32  # bytes of either digest
_SM3 = hashlib.new("sm3")  # looking the function up by name costs more than hashing an entry


def sm3(data: bytes) -> bytes:
    """GB/T 32905."""
    begun = _SM3.copy()
    begun.update(data)
    return begun.digest()


def sha256(data: bytes) -> bytes:
    """FIPS 180-4."""
    return hashlib.sha256(data).digest()


FUNCTIONS: Final[Mapping[str, Hash]] = {"sm3": sm3, "sha256": sha256}
"""In the order in which their digests stand."""


def both(data: bytes) -> bytes:
    """Hash with both."""
    return sm3(data) + hashlib.sha256(data).digest()


def halves(digests: bytes) -> dict[str, bytes]:
    """Part what `both` gave."""
    return dict(zip(FUNCTIONS, (digests[:SIZE], digests[SIZE:]), strict=True))
