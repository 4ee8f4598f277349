"""A message that only its receiver can read: a fresh SM4 key is sealed to the receiver's SM2 key, the message under it by SM4-GCM.

``0x01 ‖ length of the sealed key (2 bytes, big-endian) ‖ sealed key (GB/T 32918.4, the DER of GM/T 0009) ‖ nonce (12 bytes) ‖
SM4-GCM ciphertext and tag (16 bytes)``. What the message is for is authenticated with it and not sent.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from qipan.adapters.seals.errors import Unreadable
from qipan.adapters.seals.keys import PrivateKey, PublicKey
from qipan.adapters.seals.sm2 import PrivateSM2, PublicSM2

VERSION = b"\x01"
KEY, NONCE, TAG, LENGTH = 16, 12, 16, 2  # bytes


class NotForSealing(Exception):
    """Messages are sealed to SM2 keys; this key is of another suite."""


def seal(receiver: PublicKey, message: bytes, purpose: bytes) -> bytes:
    """Seal a message to a receiver, for a purpose that both know; raises NotForSealing."""
    if not isinstance(receiver.key, PublicSM2):
        raise NotForSealing
    key, nonce = secrets.token_bytes(KEY), secrets.token_bytes(NONCE)
    sealed = receiver.key.seal(key)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(purpose)
    body = encryptor.update(message) + encryptor.finalize() + encryptor.tag
    return VERSION + len(sealed).to_bytes(LENGTH, "big") + sealed + nonce + body


def unseal(receiver: PrivateKey, sealed: bytes, purpose: bytes) -> bytes:
    """Open a message; raises NotForSealing, and Unreadable where it is for another, for another purpose, or was changed."""
    if not isinstance(receiver.key, PrivateSM2):
        raise NotForSealing
    start = len(VERSION) + LENGTH
    end = start + int.from_bytes(sealed[len(VERSION) : start], "big")
    nonce, body = sealed[end : end + NONCE], sealed[end + NONCE :]
    if not sealed.startswith(VERSION) or len(body) < TAG:
        raise Unreadable
    key = receiver.key.open(sealed[start:end])
    if len(key) != KEY:
        raise Unreadable
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, body[-TAG:])).decryptor()
    decryptor.authenticate_additional_data(purpose)
    try:
        return decryptor.update(body[:-TAG]) + decryptor.finalize()
    except InvalidTag:
        raise Unreadable from None
