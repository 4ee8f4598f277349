"""The parts of OpenSSL 3's libcrypto that SM2 needs, by ctypes, which lets other threads run meanwhile.

Python's own modules do not offer SM2, and the packages that do are slower or unsafe: docs/decisions/0022.
"""

import ctypes
import ctypes.util
from collections.abc import Sequence
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_ubyte, c_ulong, c_void_p
from functools import cache
from weakref import finalize

OLDEST = 0x30000000  # OpenSSL 3.0
_SIZE = POINTER(c_size_t)
_DER = POINTER(c_char_p)

FUNCTIONS: dict[str, tuple[object, Sequence[object]]] = {
    "OpenSSL_version_num": (c_ulong, ()),
    "ERR_clear_error": (None, ()),
    "EVP_get_digestbyname": (c_void_p, (c_char_p,)),
    "EVP_PKEY_free": (None, (c_void_p,)),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, (c_void_p, c_char_p, c_char_p)),
    "EVP_PKEY_CTX_new": (c_void_p, (c_void_p, c_void_p)),
    "EVP_PKEY_CTX_free": (None, (c_void_p,)),
    "EVP_PKEY_CTX_set1_id": (c_int, (c_void_p, c_char_p, c_size_t)),
    "EVP_PKEY_keygen_init": (c_int, (c_void_p,)),
    "EVP_PKEY_generate": (c_int, (c_void_p, POINTER(c_void_p))),
    "EVP_PKEY_is_a": (c_int, (c_void_p, c_char_p)),
    "EVP_PKEY_encrypt_init": (c_int, (c_void_p,)),
    "EVP_PKEY_encrypt": (c_int, (c_void_p, c_void_p, _SIZE, c_char_p, c_size_t)),
    "EVP_PKEY_decrypt_init": (c_int, (c_void_p,)),
    "EVP_PKEY_decrypt": (c_int, (c_void_p, c_void_p, _SIZE, c_char_p, c_size_t)),
    "EVP_MD_CTX_new": (c_void_p, ()),
    "EVP_MD_CTX_free": (None, (c_void_p,)),
    "EVP_MD_CTX_set_pkey_ctx": (None, (c_void_p, c_void_p)),
    "EVP_DigestSignInit": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
    "EVP_DigestSign": (c_int, (c_void_p, c_void_p, _SIZE, c_char_p, c_size_t)),
    "EVP_DigestVerifyInit": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
    "EVP_DigestVerify": (c_int, (c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)),
    "d2i_AutoPrivateKey": (c_void_p, (c_void_p, _DER, c_long)),
    "d2i_PUBKEY": (c_void_p, (c_void_p, _DER, c_long)),
    "i2d_PUBKEY": (c_int, (c_void_p, c_void_p)),
    "EVP_PKEY2PKCS8": (c_void_p, (c_void_p,)),
    "i2d_PKCS8_PRIV_KEY_INFO": (c_int, (c_void_p, c_void_p)),
    "PKCS8_PRIV_KEY_INFO_free": (None, (c_void_p,)),
}


class NoSM2(Exception):
    """This machine has no OpenSSL 3 with SM2: install the system's libcrypto (libssl3, openssl-libs)."""


class LibcryptoFailed(Exception):
    """OpenSSL refused to do something; the message names the function."""


@cache
def library() -> ctypes.CDLL:
    """The system's libcrypto; raises NoSM2."""
    for name in (ctypes.util.find_library("crypto"), "libcrypto.so.3", "libcrypto.3.dylib"):
        if name and (found := _opened(name)):
            return found
    raise NoSM2(str(NoSM2.__doc__))


def _opened(name: str) -> ctypes.CDLL | None:
    try:
        opened = ctypes.CDLL(name)
        for function, (result, arguments) in FUNCTIONS.items():
            getattr(opened, function).restype = result
            getattr(opened, function).argtypes = arguments
    except (OSError, AttributeError):
        return None
    usable = opened.OpenSSL_version_num() >= OLDEST and opened.EVP_get_digestbyname(b"SM3")
    return opened if usable else None


