"""Twin records of calls: what two nodes put on record about the same calls, held against each other.

A call has the same exchange hash at both ends. That data passed must stand at both, with the same words; a refusal may stand at one
alone, as who was not recognised, or asked without an open case, left nothing with the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

PASSED = frozenset({"ok", "none"})
WINDOW = timedelta(minutes=10)  # of which each side keeps one digest for each peer
MINUTE = timedelta(minutes=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Line(NamedTuple):
    """One side's record of a call; ``told`` is a digest of grant, resource, fields, purpose, basis, case and official."""

    exchange: str
    outcome: str
    rows: int
    told: str


class Part(NamedTuple):
    """A minute of calls under one grant: how many passed, and the digest of their lines."""

    grant: str
    minute: datetime
    calls: int
    digest: str


class Gap(StrEnum):
    """How two records of a call differ."""

    ONLY_HERE = "only-here"  # it passed here, and the peer has no record of it
    ONLY_THERE = "only-there"  # it passed there, and we have none
    ANSWER_LOST = "answer-lost"  # the provider let it pass, and the consumer got no answer that it could use
    CONTRADICTION = "contradiction"  # both say something else of the same call


class Difference(NamedTuple):
    """A call on which two nodes do not agree."""

    exchange: str
    gap: Gap


def window_of(at: datetime) -> datetime:
    """When the window of a moment begins."""
    return BEGINNING + (at - BEGINNING) // WINDOW * WINDOW


def parts_that_differ(ours: Iterable[Part], theirs: Iterable[Part]) -> list[tuple[str, datetime]]:
    """List the grants and minutes whose digests are not the same at both, in order."""
    here = {(one.grant, one.minute): (one.calls, one.digest) for one in ours}
    there = {(one.grant, one.minute): (one.calls, one.digest) for one in theirs}
    return sorted(key for key in here.keys() | there.keys() if here.get(key) != there.get(key))


def differences(ours: Sequence[Line], theirs: Sequence[Line], *, consumer: bool) -> list[Difference]:
    """List the calls on which both do not agree, by exchange; ``consumer`` says whether we asked."""
    here, there = _by_exchange(ours), _by_exchange(theirs)
    found = []
    for exchange in sorted(here.keys() | there.keys()):
        gap = _gap(here.get(exchange), there.get(exchange), consumer=consumer)
        if gap:
            found.append(Difference(exchange, gap))
    return found


def _by_exchange(lines: Iterable[Line]) -> Mapping[str, Line]:
    """One line of each call: that it passed counts, whatever a replay of it left beside."""
    found: dict[str, Line] = {}
    for one in lines:
        before = found.get(one.exchange)
        if before is None or (before.outcome not in PASSED and one.outcome in PASSED):
            found[one.exchange] = one
    return found


def _gap(ours: Line | None, theirs: Line | None, *, consumer: bool) -> Gap | None:
    here, there = _passed(ours), _passed(theirs)
    if not here and not there:
        return None
    if theirs is None:
        return Gap.ONLY_HERE
    if ours is None:
        return Gap.ONLY_THERE
    if here and there:
        return None if ours == theirs else Gap.CONTRADICTION
    provided = there if consumer else here
    return Gap.ANSWER_LOST if provided else Gap.CONTRADICTION


def _passed(line: Line | None) -> bool:
    return line is not None and line.outcome in PASSED
