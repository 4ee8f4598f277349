"""Copies of the trail, or of a range of it, that can be checked by themselves: docs/handbook/trail.md has the format."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from qipan.core.merkle import Span
from qipan.ledger import proofs, queries
from qipan.ledger.functions import FUNCTIONS
from qipan.ledger.queries import HeadTime, Stored
from qipan.ledger.receipts import NotSealed, as_written

FORMAT = "qipan-copy/1"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def copy(start: int, end: int | None) -> Iterator[dict[str, Any]]:
    """Write the leaves from ``start`` up to, without, ``end`` (to the newest head, where None): a first line, then one for each.

    Raises NotSealed where the tree does not reach that far. A whole copy ends with what stands among sealed entries, and should not.
    """
    heads = {function: queries.newest_head(function) for function in FUNCTIONS}
    size = min((head.size for head in heads.values() if head), default=0)
    last = size if end is None else end
    if not 0 <= start <= last <= size or not size:
        raise NotSealed
    yield {
        "format": FORMAT,
        "from": start,
        "to": last,
        "checkpoints": {function: head.note for function, head in heads.items() if head},
        "left": _subtrees(Span(0, start)),
        "right": _subtrees(Span(last, size)),
    }
    yield from _leaves(start, last)
    if (start, last) == (0, size):
        for entry in queries.slipped_in():
            yield {"leaf": None, **as_written(entry)}


def _subtrees(span: Span) -> dict[str, list[str]]:
    return {function: [one.hex() for one in proofs.subtrees(function, span)] for function in FUNCTIONS}


def _leaves(start: int, end: int) -> Iterator[dict[str, Any]]:
    times = iter(queries.head_times(start, end))
    after, head = BEGINNING, next(times, None)
    told: HeadTime | None = None
    for stored in queries.stored(start, end):
        while head is not None and head.size <= stored.leaf:
            after, head = head.at, next(times, None)
        if head is not None and head != told:
            told = head
            yield {"sealed": _written(head.at), "after": _written(after)}
        yield _line(stored)


def _line(stored: Stored) -> dict[str, Any]:
    found = {} if stored.entry is None else as_written(stored.entry)
    return {"leaf": stored.leaf, "id": stored.id, **found, "digests": stored.digests.hex()}


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
