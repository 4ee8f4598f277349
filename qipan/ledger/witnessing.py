"""What a witness does: sees that a trail only grows, and signs that it saw it. It needs no table of ours, and trusts no answer.

Note [Remember, then sign]
A witness that forgets what it signed could sign a fork. So what it saw is on disk before its signature leaves it, and a file lock
keeps two processes from remembering apart.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from qipan.adapters.http_trail import Trail
from qipan.adapters.seals import Malformed, PrivateKey
from qipan.core import merkle, notes, tiles
from qipan.core.merkle import Head
from qipan.core.notes import Checkpoint, NotACheckpoint, NotANote, Note, Signature, VerifierKey
from qipan.ledger.functions import FUNCTIONS
from qipan.ledger.seal_keys import verifying
from qipan.ledger.succession import follow


class RefusedToCosign(Exception):
    """A head that this witness does not sign; each kind says why."""


class NotTheirHead(RefusedToCosign):
    """The head is not signed by the keys that this witness knows the trail by."""


class RolledBack(RefusedToCosign):
    """The trail is shorter than it was when this witness last signed: entries were taken away."""


class Forked(RefusedToCosign):
    """The trail does not begin with what this witness signed: it was rewritten."""


class Seen(NamedTuple):
    """What a witness remembers of one tree."""

    size: int
    root: bytes

    @property
    def head(self) -> Head:
        return Head(self.size, self.root)


class Witnessed(NamedTuple):
    """A head that passed: its text, what it says, and who has signed it so far."""

    text: str
    checkpoint: Checkpoint
    signers: frozenset[str]


def examine(function: str, trail: Trail, keys: Sequence[VerifierKey], seen: Seen | None) -> Witnessed:
    """Fetch the newest head and check it against what was seen; raises RefusedToCosign of some kind, and Unreachable."""
    witnessed = _signed(trail.head(function), function, keys)
    new = Head(witnessed.checkpoint.size, witnessed.checkpoint.root)
    if seen is not None and new.size < seen.size:
        raise RolledBack
    if seen is not None and not _extends(function, trail, seen.head, new):
        raise Forked
    return witnessed


def cosignature(key: PrivateKey, name: str, text: str, time: int) -> Signature:
    """Sign a head, at a time in seconds since 1970."""
    own = VerifierKey(name, notes.COSIGNATURE, key.public.raw)
    value = notes.cosignature(time, key.sign(notes.cosigned_message(text, time)))
    return Signature(name, own.key_id, value)


def _signed(written: str, function: str, keys: Sequence[VerifierKey]) -> Witnessed:
    try:
        note = notes.parse_note(written)
        checkpoint = notes.parse_checkpoint(note.text)
    except (NotANote, NotACheckpoint):
        raise NotTheirHead from None
    known = [key for key in keys if key.name == checkpoint.origin and key.name.endswith(f"/{function}")]
    found = [(key, notes.signature_of(note, key)) for key in known]
    if not known or not all(one is not None and _verifies(key, one, note) for key, one in found):
        raise NotTheirHead
    return Witnessed(note.text, checkpoint, frozenset(one.name for one in note.signatures))


def _verifies(key: VerifierKey, signature: Signature, note: Note) -> bool:
    try:
        return verifying(key).verify(signature.value, note.text.encode())
    except Malformed:
        return False


def _extends(function: str, trail: Trail, old: Head, new: Head) -> bool:
    hashed = FUNCTIONS[function]
    path = merkle.consistency_path(old.size, new.size)
    wanted = {tile: _width(tile, new.size) for tile in tiles.tiles_of(path)}
    held = trail.tiles(function, wanted)
    try:
        proof = merkle.prove(hashed, lambda node: tiles.nodes_from(hashed, held, node), path)
    except (KeyError, IndexError):
        return False
    return merkle.extends(hashed, old, new, proof)


def _width(tile: tiles.Tile, size: int) -> int:
    nodes = size >> tiles.HEIGHT * tile.level
    return min(tiles.WIDTH, nodes - tile.number * tiles.WIDTH)


class Memory:
    """A witness's file: what it saw of one trail, and the keys that it knows it by; beside it, every head that it signed."""

    def __init__(self, path: Path) -> None:
        """Read the file, if it is there."""
        self.path = path
        self.history = path.with_suffix(".signed.jsonl")
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"keys": [], "seen": {}}
        self.keys: list[str] = kept["keys"]
        self.seen: dict[str, Seen] = {
            function: Seen(one["size"], bytes.fromhex(one["root"])) for function, one in kept["seen"].items()
        }

    def know(self, keys: Sequence[str]) -> None:
        """Pin the trail's keys."""
        self.keys = list(keys)
        self._keep()

    def remember(self, function: str, checkpoint: Checkpoint) -> None:
        """Put on disk what was seen; only then may it be signed."""
        self.seen[function] = Seen(checkpoint.size, checkpoint.root)
        self._keep()

    def keep_signed(self, text: str, signatures: Sequence[Signature]) -> None:
        """Add a head that was signed to those of before; `qipan verify --against` reads them."""
        note = notes.format_note(Note(text, tuple(signatures)))
        with self.history.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"checkpoint": note}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _keep(self) -> None:
        seen = {name: {"size": one.size, "root": one.root.hex()} for name, one in self.seen.items()}
        draft = self.path.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as file:
            json.dump({"keys": self.keys, "seen": seen}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep a second witness off this file; raises BlockingIOError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _examined(function: str, trail: Trail, memory: Memory) -> Witnessed:
    """Examine a head; where it is under other keys, follow what the known ones signed, and only that: see Note [Succession]."""
    seen = memory.seen.get(function)
    try:
        return examine(function, trail, [notes.parse_key(line) for line in memory.keys], seen)
    except NotTheirHead:
        followed = follow(memory.keys, trail.successions(function))
        if set(followed) == set(memory.keys):
            raise
        found = examine(function, trail, [notes.parse_key(line) for line in followed], seen)
        memory.know(followed)
        return found


def witness_once(trail: Trail, key: PrivateKey, name: str, memory: Memory, time: int) -> list[Checkpoint]:
    """Examine both trees, remember, sign and hand in; give what was signed. Raises RefusedToCosign and Unreachable."""
    signed = []
    for function in FUNCTIONS:
        found = _examined(function, trail, memory)
        if name not in found.signers:
            memory.remember(function, found.checkpoint)
            signature = cosignature(key, name, found.text, time)
            memory.keep_signed(found.text, [signature])
            trail.cosign(function, found.checkpoint.size, notes.format_signature(signature))
            signed.append(found.checkpoint)
    return signed
