"""Seals of GB/T 38540 and the X.509 certificates in them: read by others' programs, and no byte of them can be changed."""

import subprocess
from pathlib import Path

import pytest

from qipan.adapters.papers.seal_signatures import NotASeal, read_seal, read_sealing, use_seal
from qipan.adapters.seals import Malformed, Suite, generate, wrapping
from qipan.adapters.seals.certificates import Subject, certified_by, certify, read_certificate
from tests.adapters.papers.sealed_page import NAME, NOW, hands, picture, seal_document

OWN = hands(Suite.SM2)
SEALED = use_seal(
    seal=seal_document(), time=NOW, digest=b"\x07" * 32, what="/x", user=OWN.certificate, sign=OWN.issuer.sign
)


def openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_sealing_says_what_was_sealed_when_and_with_which_seal() -> None:
    found = read_sealing(SEALED)
    assert (found.time, found.digest, found.what) == (NOW, b"\x07" * 32, "/x")
    assert (found.seal.number, found.seal.name) == ("3301060000001", f"{NAME}电子证照专用章")
    assert found.seal.picture.data == picture()
    assert found.done_by(OWN.issuer.public)
    assert found.seal.made_by(OWN.authority.public)
    assert not found.done_by(OWN.authority.public)


@pytest.mark.parametrize("step", range(5))
def test_no_byte_of_a_sealing_can_be_changed(step: int) -> None:
    for place in range(step, len(SEALED), 61):
        changed = bytearray(SEALED)
        changed[place] ^= 1 << step
        try:
            found = read_sealing(bytes(changed))
        except NotASeal:
            continue
        whole = (
            found.done_by(OWN.issuer.public)
            and found.seal.made_by(OWN.authority.public)
            and (found.user, found.seal.maker) == (OWN.certificate, OWN.root)
        )
        assert not whole, place


@pytest.mark.parametrize("der", [b"", b"\x30\x00", SEALED + b"\x00", SEALED[:-1], seal_document()])
def test_what_is_no_sealing_is_refused(der: bytes) -> None:
    with pytest.raises(NotASeal):
        read_sealing(der)


def test_a_seal_by_itself_is_read_too() -> None:
    assert read_seal(seal_document()).user == OWN.certificate


@pytest.mark.parametrize("suite", [Suite.SM2, Suite.ES256])
def test_openssl_verifies_our_certificates(suite: Suite, tmp_path: Path) -> None:
    own = hands(suite)
    for name, der in (("root", own.root), ("own", own.certificate)):
        (tmp_path / f"{name}.der").write_bytes(der)
        openssl("x509", "-inform", "der", "-in", f"{tmp_path}/{name}.der", "-out", f"{tmp_path}/{name}.pem")
    identifier = ["-vfyopt", "distid:1234567812345678"] if suite is Suite.SM2 else []
    said = openssl(
        "verify",
        *identifier,
        "-attime",
        str(int(NOW.timestamp())),
        "-CAfile",
        f"{tmp_path}/root.pem",
        f"{tmp_path}/own.pem",
    )
    assert said.strip().endswith("own.pem: OK")


def test_openssl_verifies_what_a_seal_signed(tmp_path: Path) -> None:
    found = read_sealing(SEALED)
    (tmp_path / "signed").write_bytes(found.signed)
    (tmp_path / "signature").write_bytes(wrapping.der_signature(found.signature) or b"")
    (tmp_path / "own.der").write_bytes(OWN.certificate)
    openssl("x509", "-inform", "der", "-in", f"{tmp_path}/own.der", "-out", f"{tmp_path}/own.pem")
    key = openssl("x509", "-in", f"{tmp_path}/own.pem", "-pubkey", "-noout")
    (tmp_path / "key.pem").write_text(key)
    said = openssl(
        "pkeyutl", "-verify", "-pubin", "-inkey", f"{tmp_path}/key.pem", "-in", f"{tmp_path}/signed", "-rawin", "-digest", "sm3",
        "-sigfile", f"{tmp_path}/signature", "-pkeyopt", "distid:1234567812345678",
    )  # fmt: skip
    assert "Signature Verified Successfully" in said


def test_a_certificate_may_end_after_the_year_2049(tmp_path: Path) -> None:
    name, key = Subject("测试根", "测试"), generate(Suite.ES256)
    ends = NOW.replace(year=2061)
    der = certify(name, key.public, name, key, begins=NOW, ends=ends, serial=1, authority=True)
    assert read_certificate(der).ends == ends
    (tmp_path / "own.der").write_bytes(der)
    said = openssl("x509", "-inform", "der", "-in", f"{tmp_path}/own.der", "-noout", "-enddate")
    assert said.strip() == "notAfter=Nov 23 01:00:00 2061 GMT"


def test_a_certificate_of_somebody_else_is_not_ours() -> None:
    assert certified_by(OWN.certificate, OWN.authority.public)
    assert not certified_by(OWN.certificate, OWN.issuer.public)
    assert not certified_by(b"\x30\x00", OWN.authority.public)
    with pytest.raises(Malformed):
        read_certificate(b"\x30\x00")
