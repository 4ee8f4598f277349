"""Between the encodings of keys and signatures: PEM and DER, DER signatures and ``r ‖ s``."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from qipan.adapters.seals.errors import Malformed

HALF = 32  # bytes of r, and of s
_BEGIN = b"-----BEGIN PRIVATE KEY-----"
_END = b"-----END PRIVATE KEY-----"


def raw_signature(der: bytes) -> bytes:
    """``r ‖ s``, each 32 bytes, of a DER signature."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")


def der_signature(raw: bytes) -> bytes | None:
    """The DER form of ``r ‖ s``; None where the length is wrong."""
    if len(raw) != 2 * HALF:
        return None
    return encode_dss_signature(int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big"))


def pem(der: bytes) -> bytes:
    """Wrap a PKCS#8 key."""
    text = base64.b64encode(der)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return b"\n".join([_BEGIN, *lines, _END, b""])


def der(text: bytes) -> bytes:
    """Unwrap a PKCS#8 key; raises Malformed."""
    lines = text.strip().split(b"\n")
    if [line.strip() for line in (lines[0], lines[-1])] != [_BEGIN, _END]:
        raise Malformed
    try:
        return base64.b64decode(b"".join(line.strip() for line in lines[1:-1]), validate=True)
    except binascii.Error:
        raise Malformed from None
