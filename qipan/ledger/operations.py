"""Appending to the trail: in the transaction of the act, or not at all (law 3)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from qipan import records
from qipan.ledger.entries import SALT_BYTES, NewEntry, leaf_hash

APPEND = """
INSERT INTO entries (at, act, actor_kind, actor, on_behalf_of, subject, details, salt, leaf_hash)
SELECT %s, act, actor_kind, actor, on_behalf_of, subject, details::jsonb, salt, leaf_hash
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bytea[], %s::bytea[])
  WITH ORDINALITY AS new (act, actor_kind, actor, on_behalf_of, subject, details, salt, leaf_hash, position)
ORDER BY position
"""

Columns = tuple[list[object], ...]
__all__ = ["APPEND", "Columns", "NewEntry", "NoTransaction", "append", "columns"]


class NoTransaction(Exception):
    """An act and its trace commit together: open a transaction around both."""


def append(entries: Sequence[NewEntry], at: datetime) -> None:
    """Append entries in one statement, in the caller's transaction; raises NoTransaction outside one."""
    if not records.in_transaction():
        raise NoTransaction
    if entries:
        records.execute(APPEND, [at, *columns(entries, at)])


def columns(entries: Sequence[NewEntry], at: datetime) -> Columns:
    """Turn entries into the arrays that ``APPEND`` (or a statement with its own insert) takes."""
    salts = [secrets.token_bytes(SALT_BYTES) for _ in entries]
    leaves = [leaf_hash(entry, at, salt) for entry, salt in zip(entries, salts, strict=True)]
    words = [list(column) for column in zip(*entries, strict=True)]
    details = [records.json_text(each) for each in words.pop()]
    return (*words, details, salts, leaves)
