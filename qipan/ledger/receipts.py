"""What a person takes away: an entry, its leaf, and the proof that it stands in the signed tree; docs/handbook/trail.md has the format."""

from datetime import UTC
from typing import Any

from qipan.ledger import proofs, queries
from qipan.ledger.functions import FUNCTIONS
from qipan.ledger.queries import Entry

FORMAT = "qipan-receipt/1"


class NotSealed(Exception):
    """There is no such entry, or it is not sealed yet: that takes less than a second."""


def receipt(entry: int) -> dict[str, Any]:
    """Write the receipt of an entry, for whoever may read the entry; raises NotSealed."""
    found = queries.sealed_entry(entry)
    if found is None:
        raise NotSealed
    trees = {function: _tree(function, found.leaf) for function in FUNCTIONS}
    return {"format": FORMAT, "leaf": found.leaf, "entry": as_written(found.entry), "trees": trees}


def as_written(entry: Entry) -> dict[str, Any]:
    """An entry in the form of receipts and copies; without details and salt where they were erased."""
    erased = not entry.salt
    whole = {**entry._asdict(), "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}
    return {**whole, "details": None, "salt": None} if erased else whole


def _tree(function: str, leaf: int) -> dict[str, Any]:
    head = queries.head_for_leaf(function, leaf)
    if head is None:
        raise NotSealed
    path = proofs.inclusion(function, leaf, head.size)
    return {"path": [one.hex() for one in path], "checkpoint": head.note}
