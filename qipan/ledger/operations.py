"""Appending to the trail: in the transaction of the act, or not at all (law 3)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from qipan import records
from qipan.ledger.entries import SALT_BYTES, NewEntry, leaf_hash

FROM_DOCUMENT = """
FROM {created} jsonb_to_recordset(%(entries)s::jsonb) AS entry (position integer, act text, actor_kind text, actor bigint,
  on_behalf_of bigint, subject text, details jsonb, salt text, leaf_hash text)
"""
INSERT_ENTRIES = f"""
INSERT INTO entries (at, act, actor_kind, actor, on_behalf_of, subject, details, salt, leaf_hash)
SELECT %(at)s, act, actor_kind, actor, on_behalf_of, subject, details, decode(salt, 'hex'), decode(leaf_hash, 'hex')
{FROM_DOCUMENT} ORDER BY position
"""
"""Inserts the entries of a ``document``; a statement with an act of its own puts what that gives in ``created``."""


class NoTransaction(Exception):
    """An act and its trace commit together: open a transaction around both."""


def append(entries: Sequence[NewEntry], at: datetime) -> None:
    """Append entries in one statement, in the caller's transaction; raises NoTransaction outside one."""
    if not records.in_transaction():
        raise NoTransaction
    if entries:
        statement = INSERT_ENTRIES.format(created="")
        records.execute(statement, {"at": at, "entries": document(entries, at)})


def document(entries: Sequence[NewEntry], at: datetime) -> str:
    """Write entries, each with its salt and leaf, as the JSON that ``INSERT_ENTRIES`` takes."""
    return records.json_text([_row(position, entry, at) for position, entry in enumerate(entries)])


def _row(position: int, entry: NewEntry, at: datetime) -> dict[str, object]:
    salt = secrets.token_bytes(SALT_BYTES)
    leaf = leaf_hash(entry, at, salt)
    return {**entry._asdict(), "position": position, "salt": salt.hex(), "leaf_hash": leaf.hex()}
