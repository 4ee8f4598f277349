"""The keys that heads are signed with: SM2 and Ed25519, for the tree of either hash function, each under the tree's name."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from qipan.adapters.seals import PrivateKey, PublicKey, Suite, key_files, public_key
from qipan.core import notes
from qipan.core.notes import Checkpoint, Note, Signature, VerifierKey
from qipan.ledger.functions import FUNCTIONS

SUITES = (Suite.SM2, Suite.ED25519)
KINDS: Mapping[Suite, bytes] = {Suite.SM2: notes.SM2, Suite.ED25519: notes.ED25519}


class SealKeys(NamedTuple):
    """What a sealer holds: the trail's name, and its keys."""

    origin: str
    keys: tuple[PrivateKey, ...]

    def verifier_keys(self) -> list[VerifierKey]:
        """What everybody may know, for each tree and key."""
        return [
            VerifierKey(name_of(self.origin, function), KINDS[key.suite], key.public.raw)
            for function in FUNCTIONS
            for key in self.keys
        ]


def name_of(origin: str, function: str) -> str:
    """The name of the tree of one hash function: its checkpoints' first line."""
    return f"{origin}/{function}"


def read_or_make(folder: Path, origin: str) -> SealKeys:
    """Read the keys in a folder, made first if missing; raises KeyIsOpen and Malformed."""
    return SealKeys(
        origin, tuple(key_files.read_or_make(folder / f"trail-{suite}.pem", suite) for suite in SUITES)
    )


def sign(keys: SealKeys, function: str, size: int, root: bytes) -> str:
    """Write and sign the head of one tree."""
    name = name_of(keys.origin, function)
    text = notes.format_checkpoint(Checkpoint(name, size, root))
    return notes.format_note(
        Note(
            text,
            tuple(
                Signature(
                    name, VerifierKey(name, KINDS[key.suite], key.public.raw).key_id, key.sign(text.encode())
                )
                for key in keys.keys
            ),
        )
    )


def line(key: VerifierKey) -> str:
    """How a key is published."""
    return notes.format_key(key)


def verifying(key: VerifierKey) -> PublicKey:
    """The key that checks what such a verifier key stands for; raises Malformed."""
    return public_key(Suite.SM2 if key.kind == notes.SM2 else Suite.ED25519, key.key)
