"""What every signing key can do, whatever its suite.

A signature is 64 bytes in every suite: ``r ‖ s`` for the two on curves, RFC 8032's own for Ed25519. Public keys travel as raw bytes:
32 for Ed25519, 65 (``04 ‖ x ‖ y``) for the others. Private keys rest as PKCS#8 PEM.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from qipan.adapters.seals import ed25519, es256, sm2
from qipan.adapters.seals.errors import Malformed


class Suite(StrEnum):
    """Which algorithm a key is for; the names are written into envelopes and settings."""

    SM2 = "sm2-sm3"
    """GB/T 32918.2 with the digest of GB/T 32905 and the default user identifier of GM/T 0009."""
    ED25519 = "ed25519"
    """RFC 8032."""
    ES256 = "es256"
    """ECDSA on P-256 with SHA-256, RFC 7518."""


class _Public(Protocol):
    @property
    def raw(self) -> bytes: ...

    def verify(self, signature: bytes, message: bytes) -> bool: ...


class _Private(Protocol):
    @property
    def public(self) -> _Public: ...

    def sign(self, message: bytes) -> bytes: ...

    def pem(self) -> bytes: ...


@dataclass(frozen=True)
class PublicKey:
    """Who checks a signature needs this, and nothing else of the signer."""

    suite: Suite
    key: _Public

    @property
    def raw(self) -> bytes:
        """Its bytes, as `public_key` reads them."""
        return self.key.raw

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's over the message; a malformed one is not."""
        return self.key.verify(signature, message)


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs; it can be used by several threads at once."""

    suite: Suite
    key: _Private

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.suite, self.key.public)

    def sign(self, message: bytes) -> bytes:
        """Sign a whole message; it is hashed here."""
        return self.key.sign(message)

    def pem(self) -> bytes:
        """Write the key for its file, unencrypted: the file's mode and place protect it."""
        return self.key.pem()


@dataclass(frozen=True)
class _Kind:
    generate: Callable[[], _Private]
    private: Callable[[bytes], _Private]
    public: Callable[[bytes], _Public]


_KINDS: Mapping[Suite, _Kind] = {
    Suite.SM2: _Kind(sm2.generate, sm2.read_pem, sm2.read_raw),
    Suite.ED25519: _Kind(ed25519.generate, ed25519.read_pem, ed25519.read_raw),
    Suite.ES256: _Kind(es256.generate, es256.read_pem, es256.read_raw),
}


def generate(suite: Suite) -> PrivateKey:
    """Make a new key from the system's randomness."""
    return PrivateKey(suite, _KINDS[suite].generate())


def private_key(suite: Suite, pem: bytes) -> PrivateKey:
    """Read a private key; raises Malformed, also where it is of another suite."""
    return PrivateKey(suite, _KINDS[suite].private(pem))


def public_key(suite: Suite, raw: bytes) -> PublicKey:
    """Read a public key; raises Malformed, also where it is no point of the suite's curve."""
    return PublicKey(suite, _KINDS[suite].public(raw))


__all__ = ["Malformed", "PrivateKey", "PublicKey", "Suite", "generate", "private_key", "public_key"]
