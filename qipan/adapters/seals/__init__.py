"""Keys that sign and verify, behind one interface: SM2 with SM3, Ed25519, ECDSA P-256 (ES256). `boxes` seals messages to receivers."""

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
