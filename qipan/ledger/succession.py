"""Keys follow each other: what the old ones and the new ones sign together when the keys of heads are changed.

Note [Succession]
Whoever trusts the old keys must be able to come to the new ones without being told by anybody else. So each change is a note for each
tree, ``qipan-trail-succession/1``, that names the old keys and the new, signed by all of both: the old ones say who follows, the new ones
that they are held. It stands in the trail as an entry, in the transaction in which the new keys are published, and at
``/trail/<f>/successions``. Heads signed before stay as they are, and so do the old public keys; witnesses follow by themselves.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qipan.adapters.seals import Malformed, PrivateKey
from qipan.core import notes
from qipan.core.notes import NotANote, Note, Signature, VerifierKey
from qipan.ledger.functions import FUNCTIONS
from qipan.ledger.seal_keys import KINDS, SealKeys, name_of, verifying

FIRST = "qipan-trail-succession/1"
ACT, SUBJECT = "rotate_seal_keys", "trail:keys"
BETWEEN = "\n\n\n"  # two notes


class Succession(NamedTuple):
    """A change of the keys of one tree."""

    origin: str
    old: tuple[VerifierKey, ...]
    new: tuple[VerifierKey, ...]


def successions(old: SealKeys, new: SealKeys) -> dict[str, str]:
    """Write the change for the tree of each function, signed by all keys of both."""
    return {function: _written(name_of(old.origin, function), old, new) for function in FUNCTIONS}


def follow(pinned: Sequence[str], written: str) -> list[str]:
    """Go from the keys that one trusts, as lines, to those that follow them, as far as the notes lead; those of others stay.

    A note counts where it names all that are pinned of its tree, and all of both signed it. Nothing is believed of any other.
    """
    held = [notes.parse_key(line) for line in pinned]
    left = [note for one in written.split(BETWEEN) if one.strip() and (note := _note(one)) is not None]
    moved = True
    while moved:
        moved = False
        for note in left:
            change = read_succession(note)
            own = {key for key in held if change and key.name == change.origin}
            if change and own and own == set(change.old) and _all_signed(note, (*change.old, *change.new)):
                held = [*(key for key in held if key not in own), *change.new]
                left.remove(note)
                moved = True
                break
    return [notes.format_key(key) for key in held]


def read_succession(note: Note) -> Succession | None:
    """Read the text of a change; None where it is something else."""
    first, *lines = note.text.rstrip("\n").split("\n")
    if first != FIRST or not lines:
        return None
    try:
        keys = [(line[:4], notes.parse_key(line[4:])) for line in lines[1:]]
    except NotANote:
        return None
    old = tuple(key for kind, key in keys if kind == "old ")
    new = tuple(key for kind, key in keys if kind == "new ")
    right = old and new and len(old) + len(new) == len(keys) and {key.name for _, key in keys} == {lines[0]}
    return Succession(lines[0], old, new) if right else None


def joined(found: Iterable[str]) -> str:
    """Write several notes one after another."""
    return BETWEEN.join(found)


def _written(name: str, old: SealKeys, new: SealKeys) -> str:
    told = [FIRST, name]
    told += [f"old {notes.format_key(_verifier(name, key))}" for key in old.keys]
    told += [f"new {notes.format_key(_verifier(name, key))}" for key in new.keys]
    text = "\n".join(told) + "\n"
    signatures = (
        Signature(name, _verifier(name, key).key_id, key.sign(text.encode()))
        for key in (*old.keys, *new.keys)
    )
    return notes.format_note(Note(text, tuple(signatures)))


def _verifier(name: str, key: PrivateKey) -> VerifierKey:
    return VerifierKey(name, KINDS[key.suite], key.public.raw)


def _all_signed(note: Note, keys: Sequence[VerifierKey]) -> bool:
    return all(_signed(note, key) for key in keys)


def _signed(note: Note, key: VerifierKey) -> bool:
    found = notes.signature_of(note, key)
    try:
        return found is not None and verifying(key).verify(found.value, note.text.encode())
    except Malformed:
        return False


def _note(written: str) -> Note | None:
    try:
        return notes.parse_note(written.strip("\n") + "\n")
    except NotANote:
        return None
