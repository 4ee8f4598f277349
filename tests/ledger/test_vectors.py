"""The vectors that the handbook publishes (docs/handbook/trail-vectors.json) are what the code does, and what the verifier accepts."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qipan.core import merkle, notes
from qipan.core.merkle import Head
from qipan.faces.trail import qipan_verify
from qipan.ledger.entries import NewEntry, canonical, commitment_to, leaf_of
from qipan.ledger.functions import FUNCTIONS, halves

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "handbook" / "trail-vectors.json").read_text(encoding="utf-8")
)
NAMES = ("act", "actor_kind", "actor", "on_behalf_of", "subject", "details")


@pytest.mark.parametrize("row", VECTORS["entries"])
def test_entries_give_their_leaves(row: dict[str, Any]) -> None:
    entry, at = NewEntry(*(row[name] for name in NAMES)), datetime.fromisoformat(row["at"])
    commitment = commitment_to(entry.details, bytes.fromhex(row["salt"]))
    assert commitment.hex() == row["commitment"]
    assert canonical(entry, at, commitment).decode() == row["text"]
    assert leaf_of(entry, at, commitment).hex() == row["leaf"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_leaves_give_the_signed_root_and_its_proofs(function: str) -> None:
    hashed, tree = FUNCTIONS[function], VECTORS["trees"][function]
    leaves = [halves(bytes.fromhex(row["leaf"]))[function] for row in VECTORS["entries"]]
    head = Head(3, merkle.root_of(hashed, leaves))
    assert head.root.hex() == tree["root"]
    for leaf, path in enumerate(tree["inclusion"]):
        assert merkle.includes(hashed, head, leaf, leaves[leaf], [bytes.fromhex(one) for one in path])
    old = Head(2, merkle.root_of(hashed, leaves[:2]))
    assert merkle.extends(hashed, old, head, [bytes.fromhex(one) for one in tree["consistency_from_2"]])
    checkpoint = notes.parse_checkpoint(notes.parse_note(tree["checkpoint"]).text)
    assert checkpoint == (f"qipan.example/trail/{function}", 3, head.root)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_verifier_accepts_the_signatures(function: str) -> None:
    keys = qipan_verify.read_keys("\n".join(VECTORS["keys"]))
    head = qipan_verify.read_head(VECTORS["trees"][function]["checkpoint"], keys)
    assert (head.wrong, list(head.witnesses)) == ([], ["witness.example/one"])


def test_ed25519_signs_the_same_again() -> None:
    note = notes.parse_note(VECTORS["trees"]["sha256"]["checkpoint"])
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["ed25519_seed"]))
    own = notes.VerifierKey("qipan.example/trail/sha256", notes.ED25519, key.public_key().public_bytes_raw())
    signature = notes.signature_of(note, own)
    assert signature is not None
    assert signature.value == key.sign(note.text.encode())


@pytest.mark.parametrize("leaf", range(3))
def test_receipts_made_of_the_vectors_are_true(leaf: int) -> None:
    row = VECTORS["entries"][leaf]
    entry = {name: row[name] for name in ("id", "at", *NAMES, "salt", "commitment")}
    trees = {
        name: {"path": tree["inclusion"][leaf], "checkpoint": tree["checkpoint"]}
        for name, tree in VECTORS["trees"].items()
    }
    receipt = {"format": "qipan-receipt/1", "leaf": leaf, "entry": entry, "trees": trees}
    keys = qipan_verify.read_keys("\n".join(VECTORS["keys"]))
    assert qipan_verify.check_receipt(receipt, keys, witnesses=1) == []
