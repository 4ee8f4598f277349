"""What was received is kept as long as its grant allows, and not a moment longer: by its days, until it is revoked, until a batch is newer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from qipan.core.grants import Mode, Refusal
from qipan.exchange import queries, streams
from qipan.exchange.operations.taking import forget_received, stop_incoming
from qipan.exchange.streams import FAILED, RECONCILED, STOPPED, Arriving
from qipan.faces.gateway.known import Knowledge

DISAGREED, NEWER, RETENTION = "batch-disagrees", "newer-batch", "retention"


def keep(knowledge: Knowledge) -> None:
    """Delete what may not be kept any more, each lot in a transaction of its own."""
    at = timezone.now()
    arriving = streams.arriving()
    for stream in arriving:
        if reason := _over(stream, knowledge, newer=stream.id in _older(arriving)):
            _delete_all(stream, reason, at)
        elif (held := knowledge.grants.get(stream.grant) or queries.grant(stream.grant)) is not None:
            before = at - timedelta(days=held.grant.retention)
            while _forgotten(stream, before, RETENTION, at):
                pass


def _over(stream: Arriving, knowledge: Knowledge, *, newer: bool) -> str:
    """Why nothing of a stream may be kept, or nothing."""
    held = knowledge.grants.get(stream.grant)
    if stream.state == STOPPED:
        return RETENTION
    if stream.state == FAILED:
        return DISAGREED
    if held is not None and held.revoked_at is not None:
        return str(Refusal.REVOKED)
    return NEWER if newer else ""


def _older(arriving: list[Arriving]) -> set[str]:
    """The batches of which a newer one under the same grant was reconciled; the newest stand first."""
    found: set[str] = set()
    reconciled: set[str] = set()
    for stream in _batches(arriving):
        if stream.grant in reconciled:
            found.add(stream.id)
        reconciled.add(stream.grant)
    return found


def _batches(arriving: list[Arriving]) -> Iterator[Arriving]:
    return (one for one in arriving if one.mode == Mode.BATCH and one.state == RECONCILED)


def _delete_all(stream: Arriving, reason: str, at: datetime) -> None:
    with transaction.atomic():
        stop_incoming(stream=stream.id, reason=reason, at=at)
    while _forgotten(stream, timezone.now(), reason, at):
        pass


def _forgotten(stream: Arriving, before: datetime, reason: str, at: datetime) -> int:
    with transaction.atomic():
        return forget_received(stream=stream.id, before=before, reason=reason, at=at)
