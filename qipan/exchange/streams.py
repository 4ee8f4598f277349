"""Reading what is sent by itself: streams to other nodes and from them, what waits, what was received."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.core.elements import Value

RUNNING, RECONCILED, FAILED, STOPPED = "running", "reconciled", "failed", "stopped"
OUTGOING = """
SELECT id::text, "grant"::text, mode, peer, resource, official, "case", state, code, queued, position, rows, digest, cursor, finished,
  began_at
FROM exchange_outgoing
"""
INCOMING = """
SELECT id::text, "grant"::text, mode, peer, resource, state, position, rows, digest, began_at, moved_at FROM exchange_incoming
"""
NEXT = """
SELECT stream::text, position, kind, body, rows, recorded FROM exchange_queue
WHERE stream = %(stream)s AND position > %(position)s ORDER BY position LIMIT 1
"""
DIFFERENT = """
SELECT one.key::text FROM unnest(%(keys)s::uuid[], %(digests)s::uuid[]) AS one (key, digest)
LEFT JOIN exchange_sent_rows s ON s.stream = %(stream)s AND s.key = one.key
WHERE s.key IS NULL OR s.digest <> one.digest OR s.at < %(renew)s
"""
GONE = """
SELECT s.key::text FROM exchange_sent_rows s
WHERE s.stream = %(stream)s AND NOT EXISTS (SELECT FROM exchange_seen_rows e WHERE e.stream = s.stream AND e.key = s.key)
LIMIT %(most)s
"""
RECEIVED = """
SELECT r.row, r.at, r.stream::text FROM exchange_incoming i
JOIN exchange_received r ON r.stream = i.id AND r.key = %(key)s::uuid
WHERE i."grant" = %(grant)s AND i.state IN ('running', 'reconciled') AND (i.mode = 'push' OR i.state = 'reconciled')
ORDER BY i.began_at DESC LIMIT 1
"""
READABLE = """
SELECT count(*) FROM exchange_incoming
WHERE "grant" = %s AND state IN ('running', 'reconciled') AND (mode = 'push' OR state = 'reconciled')
"""
IN_STORE = "SELECT count(*) FROM exchange_received WHERE stream = %s"
LEFT = "EXISTS (SELECT FROM exchange_received r WHERE r.stream = exchange_incoming.id)"
MOST_GONE = 2000


class Stream(NamedTuple):
    """A stream to another node; ``queued`` and ``position`` as in its table."""

    id: str
    grant: str
    mode: str
    peer: str
    resource: str
    official: str
    case: str
    state: str
    code: str
    queued: int
    position: int
    rows: int
    digest: bytes
    cursor: Sequence[Value] | None
    finished: bool
    began_at: datetime


class Waiting(NamedTuple):
    """A sealed delivery that its receiver has not taken."""

    stream: str
    position: int
    kind: str
    body: bytes
    rows: int
    recorded: bool


class Arriving(NamedTuple):
    """A stream from another node."""

    id: str
    grant: str
    mode: str
    peer: str
    resource: str
    state: str
    position: int
    rows: int
    digest: bytes
    began_at: datetime
    moved_at: datetime


class ReceivedRow(NamedTuple):
    """A row as it was received, when, and in which stream."""

    row: Mapping[str, Value]
    at: datetime
    stream: str


class _Key(NamedTuple):
    key: str


def outgoing(stream: str) -> Stream | None:
    """Find a stream to another node."""
    return _outgoing(records.rows(Stream, f"{OUTGOING} WHERE id = %s", [stream]))


def running() -> list[Stream]:
    """The streams that go on, the oldest first."""
    found = records.rows(Stream, f"{OUTGOING} WHERE state = %s ORDER BY began_at, id", [RUNNING])
    return [_whole(one) for one in found]


def subscriptions() -> list[Stream]:
    """All subscriptions that ever began here, those that ended among them."""
    found = records.rows(Stream, f"{OUTGOING} WHERE mode = 'push' ORDER BY began_at, id")
    return [_whole(one) for one in found]


def incoming(stream: str) -> Arriving | None:
    """Find a stream from another node."""
    found = records.first(Arriving, f"{INCOMING} WHERE id = %s", [stream])
    return found and found._replace(digest=bytes(found.digest))


def arriving() -> list[Arriving]:
    """All streams from other nodes that go on or left something, the newest first."""
    found = records.rows(
        Arriving, f"{INCOMING} WHERE state <> %s OR {LEFT} ORDER BY began_at DESC", [STOPPED]
    )
    return [one._replace(digest=bytes(one.digest)) for one in found]


def next_waiting(stream: str, position: int) -> Waiting | None:
    """The first delivery after a position."""
    found = records.first(Waiting, NEXT, {"stream": stream, "position": position})
    return found and found._replace(body=bytes(found.body))


def different(stream: str, digests: Mapping[str, str], renew: datetime) -> set[str]:
    """Of these rows' keys those that were not sent so, or not since ``renew``."""
    told = {"stream": stream, "keys": [*digests], "digests": [*digests.values()], "renew": renew}
    return {one.key.replace("-", "") for one in records.rows(_Key, DIFFERENT, told)}


def gone(stream: str) -> list[str]:
    """Keys of rows that were sent and were not seen any more, not all at once."""
    found = records.rows(_Key, GONE, {"stream": stream, "most": MOST_GONE})
    return [one.key.replace("-", "") for one in found]


def received(grant: str, key: str) -> ReceivedRow | None:
    """Find the newest row of this key that was received under a grant; a batch's only once it is reconciled."""
    return records.first(ReceivedRow, RECEIVED, {"grant": grant, "key": key})


def is_readable(grant: str) -> bool:
    """Whether anything was received under a grant that can be read."""
    return records.number(READABLE, [grant]) > 0


def in_store(stream: str) -> int:
    """How many rows of a stream are kept."""
    return records.number(IN_STORE, [stream])


def _outgoing(found: Sequence[Stream]) -> Stream | None:
    return _whole(found[0]) if found else None


def _whole(one: Stream) -> Stream:
    return one._replace(digest=bytes(one.digest))
