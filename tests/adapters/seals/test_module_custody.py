"""Keys in a module of PKCS#11, tried with SoftHSM: made there, used there, gone with it; SM2 stays in files."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from qipan.adapters.seals import Suite, wrapping
from qipan.adapters.seals.custody import FileCustody, NoSuchKey
from qipan.adapters.seals.module_custody import KeyStays, ModuleCustody, WrongAddress, in_module

PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
MODULE = next((one for one in PLACES if Path(one).exists()), "")
TOOL = shutil.which("softhsm2-util")
ASKS = """
import sys
from pathlib import Path
from qipan.adapters.seals import Suite
from qipan.adapters.seals.custody import FileCustody
from qipan.adapters.seals.module_custody import in_module
name, address, folder = sys.argv[1:]
key = in_module(address, FileCustody(Path(folder))).key(name, Suite.ES256)
sys.stdout.buffer.write(key.sign(b"from elsewhere"))
"""
needs_softhsm = pytest.mark.skipif(
    not (MODULE and TOOL), reason="SoftHSM is not installed: apt-get install softhsm2"
)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a fresh token; the module reads where its tokens are from the environment, once."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    (folder / "pin").write_text("24680135\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    made = [
        str(TOOL),
        "--init-token",
        "--free",
        "--label",
        "qipan",
        "--pin",
        "24680135",
        "--so-pin",
        "13579246",
    ]
    subprocess.run(made, check=True, capture_output=True)
    yield f"pkcs11:token=qipan?module-path={MODULE}&pin-source=file:{folder / 'pin'}"
    del os.environ["SOFTHSM2_CONF"]


def opened(token: str, folder: Path) -> ModuleCustody:
    return in_module(token, FileCustody(folder))


@needs_softhsm
def test_a_key_signs_in_the_module_and_nowhere_else(token: str, tmp_path: Path) -> None:
    custody = opened(token, tmp_path)
    kept = custody.make(Suite.ES256)
    key = custody.key(kept.name, Suite.ES256)
    signature = key.sign("证照".encode())
    assert kept.public.verify(signature, "证照".encode())
    assert not kept.public.verify(signature, "证照!".encode())
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), kept.public.raw)
    der = wrapping.der_signature(signature)
    assert der
    point.verify(der, "证照".encode(), ec.ECDSA(hashes.SHA256()))  # by another program
    with pytest.raises(KeyStays):
        key.pem()
    assert list(tmp_path.iterdir()) == []


@needs_softhsm
def test_another_process_of_the_platform_finds_it(token: str, tmp_path: Path) -> None:
    kept = opened(token, tmp_path).make(Suite.ES256)
    told = [kept.name, token, str(tmp_path)]
    found = subprocess.run([sys.executable, "-c", ASKS, *told], check=True, capture_output=True)
    assert kept.public.verify(found.stdout, b"from elsewhere")


@needs_softhsm
def test_sm2_stays_in_files(token: str, tmp_path: Path) -> None:
    custody = opened(token, tmp_path)
    kept = custody.make(Suite.SM2)
    assert [one.name for one in tmp_path.iterdir()] == [f"{kept.name}.pem"]
    assert kept.public.verify(custody.key(kept.name, Suite.SM2).sign(b"x"), b"x")


@needs_softhsm
def test_a_key_that_is_not_there_is_said_so(token: str, tmp_path: Path) -> None:
    with pytest.raises(NoSuchKey):
        opened(token, tmp_path).key("pkcs11:nobody", Suite.ES256)


def test_an_address_without_its_parts_is_refused(tmp_path: Path) -> None:
    for wrong in (
        "pkcs11:",
        "pkcs11:token=x?module-path=/m.so",
        "pkcs11:token=x?module-path=/m&pin-source=file:/no",
    ):
        with pytest.raises(WrongAddress):
            opened(wrong, tmp_path)
