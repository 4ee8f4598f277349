"""Appending to the trail: in the transaction of the act, or not at all (law 3)."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from qipan import records
from qipan.core import notes
from qipan.core.notes import VerifierKey
from qipan.ledger import queries
from qipan.ledger.entries import SALT_BYTES, NewEntry, commitment_to, leaf_of
from qipan.ledger.seal_keys import verifying

FROM_DOCUMENT = """
FROM {created} jsonb_to_recordset(%(entries)s::jsonb) AS entry (position integer, act text, actor_kind text, actor bigint,
  on_behalf_of bigint, subject text, details jsonb, salt text, commitment text, leaf_hash text)
"""
INSERT_ENTRIES = f"""
INSERT INTO entries (at, act, actor_kind, actor, on_behalf_of, subject, details, salt, commitment, leaf_hash)
SELECT %(at)s, act, actor_kind, actor, on_behalf_of, subject, details, decode(salt, 'hex'), decode(commitment, 'hex'),
  decode(leaf_hash, 'hex')
{FROM_DOCUMENT} ORDER BY position
"""
"""Inserts the entries of a ``document``; a statement with an act of its own puts what that gives in ``created``."""
APPEND = INSERT_ENTRIES.format(created="")


KEEP_COSIGNATURE = """
INSERT INTO trail_cosignatures (size, function, witness, line, at)
VALUES (%(size)s, %(function)s, %(witness)s, %(line)s, %(at)s)
ON CONFLICT (size, function, witness) DO NOTHING
"""
SKEW = timedelta(minutes=5)  # how far a witness's clock may be ahead
FAR = 253_402_300_799  # the last second of the year 9999
ERASE = "erase_details"


class NoTransaction(Exception):
    """An act and its trace commit together: open a transaction around both."""


def append(entries: Sequence[NewEntry], at: datetime) -> None:
    """Append entries in one statement, in the caller's transaction; raises NoTransaction outside one."""
    if not records.in_transaction():
        raise NoTransaction
    if entries:
        records.execute_prepared(APPEND, {"at": at, "entries": document(entries, at)})


def document(entries: Sequence[NewEntry], at: datetime) -> str:
    """Write entries, each with its salt and leaf, as the JSON that ``INSERT_ENTRIES`` takes."""
    return records.json_text([_row(position, entry, at) for position, entry in enumerate(entries)])


def _row(position: int, entry: NewEntry, at: datetime) -> dict[str, object]:
    salt = secrets.token_bytes(SALT_BYTES)
    commitment = commitment_to(entry.details, salt)
    return {
        **entry._asdict(),
        "position": position,
        "salt": salt.hex(),
        "commitment": commitment.hex(),
        "leaf_hash": leaf_of(entry, at, commitment).hex(),
    }


class UnableToErase(Exception):
    """One of these entries is not there, or its details were erased before."""


def erase_details(
    *, entries: Sequence[int], actor_kind: str, actor: int | None, reason: str, at: datetime
) -> None:
    """Erase the details and salts of entries for good, in the caller's transaction; raises NoTransaction and UnableToErase.

    Each erasure is an entry itself: without it, the table's trigger refuses. See Note [Erasable leaves].
    """
    told = {"reason": reason}
    append([NewEntry(ERASE, actor_kind, actor, None, f"entry:{one}", told) for one in entries], at)
    if records.number("SELECT qipan_erase(%s)", [list(entries)]) != len(set(entries)):
        raise UnableToErase


def thin_heads(most: int = 100_000) -> int:
    """Let go of heads older than thirty days of which a later one of the same hour stays, and that no witness signed; give how many.

    Looks at the oldest ``most`` of them; the table's trigger permits no other.
    """
    return records.number("SELECT qipan_thin_heads(%s)", [most])


class UnableToCosign(Exception):
    """This is no cosignature of a witness known here under a checkpoint of this trail."""


def accept_cosignature(
    *, function: str, size: int, line: str, witnesses: Sequence[VerifierKey], at: datetime
) -> None:
    """Keep a witness's signature line under the checkpoint of that size; once kept, it is not kept again. Raises UnableToCosign."""
    head = queries.head_of_size(function, size)
    if head is None:
        raise UnableToCosign
    try:
        signature = notes.parse_signature(line.rstrip("\n"))
    except notes.NotANote:
        raise UnableToCosign from None
    text = notes.parse_note(head.note).text
    key = next(
        (one for one in witnesses if (one.name, one.key_id) == (signature.name, signature.key_id)), None
    )
    time, value = notes.split_cosignature(signature.value)
    late = datetime.fromtimestamp(min(time, FAR), UTC) > at + SKEW
    if key is None or key.kind != notes.COSIGNATURE or late:
        raise UnableToCosign
    if not verifying(key).verify(value, notes.cosigned_message(text, time)):
        raise UnableToCosign
    kept = {"size": size, "function": function, "witness": key.name, "at": at}
    records.execute(KEEP_COSIGNATURE, {**kept, "line": notes.format_signature(signature)})
