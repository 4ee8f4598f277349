"""The provider's half that sends: what waits in a stream's queue is put on record, sent, and struck off once its receiver has taken it.

Before the first delivery, and after any that failed, the receiver is asked how far it is, so that nothing it has taken is sent again.
Each sending has a record of its own, of the moment that it is signed with, as its receiver has it when it takes it.
"""

import time
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from qipan.core import deliveries
from qipan.core.deliveries import Header, Kind
from qipan.core.grants import Grant, Mode, Refusal
from qipan.exchange import streams
from qipan.exchange.operations import Passing
from qipan.exchange.operations.sending import (
    end_stream,
    note_taken,
    realign,
    reconcile_outgoing,
    record_provision,
)
from qipan.exchange.queries import HeldGrant
from qipan.exchange.streams import Stream, Waiting
from qipan.faces.gateway import known
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.posting import Going, Heard, Poster
from qipan.faces.gateway.receiving import CONTENT, PATH
from qipan.faces.gateway.refusals import Refused, Trouble

LEAST_PAUSE, MOST_PAUSE = 0.5, 15.0  # seconds after a delivery that failed, doubled each time
VOLUME_PAUSE = 600.0
ENDING = frozenset({Trouble.MANIFEST, Trouble.DISAGREES, Trouble.UNREADABLE, Trouble.EXCESS, Trouble.ENDED})
"""Refusals that end a batch: it can be ordered again, and would fail again as it is."""


class _Pause(NamedTuple):
    until: float
    seconds: float


class Carrying:
    """Sends for the streams of this node; each stream by one thread at a time."""

    def __init__(self, known_: Known, poster: Poster) -> None:
        self._known, self._poster = known_, poster
        self._asked: set[str] = set()
        self._pauses: dict[str, _Pause] = {}

    def carry(self, stream: Stream, grant: Grant) -> None:
        """Send what waits, one after the other, until nothing does or something is refused; raises Refused."""
        if time.monotonic() < self._pauses.get(stream.id, _Pause(0.0, 0.0)).until:
            return
        try:
            position = stream.position
            if stream.id not in self._asked:
                position = self._asked_for_position(stream, grant)
            while waiting := streams.next_waiting(stream.id, position):
                self._check_grant(stream)
                self._send(stream, grant, waiting)
                position = waiting.position
        except Refused as refused:
            self._refused(stream, refused.code)
            raise
        self._pauses.pop(stream.id, None)

    def _asked_for_position(self, stream: Stream, grant: Grant) -> int:
        header = Header(stream.id, Kind.INQUIRY, stream.position, 0)
        inquiry = deliveries.write_delivery(header, b"")
        position = _position(self._post(stream, grant, inquiry, timezone.now()).said)
        self._check_grant(stream)
        with transaction.atomic():
            if stream.position <= position <= stream.queued:
                note_taken(stream=stream.id, position=position, at=timezone.now())
            elif stream.mode == Mode.PUSH:
                realign(stream=stream.id, position=position, at=timezone.now())
            else:
                end_stream(stream=stream.id, code=Trouble.OUT_OF_ORDER, at=timezone.now(), failed=True)
        self._asked.add(stream.id)
        return position

    def _send(self, stream: Stream, grant: Grant, waiting: Waiting) -> None:
        exchange, at = deliveries.exchange_of(waiting.body), timezone.now()
        _record(stream, grant, waiting, exchange, at)
        answer = self._post(stream, grant, waiting.body, at).said
        if _position(answer) < waiting.position:
            raise Refused(Trouble.OUT_OF_ORDER)
        with transaction.atomic():
            note_taken(stream=stream.id, position=waiting.position, at=timezone.now())
            if waiting.kind == Kind.MANIFEST:
                _reconcile(stream.id, exchange, answer)

    def _post(self, stream: Stream, grant: Grant, body: bytes, at: datetime) -> Heard:
        connection.close()  # the other node may take its time, and connections are few
        node = known.peer(self._known.now(), stream.peer, at)
        going = Going(
            path=PATH,
            content_type=CONTENT,
            body=body,
            grant=grant,
            mode=Mode(stream.mode),
            agency=grant.provider.agency,
            basis=grant.basis[0],
            case=stream.case,
            official=stream.official,
            at=at,
        )
        return self._poster.post(node, going)

    def _check_grant(self, stream: Stream) -> None:
        """See that the grant stands at this moment; raises Refused."""
        held = self._known.now().grants.get(stream.grant)
        if refusal := standing(held, timezone.now()):
            raise Refused(refusal)

    def _refused(self, stream: Stream, code: str) -> None:
        self._asked.discard(stream.id)
        if stream.mode == Mode.BATCH and code in ENDING:
            with transaction.atomic():
                end_stream(stream=stream.id, code=code, at=timezone.now(), failed=True)
        before = self._pauses.get(stream.id, _Pause(0.0, LEAST_PAUSE / 2))
        seconds = VOLUME_PAUSE if code == Refusal.VOLUME else min(MOST_PAUSE, 2 * before.seconds)
        self._pauses[stream.id] = _Pause(time.monotonic() + seconds, seconds)


def standing(held: HeldGrant | None, at: datetime) -> str:
    """Why nothing may be sent under a grant by itself, or nothing."""
    if held is None:
        return Refusal.UNKNOWN
    if held.revoked_at is not None:
        return Refusal.REVOKED
    if at < held.grant.begins:
        return Refusal.NOT_YET
    return Refusal.EXPIRED if at >= held.grant.ends else ""


def _record(stream: Stream, grant: Grant, waiting: Waiting, exchange: str, at: datetime) -> None:
    """Put a sending of a delivery on record, its rows counted the first time; raises Refused where it may not be sent."""
    passing = Passing(
        exchange=exchange,
        side="provider",
        peer=stream.peer,
        grant=grant.id,
        resource=grant.resource,
        fields=grant.fields,
        purpose=grant.purpose_zh,
        basis=grant.basis[0],
        case=stream.case,
        official=stream.official,
        outcome="ok",
        rows=waiting.rows,
        at=at,
        milliseconds=0,
        volume=None if waiting.recorded else grant.volume,
        signed_at=at,
    )
    with transaction.atomic():
        outcome = record_provision(stream=stream.id, position=waiting.position, passing=passing, at=at)
    if outcome != "ok":
        raise Refused(outcome)


def _reconcile(stream: str, exchange: str, answer: dict[str, object]) -> None:
    """Hold what the receiver counted against what was sealed here."""
    ours = streams.outgoing(stream)
    theirs = {"rows": answer.get("rows"), "digest": answer.get("digest")}
    agrees = ours is not None and theirs == {"rows": ours.rows, "digest": ours.digest.hex()}
    told = {"rows": ours.rows if ours else 0, "digest": ours.digest.hex() if ours else ""}
    reconcile_outgoing(stream=stream, exchange=exchange, told=told, agrees=agrees, at=timezone.now())


def _position(answer: dict[str, object]) -> int:
    found = answer.get("position")
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise Refused(Trouble.NOT_A_CALL)
    return found