class Handle:
    """A structure of libcrypto's, freed with this object."""

    def __init__(self, pointer: int | None, free: str, made_by: str) -> None:
        """Own the pointer; raises LibcryptoFailed where there is none."""
        if not pointer:
            library().ERR_clear_error()
            raise LibcryptoFailed(made_by)
        self.pointer = c_void_p(pointer)
        finalize(self, getattr(library(), free), self.pointer)


def check(result: int, function: str) -> None:
    """Raise LibcryptoFailed unless a function reports success."""
    if result <= 0:
        library().ERR_clear_error()
        raise LibcryptoFailed(function)


def context(key: Handle) -> Handle:
    """Give a context for one operation with a key."""
    return Handle(library().EVP_PKEY_CTX_new(key.pointer, None), "EVP_PKEY_CTX_free", "EVP_PKEY_CTX_new")


def digest_context() -> Handle:
    """Give a context for one signature or its verification."""
    return Handle(library().EVP_MD_CTX_new(), "EVP_MD_CTX_free", "EVP_MD_CTX_new")


def generated() -> Handle:
    """Make a new SM2 key."""
    maker = Handle(
        library().EVP_PKEY_CTX_new_from_name(None, b"SM2", None),
        "EVP_PKEY_CTX_free",
        "EVP_PKEY_CTX_new_from_name",
    )
    check(library().EVP_PKEY_keygen_init(maker.pointer), "EVP_PKEY_keygen_init")
    made = c_void_p()
    check(library().EVP_PKEY_generate(maker.pointer, byref(made)), "EVP_PKEY_generate")
    return _key(made.value, "EVP_PKEY_generate")


def read_private(der: bytes) -> Handle:
    """Read a private key from PKCS#8 (or SEC 1) DER; raises LibcryptoFailed, also where it is no SM2 key."""
    return _key(library().d2i_AutoPrivateKey(None, byref(c_char_p(der)), len(der)), "d2i_AutoPrivateKey")


def read_public(der: bytes) -> Handle:
    """Read a public key from SubjectPublicKeyInfo DER; raises LibcryptoFailed, also where its point is not on the curve."""
    return _key(library().d2i_PUBKEY(None, byref(c_char_p(der)), len(der)), "d2i_PUBKEY")


def write_public(key: Handle) -> bytes:
    """Write a key's public part as SubjectPublicKeyInfo DER."""
    return _written("i2d_PUBKEY", key)


def write_private(key: Handle) -> bytes:
    """Write a private key as PKCS#8 DER."""
    packed = Handle(library().EVP_PKEY2PKCS8(key.pointer), "PKCS8_PRIV_KEY_INFO_free", "EVP_PKEY2PKCS8")
    return _written("i2d_PKCS8_PRIV_KEY_INFO", packed)


def _key(pointer: int | None, made_by: str) -> Handle:
    key = Handle(pointer, "EVP_PKEY_free", made_by)
    check(library().EVP_PKEY_is_a(key.pointer, b"SM2"), "EVP_PKEY_is_a")
    return key


def _written(function: str, what: Handle) -> bytes:
    length = getattr(library(), function)(what.pointer, None)
    check(length, function)
    buffer = (c_ubyte * length)()
    getattr(library(), function)(what.pointer, byref(c_void_p(ctypes.addressof(buffer))))
    return bytes(buffer)


def filled(function: str, handle: Handle, message: bytes) -> bytes:
    """Call a function twice, as libcrypto wants it: for the length of its result, then for the result."""
    call = getattr(library(), function)
    length = c_size_t()
    check(call(handle.pointer, None, byref(length), message, len(message)), function)
    buffer = ctypes.create_string_buffer(length.value)
    check(call(handle.pointer, buffer, byref(length), message, len(message)), function)
    return buffer.raw[: length.value]
