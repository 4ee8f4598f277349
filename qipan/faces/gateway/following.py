"""The consumer's side of subscriptions to rows of open cases: says which are open, and keeps nothing of those that are over.

All of them are said each time, so that what is said last is right whatever was lost before; again when it changed, and from time to
time. What a provider can make of it: Note [What a provider can see].
"""

import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from qipan.adapters.seals import boxes
from qipan.applications.queries.open_subjects import going_on
from qipan.core import deliveries, following
from qipan.core.deliveries import Ends, Header, Kind
from qipan.core.following import Followed
from qipan.core.grants import Grant, Mode, Refusal
from qipan.exchange import follows
from qipan.exchange.operations import Passing
from qipan.exchange.operations.following import Told, end_following, forget_unfollowed, note_told, unfollow
from qipan.faces.gateway import known
from qipan.faces.gateway.carrying import standing
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.open_cases import PATH
from qipan.faces.gateway.posting import Going, Heard, Poster
from qipan.faces.gateway.preparing import newest_key
from qipan.faces.gateway.receiving import CONTENT
from qipan.faces.gateway.refusals import Refused

RULE = "system:0"
EVERY_SECONDS, PAUSE_SHARE = 1.0, 9.0  # between two turns, and so many times as long as the last one took
AGAIN_SECONDS = 3600.0  # after which the same is said again, to a provider that may have lost its tables
LEAST_PAUSE, MOST_PAUSE = 0.5, 60.0  # seconds after a provider that did not take it, doubled each time
CASE_OVER = "case-over"
EVER = datetime.max.replace(tzinfo=UTC)
ENDED = frozenset({Refusal.UNKNOWN, Refusal.REVOKED})
_log = logging.getLogger(__name__)


class _Said(NamedTuple):
    """What was said last under a grant, and when to say the same again; after a failure ``seconds`` is the pause."""

    digest: str
    until: float
    seconds: float = LEAST_PAUSE


class Teller:
    """One node's, in a thread of its courier's."""

    def __init__(self, known_: Known, poster: Poster) -> None:
        self._known, self._poster = known_, poster
        self._said: dict[str, _Said] = {}

    def start(self) -> None:
        """Begin to tell."""
        threading.Thread(target=self._go_on, name="teller", daemon=True).start()

    def _go_on(self) -> None:
        while True:
            started = time.monotonic()
            try:
                self.turn()
            except Exception as error:  # noqa: BLE001 -- it is tried again; its words may hold people's data
                _log.warning("Open cases cannot be told: %s", type(error).__name__)
            finally:
                connection.close()
            time.sleep(max(EVERY_SECONDS, PAUSE_SHARE * (time.monotonic() - started)))

    def turn(self) -> None:
        """End what is over, then say what is open where that changed."""
        at, grants = timezone.now(), self._known.now().grants
        for name in {*follows.grants_that_follow(), *filter(self._ours, grants)}:
            held = grants.get(name)
            refusal = standing(held, at)
            before = EVER if held is None or refusal in ENDED else following.oldest(held.grant, at)
            with transaction.atomic():
                end_following(grant=name, before=before)
            if held is not None and self._ours(name):
                rows = _still_open(held.grant, at)
                if not refusal:
                    self._say(held.grant, rows)

    def _ours(self, name: str) -> bool:
        """Whether this node is the consumer of a grant that follows rows."""
        held = self._known.now().grants.get(name)
        return (
            held is not None
            and held.grant.consumer.node == self._known.node
            and following.follows(held.grant)
        )

    def _say(self, grant: Grant, rows: Sequence[Followed]) -> None:
        plaintext = following.write_open(rows[: following.MOST])
        digest = deliveries.exchange_of(plaintext)
        said = self._said.get(grant.id)
        waits = said is not None and time.monotonic() < said.until
        if said and waits and (said.digest == digest or not said.digest):
            return
        try:
            self._told(Told(grant.id, rows[: following.MOST], digest), grant, plaintext)
        except Refused as refused:
            _log.warning("Open cases under %s were not taken: %s", grant.id, refused.code)
            seconds = min(MOST_PAUSE, 2 * said.seconds) if said else LEAST_PAUSE
            self._said[grant.id] = _Said("", time.monotonic() + seconds, seconds)
        else:
            self._said[grant.id] = _Said(digest, time.monotonic() + AGAIN_SECONDS)

    def _told(self, told: Told, grant: Grant, plaintext: bytes) -> None:
        at, started = timezone.now(), time.monotonic()
        connection.close()  # the other node may take its time, and connections are few
        heard = self._sent(grant, plaintext, len(told.rows), at)
        with transaction.atomic():
            note_told(told=told, unknown=_unknown(heard, told), passing=_passing(grant, heard, at, started))

    def _sent(self, grant: Grant, plaintext: bytes, rows: int, at: datetime) -> Heard:
        node = known.peer(self._known.now(), grant.provider.node, at)
        key, key_id = newest_key(node, at)
        header = Header(grant.id, Kind.CASES, 0, rows, key_id)
        ends = Ends(self._known.node, node.name, grant.id)
        box = boxes.seal(key, plaintext, deliveries.purpose(ends, header))
        going = Going(
            path=PATH,
            content_type=CONTENT,
            body=deliveries.write_delivery(header, box),
            grant=grant,
            mode=Mode.PUSH,
            agency=grant.consumer.agency,
            basis=grant.basis[0],
            case="",
            official=RULE,
            at=at,
        )
        return self._poster.post(node, going)


def _still_open(grant: Grant, at: datetime) -> list[Followed]:
    """The rows that cases follow which go on; what of others was received is deleted."""
    rows = follows.followed(grant.id, following.oldest(grant, at))
    goes_on = going_on([(one.case, grant.resource) for one in rows])
    over = [one for one, open_ in zip(rows, goes_on, strict=True) if not open_]
    with transaction.atomic():
        unfollow(grant=grant.id, rows=over)
        forget_unfollowed(grant=grant.id, reason=CASE_OVER, at=at)
    return [one for one, open_ in zip(rows, goes_on, strict=True) if open_]


def _unknown(heard: Heard, told: Told) -> list[Followed]:
    """What of that which was told the provider has never seen looked up."""
    named = heard.said.get("unknown")
    known_ = {tuple(one) for one in named if isinstance(one, list)} if isinstance(named, list) else set()
    return [one for one in told.rows if tuple(one) in known_]


def _passing(grant: Grant, heard: Heard, at: datetime, started: float) -> Passing:
    return Passing(
        exchange=heard.exchange,
        side="consumer",
        peer=grant.provider.node,
        grant=grant.id,
        resource=grant.resource,
        fields=(),
        purpose=grant.purpose_zh,
        basis=grant.basis[0],
        case="",
        official=RULE,
        outcome="ok",
        rows=0,
        at=at,
        milliseconds=round((time.monotonic() - started) * 1000),
        signed_at=at,
    )
