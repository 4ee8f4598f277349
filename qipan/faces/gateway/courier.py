"""The courier: a process of its own beside the two sides, which reads for subscriptions and batches, sends them, and keeps what came.

A grant that names ``push`` is a subscription: while it holds its provider's courier sends what it covers, and then what changes of it; of
rows of own cases, those that were looked up for a case that is open. A batch is ordered.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from qipan.adapters.seals import Suite, key_files
from qipan.adapters.sources import addresses_of
from qipan.adapters.sources.listing import Listings
from qipan.core.following import follows
from qipan.core.grants import Mode, Refusal
from qipan.exchange import streams
from qipan.exchange.operations.sending import end_stream, open_stream
from qipan.exchange.queries import HeldGrant
from qipan.exchange.streams import Stream
from qipan.faces.gateway.carrying import Carrying, standing
from qipan.faces.gateway.following import Teller
from qipan.faces.gateway.keeping import keep
from qipan.faces.gateway.known import Knowledge, Known
from qipan.faces.gateway.posting import Poster
from qipan.faces.gateway.preparing import Preparer
from qipan.faces.gateway.refusals import Refused

PAUSE_SECONDS = 0.25
KEEP_SECONDS = 1.0
POST_SECONDS, TELL_SECONDS = 30.0, 6.0
READERS, CARRIERS = 2, 4  # threads: registers that are read at once, streams that are carried at once
RULE = "system:0"
OVER = frozenset({Refusal.UNKNOWN, Refusal.REVOKED, Refusal.EXPIRED})
_log = logging.getLogger(__name__)


class Courier:
    """One node's; more than one process of it do no harm, as every step is taken under the stream's lock."""

    def __init__(self) -> None:
        node = settings.QIPAN_NODE
        suite = Suite(settings.QIPAN_GATEWAY_SUITE)
        key = key_files.read_or_make(settings.QIPAN_HOME / "keys" / f"gateway-{suite}.pem", suite)
        self._known = Known(node)
        self._carrying = Carrying(self._known, Poster(node, key, timezone.now, POST_SECONDS))
        self._teller = Teller(self._known, Poster(node, key, timezone.now, TELL_SECONDS))
        listings = Listings(addresses_of(settings.QIPAN_REGISTERS))
        self._preparer = Preparer(node, key, listings)
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._carriers = ThreadPoolExecutor(CARRIERS, "carrier")
        self._busy: dict[tuple[str, str], Future[None]] = {}
        self._keep_at = 0.0
        self._told: dict[str, str] = {}

    def run(self) -> None:
        """Work until the process ends."""
        self._known.start()
        self._teller.start()
        while True:
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 -- it is tried again; its words may hold people's data
                _log.warning("The courier stumbled: %s", type(error).__name__)
                connection.close()
            time.sleep(PAUSE_SECONDS)

    def _turn(self) -> None:
        knowledge = self._known.now()
        self._open(knowledge)
        for stream in streams.running():
            held = knowledge.grants.get(stream.grant)
            if refusal := standing(held, timezone.now()):
                _end(stream, refusal)
            elif held is not None:
                self._work(stream, held, knowledge)
        if time.monotonic() >= self._keep_at:
            self._keep_at = time.monotonic() + KEEP_SECONDS
            keep(knowledge)

    def _open(self, knowledge: Knowledge) -> None:
        """Begin the subscriptions that began to hold."""
        known = {stream.id for stream in streams.subscriptions()}
        for held in knowledge.grants.values():
            if str(held.id) not in known and _subscribes(held, self._known.node):
                with transaction.atomic():
                    open_stream(
                        id=str(held.id),
                        grant=held.grant,
                        mode=Mode.PUSH,
                        official=RULE,
                        case="",
                        at=timezone.now(),
                    )

    def _work(self, stream: Stream, held: HeldGrant, knowledge: Knowledge) -> None:
        if not stream.finished:
            self._begin(
                self._readers,
                "read",
                stream,
                lambda: self._preparer.prepare(stream, held.grant, knowledge),
            )
        if stream.queued > stream.position:
            self._begin(self._carriers, "carry", stream, lambda: self._carrying.carry(stream, held.grant))

    def _begin(self, pool: ThreadPoolExecutor, what: str, stream: Stream, work: Callable[[], None]) -> None:
        """Have a thread do it, unless one still does."""
        before = self._busy.get((what, stream.id))
        if before is None or before.done():
            self._busy[what, stream.id] = pool.submit(self._safely, stream.id, work)

    def _safely(self, stream: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Refused as refused:
            self._tell(stream, refused.code)
        except Exception as error:  # noqa: BLE001 -- the next turn tries again; its words may hold people's data
            self._tell(stream, type(error).__name__)
        else:
            self._told.pop(stream, None)
        finally:
            connection.close()

    def _tell(self, stream: str, code: str) -> None:
        """Log what keeps a stream from going on, once for each reason."""
        if self._told.get(stream) != code:
            self._told[stream] = code
            _log.warning("The stream %s does not go on: %s", stream, code)


def _subscribes(held: HeldGrant, node: str) -> bool:
    grant = held.grant
    ours = grant.provider.node == node and grant.consumer.node != node
    kept = follows(grant) if grant.rows.own_cases else grant.retention > 0
    return ours and kept and Mode.PUSH in grant.modes and not standing(held, timezone.now())


def _end(stream: Stream, code: str) -> None:
    if code in OVER:
        with transaction.atomic():
            end_stream(stream=stream.id, code=code, at=timezone.now())
