"""Taking what another node sends by itself: each delivery once, in order, with its record and its rows in one transaction.

Note [Exactly once]
A sender that hears no answer sends again, so a delivery may come more than once. The row of its stream, locked, says how far it was
taken: what comes next is taken, what came before is answered with that position and changes nothing, what lies beyond a gap is refused.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.core.deliveries import Change, Manifest, begun, chained
from qipan.core.grants import Grant, Mode
from qipan.exchange import streams
from qipan.exchange.operations.recording import PASSED, Passing, record_passing
from qipan.exchange.streams import FAILED, RECONCILED, RUNNING, Arriving
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

OK, AGAIN, GAP, ENDED, OTHER = "ok", "taken-before", "out-of-order", "stream-ended", "other-stream"
DISAGREES = "batch-disagrees"
OPEN = """
INSERT INTO exchange_incoming (id, "grant", mode, peer, resource, state, position, rows, digest, began_at, moved_at)
VALUES (%(id)s, %(grant)s, %(mode)s, %(peer)s, %(resource)s, 'running', 0, 0, %(digest)s, %(at)s, %(at)s)
ON CONFLICT (id) DO NOTHING
"""
LOCK = f"{streams.INCOMING} WHERE id = %s FOR UPDATE"
REMOVE = "DELETE FROM exchange_received WHERE stream = %(stream)s AND key = ANY(%(keys)s::uuid[])"
# Rows of open cases alone are kept as long as one follows them; a case may be over before its rows come.
STORE = """
INSERT INTO exchange_received (stream, key, row, at)
SELECT %(stream)s, (one->>0)::uuid, one->1, %(at)s FROM jsonb_array_elements(%(rows)s::jsonb) AS one
WHERE jsonb_array_length(one) = 2 AND (NOT %(own_cases)s
  OR EXISTS (SELECT FROM exchange_followed f WHERE f."grant" = %(grant)s AND f.key = (one->>0)::uuid))
