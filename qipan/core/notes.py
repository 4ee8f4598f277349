"""Texts that carry signatures: c2sp.org/signed-note, /tlog-checkpoint and /tlog-cosignature, without the arithmetic of signing.

A note is ``text``, which ends in a newline, an empty line, and a line ``— name base64(key id ‖ signature)`` for each signature.
"""

import base64
import binascii
import hashlib
from typing import NamedTuple

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
SM2 = b"\xff" + b"gmt.0009.sm2-sm3"
"""SM2 has no byte of its own in the registry: 0xff, which is kept for such cases, and a name that nothing else has."""
MOST_SIGNATURES = 64
KEY_ID = 4  # bytes
FEWEST_LINES = 4  # of a checkpoint, with the empty rest after its last newline
TIME = 8  # bytes


class NotANote(Exception):
    """This text is no signed note."""


class NotACheckpoint(Exception):
    """This text is no checkpoint of a log."""


class Signature(NamedTuple):
    """One signature line: whose, the identifier of the key, and the signature's bytes."""

    name: str
    key_id: bytes
    value: bytes


class Note(NamedTuple):
    """A text and who signed it."""

    text: str
    signatures: tuple[Signature, ...]


class VerifierKey(NamedTuple):
    """What somebody who checks signatures has: a name, the kind of signature (one byte or more), the public key."""

    name: str
    kind: bytes
    key: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of a hash over all three."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.key).digest()[:KEY_ID]


class Checkpoint(NamedTuple):
    """A tree head: which log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes


def format_note(note: Note) -> str:
    """Write a note."""
    return note.text + "\n" + "".join(format_signature(one) for one in note.signatures)


def format_signature(signature: Signature) -> str:
    """Write one signature line."""
    return f"— {signature.name} {_base64(signature.key_id + signature.value)}\n"


def parse_note(written: str) -> Note:
    """Read a note; raises NotANote."""
    text, gap, lines = written.rpartition("\n\n")
    if not gap or not lines.endswith("\n") or any(char < " " and char != "\n" for char in written):
        raise NotANote
    signatures = tuple(parse_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MOST_SIGNATURES:
        raise NotANote
    return Note(text + "\n", signatures)


def parse_signature(line: str) -> Signature:
    """Read one signature line, without its newline; raises NotANote."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    value = _bytes(encoded)
    if dash != "—" or not _is_name(name) or value is None or len(value) <= KEY_ID:
        raise NotANote
    return Signature(name, value[:KEY_ID], value[KEY_ID:])


def signature_of(note: Note, key: VerifierKey) -> Signature | None:
    """The signature that claims to be this key's."""
    return next((one for one in note.signatures if (one.name, one.key_id) == (key.name, key.key_id)), None)


def format_key(key: VerifierKey) -> str:
    """Write a key for those who verify: ``name+hex(key id)+base64(kind ‖ key)``."""
    return f"{key.name}+{key.key_id.hex()}+{_base64(key.kind + key.key)}"


def parse_key(written: str) -> VerifierKey:
    """Read such a key; raises NotANote."""
    name, _, rest = written.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    value = _bytes(encoded)
    if not _is_name(name) or not value:
        raise NotANote
    kind = next((one for one in (SM2, ED25519, COSIGNATURE) if value.startswith(one)), None)
    if kind is None or VerifierKey(name, kind, value[len(kind) :]).key_id.hex() != key_id:
        raise NotANote
    return VerifierKey(name, kind, value[len(kind) :])


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Write the text of a checkpoint, which is what is signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint; further lines are extensions; raises NotACheckpoint."""
    lines = text.split("\n")
    if len(lines) < FEWEST_LINES or lines[-1] or "" in lines[:-1]:
        raise NotACheckpoint
    origin, size, root = lines[0], lines[1], _bytes(lines[2])
    if not (size.isascii() and size.isdigit() and str(int(size)) == size) or root is None:
        raise NotACheckpoint
    return Checkpoint(origin, int(size), root)


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs: the checkpoint's text under the time, in seconds since 1970."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosignature(time: int, signature: bytes) -> bytes:
    """The value of a witness's signature line."""
    return time.to_bytes(TIME, "big") + signature


def split_cosignature(value: bytes) -> tuple[int, bytes]:
    """The time and the signature in the value of a witness's line."""
    return int.from_bytes(value[:TIME], "big"), value[TIME:]


def _is_name(name: str) -> bool:
    return bool(name) and not any(char.isspace() or char == "+" for char in name)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(encoded: str) -> bytes | None:
    try:
        value = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if _base64(value) == encoded else None
