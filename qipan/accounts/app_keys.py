"""The keys that sign what apps of agencies are told: one for each app, sealed where they are kept."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils.crypto import salted_hmac

BITS = 2048


def new_key() -> str:
    """Make a key for RS256, which every OpenID client reads, and seal it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return _box().encrypt(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())).decode()


def opened(sealed: str) -> str:
    """Open one: a private key in PEM. Raises InvalidToken under another QIPAN_SECRET_KEY."""
    return _box().decrypt(sealed.encode()).decode()


@lru_cache(maxsize=1)
def _box() -> Fernet:
    key = salted_hmac("qipan.accounts.app_keys", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
