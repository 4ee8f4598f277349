"""Examples of the standards: SM2 and SM3 (GB/T 32918.5, GB/T 32905), SM4 (GB/T 32907), Ed25519 (RFC 8032), ES256 (RFC 6979)."""

import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from qipan.adapters.seals import Suite, private_key, public_key
from qipan.adapters.seals.wrapping import pem

SM2_SCALAR = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
SM2_POINT = bytes.fromhex(
    "04"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SM2_SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def test_sm2_verifies_the_example_of_the_standard() -> None:
    key = public_key(Suite.SM2, SM2_POINT)
    assert key.verify(SM2_SIGNATURE, b"message digest")
    assert not key.verify(SM2_SIGNATURE, b"message digests")


def test_sm2_finds_the_point_of_the_standards_scalar() -> None:
    """The standard fixes the nonce, which no sound implementation lets one choose: so our signature is verified instead."""
    sec1 = b"\x02\x01\x01\x04\x20" + SM2_SCALAR
    inner = b"\x30" + bytes([len(sec1)]) + sec1
    body = bytes.fromhex("020100301306072a8648ce3d020106082a811ccf5501822d04") + bytes([len(inner)]) + inner
    key = private_key(Suite.SM2, pem(b"\x30" + bytes([len(body)]) + body))
    assert key.public.raw == SM2_POINT
    assert public_key(Suite.SM2, SM2_POINT).verify(key.sign(b"message digest"), b"message digest")


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3(message: bytes, digest: str) -> None:
    assert hashlib.new("sm3", message).hexdigest() == digest


def test_sm4() -> None:
    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    encryptor = Cipher(algorithms.SM4(block), modes.ECB()).encryptor()  # noqa: S305 -- one block, as the standard has it
    assert encryptor.update(block).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm() -> None:
    """RFC 8998, appendix A.1."""
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    plain = b"".join(bytes([byte]) * 8 for byte in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    sealed = encryptor.update(plain) + encryptor.finalize()
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_ed25519() -> None:
    """RFC 8032, section 7.1, test 2."""
    key = public_key(
        Suite.ED25519, bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    )
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert key.verify(signature, b"\x72")
    assert not key.verify(signature, b"\x73")


def test_es256() -> None:
    """RFC 6979, appendix A.2.5, SHA-256 of "sample"."""
    key = public_key(
        Suite.ES256,
        bytes.fromhex(
            "04"
            "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
            "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
        ),
    )
    signature = bytes.fromhex(
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )
    assert key.verify(signature, b"sample")
    assert not key.verify(signature, b"test")
