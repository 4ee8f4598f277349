"""SM2 (GB/T 32918) with SM3: signatures, and sealing a message to a receiver; by the system's libcrypto."""

from dataclasses import dataclass
from functools import cached_property

from qipan.adapters.seals import libcrypto, wrapping
from qipan.adapters.seals.errors import Malformed, Unreadable
from qipan.adapters.seals.libcrypto import Handle, LibcryptoFailed, library

USER = b"1234567812345678"  # the default identifier, GM/T 0009-2012
POINT = 65  # bytes of an uncompressed point
SUBJECT_PUBLIC_KEY_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""The DER that stands before the point: id-ecPublicKey (RFC 5480), the curve sm2p256v1 (GM/T 0006), a bit string."""


@dataclass(frozen=True)
class PublicSM2:
    """A point of the curve."""

    handle: Handle

    @cached_property
    def raw(self) -> bytes:
        return libcrypto.write_public(self.handle)[-POINT:]

    def verify(self, signature: bytes, message: bytes) -> bool:
        der = wrapping.der_signature(signature)
        if der is None:
            return False
        digest, _context = _prepared("EVP_DigestVerifyInit", self.handle)
        result = library().EVP_DigestVerify(digest.pointer, der, len(der), message, len(message))
        if result != 1:
            library().ERR_clear_error()
        return bool(result == 1)

    def seal(self, message: bytes) -> bytes:
        """Encrypt a short message, such as a key, to this key's holder: GB/T 32918.4, DER of GM/T 0009."""
        context = libcrypto.context(self.handle)
        libcrypto.check(library().EVP_PKEY_encrypt_init(context.pointer), "EVP_PKEY_encrypt_init")
        return libcrypto.filled("EVP_PKEY_encrypt", context, message)


@dataclass(frozen=True)
class PrivateSM2:
    """A scalar, with its point."""

    handle: Handle

    @cached_property
    def public(self) -> PublicSM2:
        return PublicSM2(libcrypto.read_public(libcrypto.write_public(self.handle)))

    def sign(self, message: bytes) -> bytes:
        digest, _context = _prepared("EVP_DigestSignInit", self.handle)
        return wrapping.raw_signature(libcrypto.filled("EVP_DigestSign", digest, message))

    def pem(self) -> bytes:
        return wrapping.pem(libcrypto.write_private(self.handle))

    def open(self, sealed: bytes) -> bytes:
        """Decrypt what was sealed to this key; raises Unreadable."""
        context = libcrypto.context(self.handle)
        libcrypto.check(library().EVP_PKEY_decrypt_init(context.pointer), "EVP_PKEY_decrypt_init")
        try:
            return libcrypto.filled("EVP_PKEY_decrypt", context, sealed)
        except LibcryptoFailed:
            raise Unreadable from None


def generate() -> PrivateSM2:
    return PrivateSM2(libcrypto.generated())


def read_pem(pem: bytes) -> PrivateSM2:
    """Read PKCS#8 PEM; raises Malformed."""
    try:
        return PrivateSM2(libcrypto.read_private(wrapping.der(pem)))
    except LibcryptoFailed:
        raise Malformed from None


def read_raw(raw: bytes) -> PublicSM2:
    """Read ``04 ‖ x ‖ y``; raises Malformed."""
    if len(raw) != POINT:
        raise Malformed
    try:
        return PublicSM2(libcrypto.read_public(SUBJECT_PUBLIC_KEY_INFO + raw))
    except LibcryptoFailed:
        raise Malformed from None


def _prepared(initialise: str, key: Handle) -> tuple[Handle, Handle]:
    """Give a context to sign or verify in, and the one it refers to, which must live as long."""
    digest, context = libcrypto.digest_context(), libcrypto.context(key)
    libcrypto.check(library().EVP_PKEY_CTX_set1_id(context.pointer, USER, len(USER)), "EVP_PKEY_CTX_set1_id")
    library().EVP_MD_CTX_set_pkey_ctx(digest.pointer, context.pointer)
    sm3 = library().EVP_get_digestbyname(b"SM3")
    libcrypto.check(getattr(library(), initialise)(digest.pointer, None, sm3, None, key.pointer), initialise)
    return digest, context
