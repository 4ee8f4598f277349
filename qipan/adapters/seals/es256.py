"""ES256: ECDSA on P-256 with SHA-256 (RFC 7518), by the package cryptography."""

from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from qipan.adapters.seals import wrapping
from qipan.adapters.seals.errors import Malformed

ALGORITHM = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class PublicES256:
    """A point of P-256."""

    key: ec.EllipticCurvePublicKey

    @property
    def raw(self) -> bytes:
        return self.key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def verify(self, signature: bytes, message: bytes) -> bool:
        der = wrapping.der_signature(signature)
        if der is None:
            return False
        try:
            self.key.verify(der, message, ALGORITHM)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class PrivateES256:
    """A scalar, with its point."""

    key: ec.EllipticCurvePrivateKey

    @cached_property
    def public(self) -> PublicES256:
        return PublicES256(self.key.public_key())

    def sign(self, message: bytes) -> bytes:
        return wrapping.raw_signature(self.key.sign(message, ALGORITHM))

    def pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def generate() -> PrivateES256:
    return PrivateES256(ec.generate_private_key(ec.SECP256R1()))


def read_pem(pem: bytes) -> PrivateES256:
    """Read PKCS#8 PEM; raises Malformed."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Malformed from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Malformed
    return PrivateES256(key)


def read_raw(raw: bytes) -> PublicES256:
    """Read ``04 ‖ x ‖ y``; raises Malformed."""
    try:
        return PublicES256(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw))
    except ValueError:
        raise Malformed from None
