"""Tokens of what somebody shows: in a link, and in a code that lives a minute. Nobody can make or guess one.

A token is 28 bytes in base64url: the number of the showing (8), until when it is good in seconds since 1970 (4; 0 for as long as the showing
itself), and the first 16 bytes of HMAC-SHA256 over both, by a key of the platform's joined with a secret of that showing's own.
"""

import hashlib
import hmac
import struct
from typing import NamedTuple

from qipan.core.disclosures import NotAPresentation, decoded, encoded

ABOUT = struct.Struct(">QI")
MAC = 16  # bytes
CODE_LIVES = 60  # seconds
LARGEST = 2**63 - 1  # what a database counts to


class NotAToken(Exception):
    """This is no token, or was cut short on its way."""


class Token(NamedTuple):
    """A token taken apart; whose it is remains to be proved."""

    showing: int
    until: int
    mac: bytes

    def proves(self, key: bytes, secret: bytes) -> bool:
        """Whether whoever made it knew the key and the showing's secret."""
        return hmac.compare_digest(self.mac, _mac(ABOUT.pack(self.showing, self.until), key, secret))

    def stale(self, at: float) -> bool:
        """Whether its minute is over."""
        return bool(self.until) and at >= self.until


def token(showing: int, until: int, key: bytes, secret: bytes) -> str:
    """Write a token."""
    about = ABOUT.pack(showing, until)
    return encoded(about + _mac(about, key, secret))


def read_token(text: str) -> Token:
    """Take a token apart; raises NotAToken."""
    try:
        raw = decoded(text, "shape")
    except NotAPresentation:
        raise NotAToken from None
    if len(raw) != ABOUT.size + MAC:
        raise NotAToken
    showing, until = ABOUT.unpack_from(raw)
    if showing > LARGEST:
        raise NotAToken
    return Token(showing, until, raw[ABOUT.size :])


def _mac(about: bytes, key: bytes, secret: bytes) -> bytes:
    return hmac.new(key, secret + about, hashlib.sha256).digest()[:MAC]
