"""What the watch does by itself: every few minutes it judges what was read, and compares records of calls with other nodes."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from qipan.adapters.peer_records import PeerRecords, PeerSilent
from qipan.adapters.working_days import WORKING_DAYS
from qipan.core.twins import window_of
from qipan.exchange import queries as exchange
from qipan.watch import judging, operations, queries, reconciling
from qipan.watch.operations.raising import Raised
from qipan.watch.reconciling import Ask, Compared, Link, NotAnAnswer

QUEUE = "watch"
BACK = timedelta(days=7)  # how far the first comparison with a peer goes back
ROUNDS = 20  # of one run, where much has gathered
_log = logging.getLogger(__name__)


class Met(NamedTuple):
    """What came of comparing with one peer; ``silent`` is why it could not be done."""

    peer: str
    until: datetime | None
    met: int
    new: int
    silent: str = ""


@app.periodic(cron="*/5 * * * *", periodic_id="watch")
@app.task(name="qipan.watch.tasks.watch", queue=QUEUE, queueing_lock="watch")
def watch(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Judge what was read since the last time."""
    try:
        watch_once(timezone.now())
    finally:
        connection.close()


@app.periodic(cron="*/5 * * * *", periodic_id="reconcile")
@app.task(name="qipan.watch.tasks.reconcile", queue=QUEUE, queueing_lock="reconcile")
def reconcile(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Compare records of calls with every peer."""
    if not settings.QIPAN_NODE:
        return
    try:
        reconcile_once(timezone.now())
    finally:
        connection.close()


def watch_once(at: datetime) -> list[Raised]:
    """Take in what is new, and raise what of it is unusual; several times where much has gathered. Gives what was raised."""
    raised: list[Raised] = []
    for _ in range(ROUNDS):
        with transaction.atomic():
            batch = operations.count_readings(at=at, rest=_days_of_rest(at))
            raised += operations.raise_findings(found=judging.unusual(batch, at), at=at)
        if batch.upto == batch.after:
            break
    return raised


def reconcile_once(at: datetime, only: str = "", asking: Callable[[str], Ask] | None = None) -> list[Met]:
    """Close our windows, and compare with each peer, or with one; one that cannot be compared keeps no other waiting."""
    node = settings.QIPAN_NODE
    for _ in range(ROUNDS):
        before = queries.closed_until()
        with transaction.atomic():
            closed = operations.close_windows(node=node, at=at)
        if closed == before:
            break
    grants = {str(one.id): one for one in exchange.standing_grants(node, at)}
    ends = {end.node for one in grants.values() for end in (one.grant.provider, one.grant.consumer)}
    known = {one.peer for one in queries.peers()}
    wanted = sorted((ends | known) - {node})
    ask = asking or _through_gateway
    links = [Link(node, one, grants) for one in wanted if only in {"", one}]
    return [_met(one, ask(one.peer), closed, at) for one in links]


def _met(link: Link, ask: Ask, closed: datetime, at: datetime) -> Met:
    state = queries.peer(link.peer)
    since = state.until if state and state.answered_at else window_of(at - BACK)
    try:
        found = reconciling.compare(link, ask, since, closed)
    except (PeerSilent, NotAnAnswer) as error:
        return _silent(link.peer, str(error) or "not-an-answer", at)
    return _noted(link.peer, found, at)


def _noted(peer: str, found: Compared, at: datetime) -> Met:
    with transaction.atomic():
        raised = operations.raise_findings(found=found.found, at=at)
        operations.note_answer(peer=peer, until=found.until, met=found.met, at=at)
    return Met(peer, found.until, found.met, len(raised))


def _silent(peer: str, why: str, at: datetime) -> Met:
    _log.warning("Records cannot be compared with %s: %s", peer, why)
    with transaction.atomic():
        operations.note_silence(peer=peer, at=at)
        state = queries.peer(peer)
        since = (state and state.silent_since) or at
        raised = operations.raise_findings(found=reconciling.silence(peer, since, at), at=at)
    return Met(peer, state.until if state else None, 0, len(raised), why)


def _through_gateway(peer: str) -> Ask:
    return PeerRecords(settings.QIPAN_GATEWAY, settings.GATEWAY_SECRET, peer).ask


def _days_of_rest(at: datetime) -> list[date]:
    today = timezone.localdate(at)
    days = (today - timedelta(days=back) for back in range(100))
    return [one for one in days if not WORKING_DAYS.is_working(one)]
