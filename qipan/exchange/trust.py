"""Whom a node trusts for the list of nodes: the key of the list's signer, and where the hub's gateway answers.

Both are given to a node's operator by hand when it joins (`qipan node join`); the file is as much configuration as ``registers.json``.
"""

import json
from pathlib import Path
from typing import NamedTuple

from qipan.adapters.seals import Malformed, PrivateKey, PublicKey, Suite, key_files, public_key

FILE = "joined.json"
SIGNER = "nodes-signer-sm2-sm3.pem"


class NotAKey(Exception):
    """A signer's key is written ``sm2-sm3:04…``: its suite, a colon, its raw bytes in hexadecimal."""


class Trust(NamedTuple):
    """``hub`` is the base URL of its gateway's public side; empty at the hub itself."""

    signer: PublicKey
    hub: str


def read_trust(home: Path) -> Trust | None:
    """Whom the node of this home trusts; None before it joined, and at the hub itself the hub's own key."""
    path = home / FILE
    if path.exists():
        said = json.loads(path.read_text(encoding="utf-8"))
        return Trust(read_key(str(said["signer"])), str(said["hub"]))
    return Trust(signer_of(home).public, "") if (home / "keys" / SIGNER).exists() else None


def write_trust(home: Path, trust: Trust) -> None:
    """Trust this signer from now on."""
    said = {"hub": trust.hub, "signer": written_key(trust.signer)}
    draft = home / f"{FILE}.draft"
    draft.write_text(json.dumps(said, indent=2), encoding="utf-8")
    draft.replace(home / FILE)  # whole at any moment: the gateway reads it again and again


def signer_of(home: Path) -> PrivateKey:
    """The key that signs the list, at the hub; made when first asked for. Raises KeyIsOpen and Malformed."""
    return key_files.read_or_make(home / "keys" / SIGNER, Suite.SM2)


def written_key(key: PublicKey) -> str:
    """Write a key as it is handed to an operator."""
    return f"{key.suite}:{key.raw.hex()}"


def read_key(written: str) -> PublicKey:
    """Read a key as it was handed over; raises NotAKey."""
    suite, _, raw = written.strip().partition(":")
    try:
        return public_key(Suite(suite), bytes.fromhex(raw))
    except (ValueError, Malformed):
        raise NotAKey from None
