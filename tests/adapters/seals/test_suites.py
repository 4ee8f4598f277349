"""Every suite signs, verifies, and refuses everything else."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.adapters.seals import Malformed, Suite, generate, key_files, private_key, public_key
from qipan.adapters.seals.key_files import KeyIsOpen, read_or_make

KEYS = {suite: generate(suite) for suite in Suite}
MESSAGE = "一件事，一次办".encode()
SUITES = pytest.mark.parametrize("suite", list(Suite))


@SUITES
def test_what_it_signed_is_verified_and_nothing_else(suite: Suite) -> None:
    key, signature = KEYS[suite], KEYS[suite].sign(MESSAGE)
    assert len(signature) == 64
    assert key.public.verify(signature, MESSAGE)
    assert not key.public.verify(signature, MESSAGE + b"\n")
    assert not generate(suite).public.verify(signature, MESSAGE)


@SUITES
def test_keys_survive_their_bytes(suite: Suite) -> None:
    key = KEYS[suite]
    again = private_key(suite, key.pem())
    assert again.public.raw == key.public.raw
    assert public_key(suite, key.public.raw).verify(again.sign(MESSAGE), MESSAGE)


@given(suite=st.sampled_from(Suite), bit=st.integers(0, 64 * 8 - 1))
def test_no_bit_of_a_signature_can_be_changed(suite: Suite, bit: int) -> None:
    signature = bytearray(KEYS[suite].sign(MESSAGE))
    signature[bit // 8] ^= 1 << bit % 8
    assert not KEYS[suite].public.verify(bytes(signature), MESSAGE)


@given(suite=st.sampled_from(Suite), rubbish=st.binary(max_size=80))
def test_rubbish_is_no_signature_and_no_key(suite: Suite, rubbish: bytes) -> None:
    assert not KEYS[suite].public.verify(rubbish, MESSAGE)
    with pytest.raises(Malformed):
        private_key(suite, rubbish)


@pytest.mark.parametrize("suite", [Suite.SM2, Suite.ES256])
def test_a_point_off_the_curve_is_no_key(suite: Suite) -> None:
    raw = bytearray(KEYS[suite].public.raw)
    raw[-1] ^= 1
    for wrong in (bytes(raw), bytes(raw[:-1]), b"", bytes(65)):
        with pytest.raises(Malformed):
            public_key(suite, wrong)


@pytest.mark.parametrize(("suite", "other"), [(a, b) for a in Suite for b in Suite if a != b])
def test_a_key_of_one_suite_is_none_of_another(suite: Suite, other: Suite) -> None:
    with pytest.raises(Malformed):
        private_key(other, KEYS[suite].pem())


@SUITES
def test_a_key_file_is_made_once_for_its_owner_only(suite: Suite, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "trail.pem"
    first = read_or_make(path, suite)
    assert read_or_make(path, suite).public.raw == first.public.raw
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    key_files.write(path, generate(suite))
    assert read_or_make(path, suite).public.raw == first.public.raw, "a key is never written over"


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trail.pem"
    read_or_make(path, Suite.SM2)
    path.chmod(0o640)
    with pytest.raises(KeyIsOpen, match=r"trail\.pem"):
        read_or_make(path, Suite.SM2)


def openssl(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)


OPTIONS: dict[Suite, Sequence[str]] = {
    Suite.SM2: ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"),
    Suite.ES256: ("-rawin", "-digest", "sha256"),
    Suite.ED25519: ("-rawin",),
}


@SUITES
def test_openssl_verifies_what_it_signed(suite: Suite, tmp_path: Path) -> None:
    key = KEYS[suite]
    (tmp_path / "key.pem").write_bytes(key.pem())
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "signature").write_bytes(as_openssl(suite, key.sign(MESSAGE)))
    done = openssl(
        tmp_path, "pkeyutl", "-verify", "-inkey", "key.pem", "-in", "message", "-sigfile", "signature", *OPTIONS[suite]
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@SUITES
def test_it_verifies_what_openssl_signed(suite: Suite, tmp_path: Path) -> None:
    made = {
        Suite.SM2: ("-algorithm", "SM2"),
        Suite.ES256: ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
        Suite.ED25519: ("-algorithm", "ED25519"),
    }
    assert openssl(tmp_path, "genpkey", *made[suite], "-out", "key.pem").returncode == 0
    (tmp_path / "message").write_bytes(MESSAGE)
    done = openssl(
        tmp_path, "pkeyutl", "-sign", "-inkey", "key.pem", "-in", "message", "-out", "signature", *OPTIONS[suite]
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    key = private_key(suite, (tmp_path / "key.pem").read_bytes())
    assert key.public.verify(from_openssl(suite, (tmp_path / "signature").read_bytes()), MESSAGE)


def as_openssl(suite: Suite, signature: bytes) -> bytes:
    """OpenSSL's command line speaks DER for the two suites on curves."""
    if suite == Suite.ED25519:
        return signature
    halves = [der_integer(signature[:32]), der_integer(signature[32:])]
    return b"\x30" + bytes([sum(map(len, halves))]) + b"".join(halves)


def der_integer(value: bytes) -> bytes:
    shortest = value.lstrip(b"\0")
    padded = (b"\0" if shortest[0] & 0x80 else b"") + shortest
    return bytes([2, len(padded)]) + padded


def from_openssl(suite: Suite, signature: bytes) -> bytes:
    if suite == Suite.ED25519:
        return signature
    first = 4 + signature[3]
    halves = (signature[4:first], signature[first + 2 :])
    return b"".join(half.lstrip(b"\0").rjust(32, b"\0") for half in halves)
