"""Keys that sign, verify and open sealed messages, behind one interface: SM2 with SM3, Ed25519, ECDSA P-256 (ES256)."""

from qipan.adapters.seals.keys import (
    Malformed,
    PrivateKey,
    PublicKey,
    Suite,
    generate,
    private_key,
    public_key,
)

__all__ = ["Malformed", "PrivateKey", "PublicKey", "Suite", "generate", "private_key", "public_key"]