ON CONFLICT (stream, key) DO UPDATE SET row = excluded.row, at = excluded.at
"""
MOVE = """
UPDATE exchange_incoming SET position = %(position)s, rows = rows + %(rows)s, digest = %(digest)s, moved_at = %(at)s
WHERE id = %(stream)s
"""
CLOSE = """
UPDATE exchange_incoming SET state = %(state)s, manifest = %(manifest)s, position = %(position)s, moved_at = %(at)s
WHERE id = %(stream)s
"""
STOP = "UPDATE exchange_incoming SET state = 'stopped', moved_at = %(at)s WHERE id = %(stream)s AND state <> 'stopped'"
OLD = """
WITH old AS (SELECT stream, key FROM exchange_received WHERE stream = %(stream)s AND at < %(before)s LIMIT %(most)s)
DELETE FROM exchange_received r USING old WHERE r.stream = old.stream AND r.key = old.key
"""
AT_ONCE = 20_000  # rows that are deleted by one transaction


class Delivered(NamedTuple):
    """A delivery that was opened and read; ``plaintext`` is what its digest chains over."""

    stream: str
    position: int
    grant: Grant
    mode: Mode
    plaintext: bytes
    changes: Sequence[Change] = ()


class Took(NamedTuple):
    """What came of a delivery: ``ok``, ``taken-before`` or why not; and how far the stream was taken."""

    outcome: str
    position: int
    rows: int = 0
    digest: str = ""


def take_delivery(*, delivered: Delivered, passing: Passing, at: datetime) -> Took:
    """Take rows, if they are next. See Note [Exactly once]."""
    stream = _locked(delivered, at)
    if refusal := _out_of_place(stream, delivered):
        return _refused(stream, refusal, passing, at)
    (settled,) = record_passing(passings=[passing], at=at)
    if settled.outcome not in PASSED:
        return Took(settled.outcome, stream.position)
    _store(delivered, at)
    digest = chained(stream.digest, delivered.plaintext)
    rows = len(delivered.changes)
    moved = {"stream": stream.id, "position": delivered.position, "rows": rows, "digest": digest, "at": at}
    records.execute(MOVE, moved)
    return Took(OK, delivered.position, stream.rows + rows, digest.hex())


def close_batch(
    *, delivered: Delivered, manifest: Manifest, document: bytes, passing: Passing, at: datetime
) -> Took:
    """Hold a batch against its manifest: what agrees can be read from now on, what does not is thrown away. Both leave an entry."""
    stream = _locked(delivered, at)
    if refusal := _out_of_place(stream, delivered):
        took = _refused(stream, refusal, passing, at)
        return took._replace(rows=stream.rows, digest=stream.digest.hex())
    counted = {"rows": streams.in_store(stream.id), "chunks": stream.position, "digest": stream.digest.hex()}
    agrees = counted == {"rows": manifest.rows, "chunks": manifest.chunks, "digest": manifest.digest}
    (settled,) = record_passing(
        passings=[passing if agrees else passing._replace(outcome=DISAGREES, alarm=True)], at=at
    )
    if settled.outcome not in {*PASSED, DISAGREES}:
        return Took(settled.outcome, stream.position)
    _close(stream, document, passing.exchange, counted, at, agrees=agrees)
    return Took(settled.outcome, delivered.position, int(str(counted["rows"])), stream.digest.hex())


def stop_incoming(*, stream: str, reason: str, at: datetime) -> None:
    """Take nothing more of a stream, and delete what it brought."""
    if records.execute(STOP, {"stream": stream, "at": at}):
        forget_received(stream=stream, before=at, reason=reason, at=at)


def forget_received(*, stream: str, before: datetime, reason: str, at: datetime) -> int:
    """Delete the rows of a stream that were received before a moment, so many at a time; how many."""
    forgotten = records.execute(OLD, {"stream": stream, "before": before, "most": AT_ONCE})
    if forgotten:
        told: Mapping[str, object] = {"rows": forgotten, "reason": reason}
        ledger.append([SYSTEM.entry("forget_received", f"stream:{stream}", **told)], at)
    return forgotten


def _locked(delivered: Delivered, at: datetime) -> Arriving:
    grant = delivered.grant
    row = {"id": delivered.stream, "grant": grant.id, "mode": str(delivered.mode)}
    row |= {"peer": grant.provider.node, "resource": grant.resource}
    records.execute(OPEN, {**row, "digest": begun(delivered.stream), "at": at})
    found = records.first(Arriving, LOCK, [delivered.stream])
    assert found is not None  # noqa: S101 -- it was put there a statement ago, and no row of this table is deleted
    return found._replace(digest=bytes(found.digest))


def _out_of_place(stream: Arriving, delivered: Delivered) -> str:
    if (stream.grant, stream.mode) != (delivered.grant.id, str(delivered.mode)):
        return OTHER
    if stream.peer != delivered.grant.provider.node:
        return OTHER
    if delivered.position <= stream.position:
        return AGAIN
    if stream.state != RUNNING:
        return ENDED
    return GAP if delivered.position != stream.position + 1 else ""


def _refused(stream: Arriving, outcome: str, passing: Passing, at: datetime) -> Took:
    alarm = outcome not in {AGAIN, GAP}
    (settled,) = record_passing(
        passings=[passing._replace(outcome=outcome, rows=0, volume=None, alarm=alarm)], at=at
    )
    return Took(settled.outcome, stream.position)


def _store(delivered: Delivered, at: datetime) -> None:
    if removed := [one.key for one in delivered.changes if one.row is None]:
        records.execute(REMOVE, {"stream": delivered.stream, "keys": removed})
    rows = b"[" + delivered.plaintext[:-1].replace(b"\n", b",") + b"]"
    told = {"stream": delivered.stream, "rows": rows.decode(), "at": at, "grant": delivered.grant.id}
    records.execute(STORE, {**told, "own_cases": delivered.grant.rows.own_cases})


def _close(
    stream: Arriving,
    document: bytes,
    exchange: str,
    counted: Mapping[str, object],
    at: datetime,
    *,
    agrees: bool,
) -> None:
    details = {**counted, "batch": stream.id, "agrees": agrees, "side": "consumer"}
    ledger.append([SYSTEM.entry("reconcile_batch", f"exchange:{exchange}", **details)], at)
    told = {"state": RECONCILED if agrees else FAILED, "manifest": document, "position": stream.position + 1}
    records.execute(CLOSE, {**told, "stream": stream.id, "at": at})
