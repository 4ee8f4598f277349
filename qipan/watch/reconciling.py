"""Holding our records of calls against a peer's, window by window; only where digests differ, minute by minute and call by call.

Note [A peer that lies]
All that a peer says is held for what it says, never for what it is: sizes are limited before anything is read, shapes are checked, and
what it asks costs no more than it may. A peer can hide nothing by not answering, which is a finding itself, nor flood the auditor, as
there is one finding for a grant and ten minutes, with a few calls as examples. What of its windows cannot be compared within a
run's limits is found as such, and the next window is taken.

Note [Sent again]
A delivery that was lost on its way is sent again, and each sending is on record at its provider under the same exchange hash; its receiver
has the one that came. So a delivery that one side alone has of a minute is no gap where we have it of another minute, as what it says
is compared there.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any, NamedTuple
from uuid import UUID

from qipan.core import twins
from qipan.core.twins import BEGINNING, WINDOW, Gap, Line, Part
from qipan.exchange.queries import HeldGrant
from qipan.watch import queries
from qipan.watch.kinds import Kind
from qipan.watch.operations.raising import NewFinding
from qipan.watch.queries import WindowRow

Answer = Mapping[str, Any]
Ask = Callable[[dict[str, object]], Answer]
MOST_WINDOWS = 1008  # of one answer: a week
MOST_PARTS, MOST_LINES = 2000, 2000  # of one answer
MOST_ASKED = 100  # questions to a peer in one run
MOST_DIFFERENT = 50  # windows that are taken apart in one run
EXAMPLES = 20
HEX, DIGEST, TOLD = re.compile("[0-9a-f]*"), 64, 32
LONGEST = 60  # characters of an outcome
HUGE = 1 << 31
SILENT = timedelta(hours=24)
ONE_SIDED = frozenset({Gap.ONLY_HERE, Gap.ONLY_THERE})
END = datetime(3000, 1, 1, tzinfo=UTC)


class NotAnAnswer(Exception):
    """What a peer says of its records cannot be used."""


class Compared(NamedTuple):
    """What came of a run with a peer: up to when, how many calls met, and what did not."""

    until: datetime
    met: int
    found: tuple[NewFinding, ...]


class Link(NamedTuple):
    """Our node, a peer, and the grants that we know, by number."""

    node: str
    peer: str
    grants: Mapping[str, HeldGrant]

    def asks(self, grant: str) -> bool:
        """Whether it is we who ask under a grant."""
        held = self.grants.get(grant)
        return held is not None and held.grant.consumer.node == self.node


class _Budget:
    """Asks a peer, and not too often."""

    def __init__(self, ask: Ask) -> None:
        self._ask, self.left = ask, MOST_ASKED

    def ask(self, what: str, **more: object) -> Answer:
        """Ask; raises NotAnAnswer, also where too much was asked."""
        if self.left <= 0:
            raise NotAnAnswer
        self.left -= 1
        found = self._ask({"what": what, **more})
        if not isinstance(found, dict):
            raise NotAnAnswer
        return found


def compare(link: Link, ask: Ask, since: datetime, closed: datetime) -> Compared:
    """Compare with a peer from a moment on; ``closed`` is up to when our own windows are kept. Raises NotAnAnswer, and what ask raises."""
    budget = _Budget(ask)
    until = min(closed, since + MOST_WINDOWS * WINDOW)
    if until <= since:
        return Compared(since, 0, ())
    answer = budget.ask("windows", since=_written(since), until=_written(until))
    until = min(until, _moment(answer.get("closed")))
    if until <= since:
        return Compared(since, 0, ())
    theirs = {
        one.begins: one
        for one in map(_window, _list(answer, "windows", MOST_WINDOWS))
        if since <= one.begins < until
    }
    ours = {one.begins: one for one in queries.windows(link.peer, since, until, MOST_WINDOWS)}
    differ = sorted(one for one in ours.keys() | theirs.keys() if ours.get(one) != theirs.get(one))
    if len(differ) > MOST_DIFFERENT:
        until, differ = differ[MOST_DIFFERENT], differ[:MOST_DIFFERENT]
    met = sum(one.calls for begins, one in ours.items() if begins < until and begins not in differ)
    found: list[NewFinding] = []
    for begins in differ:
        found += _taken_apart(link, budget, begins)
    return Compared(until, met, tuple(found))


def answer_to(peer: str, asked: Mapping[str, object]) -> dict[str, object]:
    """Answer what a peer asks about its own calls with us; raises NotAnAnswer for what is no question."""
    match asked:
        case {"what": "windows", "since": str() as since, "until": str() as until, **rest} if not rest:
            first, last = _moment(since), _moment(until)
            closed = queries.closed_until() or BEGINNING
            found = queries.windows(peer, first, min(last, first + MOST_WINDOWS * WINDOW), MOST_WINDOWS)
            told = [[_written(one.begins), one.calls, one.digest] for one in found if one.begins < closed]
            return {"closed": _written(closed), "windows": told}
        case {
            "what": "minutes",
            "window": str() as window,
            "after": [str() as grant, str() as minute],
            **rest,
        } if not rest:
            parts = queries.parts(
                peer, _moment(window), (grant and str(_uuid(grant)), _moment(minute)), MOST_PARTS
            )
            return {"minutes": [[one.grant, _written(one.minute), one.calls, one.digest] for one in parts]}
        case {
            "what": "calls",
            "grant": str() as grant,
            "minute": str() as minute,
            "after": str() as after,
            **rest,
        } if not rest:
            if after and not _is_hex(after, DIGEST):
                raise NotAnAnswer
            lines = queries.lines(peer, _uuid(grant), _moment(minute), after, MOST_LINES)
            return {"calls": [[*one] for one in lines]}
    raise NotAnAnswer


def silence(peer: str, since: datetime, at: datetime) -> list[NewFinding]:
    """What to make of a peer that has not answered since a moment."""
    if at - since < SILENT:
        return []
    return [NewFinding(Kind.SILENT, f"node:{peer}", since, at, 5.0, {"peer": peer})]


def _taken_apart(link: Link, budget: _Budget, begins: datetime) -> Iterator[NewFinding]:
    try:
        differ = twins.parts_that_differ(_our_parts(link.peer, begins), _their_parts(budget, begins))
        for grant, pairs in groupby(differ, key=lambda one: one[0]):
            gaps = [(minute, one) for _, minute in pairs for one in _gaps(link, grant, minute, budget)]
            finding = _finding(link, grant, begins, gaps)
            if finding:
                yield finding
    except NotAnAnswer:
        facts: dict[str, object] = {"peer": link.peer, "too_much": True, "gaps": {}, "examples": []}
        yield NewFinding(Kind.ONE_SIDED, f"node:{link.peer}", begins, begins + WINDOW, 10.0, facts)


def _our_parts(peer: str, begins: datetime) -> list[Part]:
    found: list[Part] = []
    after = ("", BEGINNING)
    while page := queries.parts(peer, begins, after, MOST_PARTS):
        found += page
        after = (page[-1].grant, page[-1].minute)
    return found


def _their_parts(budget: _Budget, begins: datetime) -> list[Part]:
    found: list[Part] = []
    after = ("", BEGINNING)
    while True:
        answer = budget.ask("minutes", window=_written(begins), after=[after[0], _written(after[1])])
        page = [_part(one, begins) for one in _list(answer, "minutes", MOST_PARTS)]
        keys = [after, *((one.grant, one.minute) for one in page)]
        if any(later <= before for before, later in pairwise(keys)):
            raise NotAnAnswer
        if not page:
            return found
        found += page
        after = keys[-1]


def _gaps(link: Link, grant: str, minute: datetime, budget: _Budget) -> list[twins.Difference]:
    theirs: list[Line] = []
    after = ""
    while True:
        answer = budget.ask("calls", grant=grant, minute=_written(minute), after=after)
        page = [_line(one) for one in _list(answer, "calls", MOST_LINES)]
        if any(one.exchange <= after for one in page):
            raise NotAnAnswer
        theirs += page
        if len(page) < MOST_LINES:
            break
        after = max(one.exchange for one in page)
    found = twins.differences(_our_lines(link.peer, grant, minute), theirs, consumer=link.asks(grant))
    alone = [one.exchange for one in found if one.gap in ONE_SIDED]
    again = queries.passed_another_time(link.peer, _uuid(grant), minute, alone)
    return [one for one in found if one.exchange not in again]


def _our_lines(peer: str, grant: str, minute: datetime) -> list[Line]:
    found: list[Line] = []
    after = ""
    while page := queries.lines(peer, _uuid(grant), minute, after, MOST_LINES):
        found += page
        after = page[-1].exchange
    return found


def _finding(
    link: Link, grant: str, begins: datetime, gaps: Sequence[tuple[datetime, twins.Difference]]
) -> NewFinding | None:
    """One finding for a grant and ten minutes; none where only answers were lost, as both put that on record."""
    counts = Counter(one.gap for _, one in gaps)
    if not gaps or set(counts) == {Gap.ANSWER_LOST}:
        return None
    held = link.grants.get(grant)
    shown = [(minute, one) for minute, one in gaps if one.gap is not Gap.ANSWER_LOST][:EXAMPLES]
    ours = queries.entries_of([one.exchange for _, one in shown])
    facts: dict[str, object] = {
        "peer": link.peer,
        "grant": grant if held else "",
        "resource": held.grant.resource if held else "",
        "gaps": {str(gap): count for gap, count in sorted(counts.items())},
        "examples": [
            {
                "exchange": one.exchange,
                "gap": str(one.gap),
                "minute": _written(minute),
                "entry": ours.get(one.exchange),
            }
            for minute, one in shown
        ],
    }
    agency = held.grant.consumer.agency if held else ""
    subject = f"grant:{grant}" if held else f"node:{link.peer}"
    return NewFinding(
        Kind.ONE_SIDED, subject, begins, begins + WINDOW, 10.0 + sum(counts.values()), facts, agency=agency
    )


# --- What a peer says


def _list(answer: Answer, name: str, most: int) -> list[Any]:
    found = answer.get(name)
    if not isinstance(found, list) or len(found) > most:
        raise NotAnAnswer
    return found


def _window(said: object) -> WindowRow:
    match said:
        case [str() as begins, int() as calls, str() as digest] if 0 < calls < HUGE and _is_hex(
            digest, DIGEST
        ):
            at = _moment(begins)
            if twins.window_of(at) == at:
                return WindowRow(at, calls, digest)
    raise NotAnAnswer


def _part(said: object, begins: datetime) -> Part:
    match said:
        case [str() as grant, str() as minute, int() as calls, str() as digest] if (
            0 < calls < HUGE and _is_hex(digest, DIGEST)
        ):
            at = _moment(minute)
            if begins <= at < begins + WINDOW and str(_uuid(grant)) == grant:
                return Part(grant, at, calls, digest)
    raise NotAnAnswer


def _line(said: object) -> Line:
    match said:
        case [str() as exchange, str() as outcome, int() as rows, str() as told] if (
            _is_hex(exchange, DIGEST) and len(outcome) <= LONGEST and 0 <= rows < HUGE and _is_hex(told, TOLD)
        ):
            return Line(exchange, outcome, rows, told)
    raise NotAnAnswer


def _is_hex(said: str, length: int) -> bool:
    return len(said) == length and HEX.fullmatch(said) is not None


def _uuid(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise NotAnAnswer from None


def _moment(said: object) -> datetime:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        raise NotAnAnswer from None
    if found.tzinfo is None or not BEGINNING <= found < END:
        raise NotAnAnswer
    return found


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
