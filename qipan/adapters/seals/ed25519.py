"""Ed25519 (RFC 8032), by the package cryptography."""

from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from qipan.adapters.seals.errors import Malformed


@dataclass(frozen=True)
class PublicEd25519:
    """A point of the curve, 32 bytes."""

    key: Ed25519PublicKey

    @property
    def raw(self) -> bytes:
        return self.key.public_bytes_raw()

    def verify(self, signature: bytes, message: bytes) -> bool:
        try:
            self.key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class PrivateEd25519:
    """A seed, with its point."""

    key: Ed25519PrivateKey

    @cached_property
    def public(self) -> PublicEd25519:
        return PublicEd25519(self.key.public_key())

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message)

    def pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def generate() -> PrivateEd25519:
    return PrivateEd25519(Ed25519PrivateKey.generate())


def read_pem(pem: bytes) -> PrivateEd25519:
    """Read PKCS#8 PEM; raises Malformed."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Malformed from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Malformed
    return PrivateEd25519(key)


def read_raw(raw: bytes) -> PublicEd25519:
    """Read 32 bytes; raises Malformed."""
    try:
        return PublicEd25519(Ed25519PublicKey.from_public_bytes(raw))
    except ValueError:
        raise Malformed from None
