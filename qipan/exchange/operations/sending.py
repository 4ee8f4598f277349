"""Sending by itself: a stream is opened, deliveries are sealed into its queue, put on record, sent, and struck off once they were taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.core.deliveries import begun
from qipan.core.elements import Value
from qipan.core.grants import Grant, Mode
from qipan.exchange.operations.recording import PASSED, Passing, record_passing
from qipan.exchange.streams import FAILED, RECONCILED, STOPPED, Stream
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

OPEN = """
INSERT INTO exchange_outgoing (id, "grant", mode, peer, resource, official, "case", state, code, queued, position, rows, digest,
  finished, began_at, moved_at)
VALUES (%(id)s, %(grant)s, %(mode)s, %(peer)s, %(resource)s, %(official)s, %(case)s, 'running', '', 0, 0, 0, %(digest)s, false,
  %(at)s, %(at)s)
ON CONFLICT (id) DO NOTHING
"""
LOCK = "SELECT queued FROM exchange_outgoing WHERE id = %(stream)s AND state = 'running' AND queued = %(queued)s FOR UPDATE"
QUEUE = """
INSERT INTO exchange_queue (stream, position, kind, body, rows, recorded)
VALUES (%(stream)s, %(position)s, %(kind)s, %(body)s, %(rows)s, false)
"""
MOVE = """
UPDATE exchange_outgoing SET queued = %(queued)s, rows = rows + %(rows)s, digest = %(digest)s, cursor = %(cursor)s,
  finished = %(finished)s, moved_at = %(at)s
WHERE id = %(stream)s
"""
SENT = """
INSERT INTO exchange_sent_rows (stream, key, digest, at)
SELECT %(stream)s, key, digest, %(at)s FROM unnest(%(keys)s::uuid[], %(digests)s::uuid[]) AS one (key, digest)
ON CONFLICT (stream, key) DO UPDATE SET digest = excluded.digest, at = excluded.at
"""
SEEN = """
INSERT INTO exchange_seen_rows (stream, key) SELECT %(stream)s, unnest(%(keys)s::uuid[]) ON CONFLICT DO NOTHING
"""
UNSEE = "DELETE FROM exchange_seen_rows WHERE stream = %s"
UNSEND = "DELETE FROM exchange_sent_rows WHERE stream = %(stream)s AND key = ANY(%(keys)s::uuid[])"
UNSEND_ALL = "DELETE FROM exchange_sent_rows WHERE stream = %s"
RECORDED = "UPDATE exchange_queue SET recorded = true WHERE stream = %(stream)s AND position = %(position)s"
TAKEN = "UPDATE exchange_outgoing SET position = %(position)s, moved_at = %(at)s WHERE id = %(stream)s"
STRIKE = "DELETE FROM exchange_queue WHERE stream = %(stream)s AND position <= %(position)s"
EMPTY = "DELETE FROM exchange_queue WHERE stream = %s"
REALIGN = "UPDATE exchange_outgoing SET queued = %(position)s, position = %(position)s, moved_at = %(at)s WHERE id = %(stream)s"
END = "UPDATE exchange_outgoing SET state = %(state)s, code = %(code)s, moved_at = %(at)s WHERE id = %(stream)s AND state = 'running'"


class Sealed(NamedTuple):
    """A delivery's body as it will travel, for its place."""

    position: int
    kind: str
    body: bytes
    rows: int


class _Queued(NamedTuple):
    queued: int


def open_stream(
    *,
    id: str,  # noqa: A002 -- see queries
    grant: Grant,
    mode: Mode,
    official: str,
    case: str,
    at: datetime,
) -> bool:
    """Begin to send under a grant; the same again changes nothing. Whether it began now."""
    told = {"grant": grant.id, "mode": str(mode), "peer": grant.consumer.node, "resource": grant.resource}
    row = {**told, "id": id, "official": official, "case": case, "digest": begun(id), "at": at}
    if not records.execute(OPEN, row):
        return False
    ledger.append([SYSTEM.entry("open_stream", f"stream:{id}", **told, official=official, case=case)], at)
    return True


