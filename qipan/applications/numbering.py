"""Identifiers: UUIDs that sort by time, and application numbers that people read out over the phone."""

import secrets
from datetime import datetime
from uuid import UUID

from django.utils import timezone

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that looks like another
CHARACTERS = 7


def new_id(at: datetime) -> UUID:
    """Make a UUID of version 7 (RFC 9562): 48 bits of milliseconds, then 74 random ones."""
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    random = secrets.randbits(74)
    high = random >> 62
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | random & ((1 << 62) - 1))


def new_number(at: datetime) -> str:
    """Make a number such as ``QP-20261122-8K3F2Q7``; a clash within a day is unlikely, and the table refuses it."""
    day = timezone.localtime(at).strftime("%Y%m%d")
    random = secrets.randbits(5 * CHARACTERS)
    return f"QP-{day}-{''.join(ALPHABET[random >> 5 * place & 31] for place in range(CHARACTERS))}"
