"""Whether certificates still hold, published for all at once so that nobody learns which one is asked after.

Token Status List (draft-ietf-oauth-status-list): two bits a certificate, the lowest bits of a byte first, compressed with zlib.
"""

import zlib
from collections.abc import Iterable
from enum import IntEnum

from qipan.core.disclosures import NotAPresentation, decoded, encoded

BITS = 2
PER_BYTE = 8 // BITS
LARGEST = 4 * 1024 * 1024  # bytes of a list that is taken apart: 16 million certificates
TYPE = "statuslist+jwt"


class Status(IntEnum):
    """What a list can say; ``REPLACED`` is from the range that applications may use."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    REPLACED = 3


def packed(size: int, others: Iterable[tuple[int, Status]]) -> str:
    """Write a list of so many certificates, all valid but these."""
    bits = bytearray(-(-size // PER_BYTE))
    for place, status in others:
        bits[place // PER_BYTE] |= status << BITS * (place % PER_BYTE)
    return encoded(zlib.compress(bytes(bits), 9))


def looked_up(text: str, place: int) -> Status:
    """What a list says of the certificate at a place; raises NotAPresentation where it is no list, or ends before."""
    unpacking = zlib.decompressobj()
    try:
        bits = unpacking.decompress(decoded(text, "status"), LARGEST)
    except zlib.error:
        raise NotAPresentation("status") from None
    if not unpacking.eof or not 0 <= place < len(bits) * PER_BYTE:
        raise NotAPresentation("status")
    return Status(bits[place // PER_BYTE] >> BITS * (place % PER_BYTE) & 3)