def queue_deliveries(
    *,
    stream: Stream,
    deliveries: Sequence[Sealed],
    at: datetime,
    digest: bytes | None = None,
    cursor: Sequence[Value] | None = None,
    finished: bool = False,
) -> bool:
    """Put deliveries after the last one of a stream; False where it ended, or somebody else put others there meanwhile."""
    told = {"stream": stream.id, "queued": stream.queued}
    if records.first(_Queued, LOCK, told) is None:
        return False
    for one in deliveries:
        records.execute(QUEUE, {"stream": stream.id, **one._asdict()})
    moved = {
        "stream": stream.id,
        "queued": stream.queued + len(deliveries),
        "rows": sum(one.rows for one in deliveries),
        "digest": stream.digest if digest is None else digest,
        "cursor": None if cursor is None else records.jsonb(list(cursor)),
        "finished": finished,
        "at": at,
    }
    records.execute(MOVE, moved)
    return True


def remember_sent(*, stream: str, digests: Mapping[str, str], gone: Sequence[str], at: datetime) -> None:
    """Note how rows were sent, and which are no more."""
    if digests:
        told = {"stream": stream, "keys": [*digests], "digests": [*digests.values()], "at": at}
        records.execute(SENT, told)
    if gone:
        records.execute(UNSEND, {"stream": stream, "keys": list(gone)})


def begin_reading(*, stream: str) -> None:
    """Forget what the reading before met."""
    records.execute(UNSEE, [stream])


def note_seen(*, stream: str, keys: Sequence[str]) -> None:
    """Note the keys that a reading met."""
    records.execute(SEEN, {"stream": stream, "keys": list(keys)})


def record_provision(*, stream: str, position: int, passing: Passing, at: datetime) -> str:
    """Put a delivery on record before it is sent; its outcome, ``ok`` or why it must not be sent."""
    (settled,) = record_passing(passings=[passing], at=at)
    if settled.outcome in PASSED:
        records.execute(RECORDED, {"stream": stream, "position": position})
    return settled.outcome


def note_taken(*, stream: str, position: int, at: datetime) -> None:
    """Strike off what the receiver has taken."""
    records.execute(STRIKE, {"stream": stream, "position": position})
    records.execute(TAKEN, {"stream": stream, "position": position, "at": at})


def realign(*, stream: str, position: int, at: datetime) -> None:
    """Begin a subscription anew after the receiver's position, as one of the two has lost what it knew."""
    records.execute(EMPTY, [stream])
    records.execute(UNSEND_ALL, [stream])
    records.execute(REALIGN, {"stream": stream, "position": position, "at": at})
    ledger.append([SYSTEM.entry("realign_stream", f"stream:{stream}", position=position)], at)


def end_stream(*, stream: str, code: str, at: datetime, failed: bool = False) -> None:
    """Send nothing more, and keep nothing that was to be sent."""
    state = FAILED if failed else STOPPED
    if records.execute(END, {"stream": stream, "state": state, "code": code, "at": at}):
        records.execute(EMPTY, [stream])
        records.execute(UNSEND_ALL, [stream])
        records.execute(UNSEE, [stream])
        ledger.append([SYSTEM.entry("end_stream", f"stream:{stream}", code=code)], at)


def reconcile_outgoing(
    *, stream: str, exchange: str, told: Mapping[str, object], agrees: bool, at: datetime
) -> None:
    """Put on record what both ends counted of a batch, and close it."""
    details = {**told, "batch": stream, "agrees": agrees, "side": "provider"}
    ledger.append([SYSTEM.entry("reconcile_batch", f"exchange:{exchange}", **details)], at)
    state = RECONCILED if agrees else FAILED
    code = "" if agrees else "batch-disagrees"
    records.execute(END, {"stream": stream, "state": state, "code": code, "at": at})
