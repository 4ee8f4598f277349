"""The provider's half that reads: rows of a register become deliveries, cut to the grant, sealed to the receiver, and wait in the queue.

Note [What changed]
Registers of any kind can be read, few say what changed. So a subscription's rows are read again and again, and each is compared with
the digest of how it was sent last: what differs is sent, what is not met any more is sent as gone. Readings follow each other at a pace
that leaves a register alone for most of the time. While the receiver is away the queue fills up and reading stops; what changes
meanwhile is found by the reading after, in its last state.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from qipan.adapters.seals import PrivateKey, PublicKey, boxes
from qipan.adapters.sources import SourceError, SourceMisdeclared, request_for
from qipan.adapters.sources.listing import Listings, Part, Within
from qipan.adapters.sources.port import Request
from qipan.core import canonical, deliveries, following, grants, valve
from qipan.core.declarations import GrantDeclaration, Library, Resource
from qipan.core.deliveries import Change, Ends, Header, Kind, Manifest
from qipan.core.elements import Field, Value
from qipan.core.envelope import SUITES
from qipan.core.grants import Grant
from qipan.core.nodes import Node, key_id
from qipan.exchange import follows, streams
from qipan.exchange.operations.sending import (
    Sealed,
    begin_reading,
    note_seen,
    queue_deliveries,
    remember_sent,
)
from qipan.exchange.streams import Stream
from qipan.faces.gateway import known
from qipan.faces.gateway.known import Knowledge
from qipan.faces.gateway.refusals import Refused, Trouble
from qipan.faces.gateway.walls import Walls

PAGE_ROWS = 5000
LARGEST_CHUNK = 2 * 1024 * 1024  # bytes of rows in one delivery, before they are sealed
QUEUE_DEPTH = 32  # deliveries of one stream that wait
LEAST_PAUSE = 1.0  # seconds between two readings of a register for one subscription
PAUSE_SHARE = 9.0  # and so many times as long as the last reading took
SEALING = "sm2-sm3"
OPEN_CASES = "open"  # to the walls, rows of open cases alone are rows of a case
VOLUME_PARTS = 4  # a delivery takes at most such a part of a day's volume
_log = logging.getLogger(__name__)


class QueueFull(Exception):
    """The receiver is behind; reading waits."""


class Cut(NamedTuple):
    """What of a resource's rows passes under a grant."""

    request: Request
    keys: tuple[Field, ...]
    fields: tuple[Field, ...]
    region: Field | None


class Sealing(NamedTuple):
    """To whom deliveries of a stream are sealed, and how many rows one may hold."""

    ends: Ends
    key: PublicKey
    key_id: str
    most: int


class Preparer:
    """Reads for the streams of this node."""

    def __init__(self, node: str, key: PrivateKey, listings: Listings) -> None:
        self._node, self._key, self._listings = node, key, listings
        self._due: dict[str, float] = {}
        self._walls = Walls()

    def prepare(self, stream: Stream, grant: Grant, knowledge: Knowledge) -> None:
        """Go on with a stream as far as it may go now; raises Refused for what somebody must mend."""
        cases = OPEN_CASES if grant.rows.own_cases else stream.case
        self._walls.check(knowledge, grant, cases, grant.fields)
        sealing = _sealing(self._node, grant, knowledge)
        try:
            cut = cut_of(knowledge.library, grant, timezone.now())
            if stream.mode == grants.Mode.BATCH:
                self._prepare_batch(stream, grant, cut, sealing)
            else:
                self._prepare_changes(stream, grant, cut, sealing)
        except QueueFull:
            return
        except SourceMisdeclared:
            raise Refused(Trouble.NOT_HELD) from None
        except SourceError:
            raise Refused(Trouble.REGISTER_DOWN) from None

    # A batch

    def _prepare_batch(self, stream: Stream, grant: Grant, cut: Cut, sealing: Sealing) -> None:
        while not stream.finished:
            _check_room(stream)
            mark = tuple(stream.cursor) if stream.cursor else None
            listed = self._listings.page(cut.request, Part(cut.keys, mark, PAGE_ROWS, _within(cut, grant)))
            rows = _passing_rows(cut, grant, listed.rows)
            changes = [Change(deliveries.row_key(grant.id, keys), row) for keys, row in rows]
            made, digest = _chunks(stream, changes, sealing)
            if listed.mark is None:
                made.append(self._manifest(stream, grant, made, digest, sealing))
            with transaction.atomic():
                done = queue_deliveries(
                    stream=stream,
                    deliveries=made,
                    at=timezone.now(),
                    digest=digest,
                    cursor=listed.mark,
                    finished=listed.mark is None,
                )
            if not done:
                return
            stream = self._again(stream)

    def _manifest(
        self, stream: Stream, grant: Grant, made: Sequence[Sealed], digest: bytes, sealing: Sealing
    ) -> Sealed:
        chunks = stream.queued + len(made)
        manifest = Manifest(
            batch=stream.id,
            grant=grant.id,
            resource=grant.resource,
            fields=grant.fields,
            provider=grant.provider,
            consumer=grant.consumer,
            chunks=chunks,
            rows=stream.rows + sum(one.rows for one in made),
            digest=digest.hex(),
            made=timezone.now(),
        )
        document = manifest.document()
        signed = {
            "document": document.decode(),
            "key": key_id(str(self._key.suite), self._key.public.raw),
            "signature": self._key.sign(deliveries.SIGNED_MANIFEST + document).hex(),
        }
        header = Header(stream.id, Kind.MANIFEST, chunks + 1, 0, sealing.key_id)
        return _sealed(header, canonical.write(signed), sealing)

    # A subscription

    def _prepare_changes(self, stream: Stream, grant: Grant, cut: Cut, sealing: Sealing) -> None:
        if time.monotonic() < self._due.get(stream.id, 0.0):
            return
        started = time.monotonic()
        try:
            self._read_through(stream, grant, cut, sealing)
        finally:
            took = time.monotonic() - started
            self._due[stream.id] = time.monotonic() + max(LEAST_PAUSE, PAUSE_SHARE * took)

    def _read_through(self, stream: Stream, grant: Grant, cut: Cut, sealing: Sealing) -> None:
        renew = timezone.now() - _renewal(grant)
        own = _of_open_cases(grant)
        with transaction.atomic():
            begin_reading(stream=stream.id)
        mark, more = None, own is None or bool(own)
        while more:
            _check_room(stream)
            listed = self._listings.page(cut.request, Part(cut.keys, mark, PAGE_ROWS, _within(cut, grant)))
            passing = _passing_rows(cut, grant, listed.rows)
            named = ((deliveries.row_key(grant.id, keys), row) for keys, row in passing)
            rows = {key: row for key, row in named if own is None or key in own}
            stream = self._queue_changed(stream, rows, renew, sealing)
            mark, more = listed.mark, listed.mark is not None
        while keys := streams.gone(stream.id):
            _check_room(stream)
            stream = self._queue_gone(stream, keys, sealing)

    def _queue_changed(
        self, stream: Stream, rows: Mapping[str, Mapping[str, Value]], renew: datetime, sealing: Sealing
    ) -> Stream:
        digests = {key: deliveries.row_digest(row) for key, row in rows.items()}
        with transaction.atomic():
            note_seen(stream=stream.id, keys=[*rows])
            changed = streams.different(stream.id, digests, renew)
            if not changed:
                return stream
            changes = [Change(key, row) for key, row in rows.items() if key in changed]
            made, digest = _chunks(stream, changes, sealing)
            at = timezone.now()
            if queue_deliveries(stream=stream, deliveries=made, digest=digest, at=at):
                remember_sent(
                    stream=stream.id, digests={key: digests[key] for key in changed}, gone=[], at=at
                )
        return self._again(stream)

    def _queue_gone(self, stream: Stream, keys: Sequence[str], sealing: Sealing) -> Stream:
        made, digest = _chunks(stream, [Change(key, None) for key in keys], sealing)
        at = timezone.now()
        with transaction.atomic():
            if queue_deliveries(stream=stream, deliveries=made, digest=digest, at=at):
                remember_sent(stream=stream.id, digests={}, gone=keys, at=at)
        return self._again(stream)

    def _again(self, stream: Stream) -> Stream:
        found = streams.outgoing(stream.id)
        if found is None or found.state != streams.RUNNING:
            raise QueueFull
        return found


def cut_of(library: Library, grant: Grant, at: datetime) -> Cut:
    """What passes of a resource's rows: the valve says, as for a look-up; raises Refused."""
    resource = library.resources.get(grant.resource)
    if resource is None:
        raise Refused(Trouble.NOT_HELD)
    fields = tuple(map(_field, grant.fields))
    _ask_valve(resource, grant, fields, at)
    region = _field(grant.rows.field) if grant.rows.field else None
    wanted = dict.fromkeys((*resource.keys, *fields, *((region,) if region else ())))
    return Cut(_request(library, resource, [*wanted], at), resource.keys, fields, region)


def _ask_valve(resource: Resource, grant: Grant, fields: tuple[Field, ...], at: datetime) -> None:
    elements = frozenset(
        f"{resource.parties[one.party].kind}.{one.word}" for one in fields if one.party in resource.parties
    )
    declared = GrantDeclaration(grant.id, resource.name, grant.event, elements)
    asked = valve.Request(grant.event, fields, grant.purpose_zh, grant.basis, at.date())
    refused = valve.decide(asked, resource, [declared]).refused
    if refused:
        raise Refused(Trouble.WITHHELD if "withheld" in refused.values() else Trouble.NOT_HELD)


def _field(name: str) -> Field:
    try:
        return Field.parse(name)
    except ValueError:
        raise Refused(Trouble.NOT_HELD) from None


def _request(library: Library, resource: Resource, wanted: Sequence[Field], at: datetime) -> Request:
    try:
        return request_for(library, resource.name, {}, facts=wanted, today=at.date())
    except (SourceMisdeclared, KeyError):
        raise Refused(Trouble.NOT_HELD) from None


def _passing_rows(
    cut: Cut, grant: Grant, rows: Sequence[Mapping[Field, Value]]
) -> Iterator[tuple[dict[str, Value], dict[str, Value]]]:
    """The rows that the grant covers, each as its keys and its granted fields."""
    for row in rows:
        if cut.region and grants.check_row(grant, {str(cut.region): row.get(cut.region)}):
            continue
        keys = {str(key): row[key] for key in cut.keys}
        yield keys, {str(field): row[field] for field in cut.fields if field in row}


def _of_open_cases(grant: Grant) -> frozenset[str] | None:
    """The rows that may pass where only those of the consumer's open cases may, or None."""
    if not grant.rows.own_cases:
        return None
    return follows.open_keys(grant.id, following.oldest(grant, timezone.now()))


def _within(cut: Cut, grant: Grant) -> Within | None:
    return Within(cut.region, grant.rows.region) if cut.region else None


def _chunks(stream: Stream, changes: Sequence[Change], sealing: Sealing) -> tuple[list[Sealed], bytes]:
    """Seal changes into as many deliveries as their size needs; and the digest over all rows so far."""
    made: list[Sealed] = []
    digest = stream.digest
    for part in _parts(changes, sealing.most):
        plaintext = b"".join(part)
        header = Header(stream.id, Kind.ROWS, stream.queued + len(made) + 1, len(part), sealing.key_id)
        made.append(_sealed(header, plaintext, sealing))
        digest = deliveries.chained(digest, plaintext)
    return made, digest


def _parts(changes: Sequence[Change], most: int) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for line in (deliveries.write_changes([one]) for one in changes):
        if len(part) == most or (part and size + len(line) > LARGEST_CHUNK):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line)
    if part:
        yield part


def _sealed(header: Header, plaintext: bytes, sealing: Sealing) -> Sealed:
    box = boxes.seal(sealing.key, plaintext, deliveries.purpose(sealing.ends, header))
    return Sealed(header.position, str(header.kind), deliveries.write_delivery(header, box), header.rows)


def _sealing(node: str, grant: Grant, knowledge: Knowledge) -> Sealing:
    """To whom is sealed under a grant; raises Refused."""
    at = timezone.now()
    receiver: Node = known.peer(knowledge, grant.consumer.node, at)
    key, key_id = newest_key(receiver, at)
    most = max(1, min(PAGE_ROWS, grant.volume // VOLUME_PARTS))
    return Sealing(Ends(node, receiver.name, grant.id), key, key_id, most)


def newest_key(node: Node, at: datetime) -> tuple[PublicKey, str]:
    """A node's newest key to which can be sealed, and its identifier; raises Refused."""
    holding = [one for one in node.keys if one.suite == SEALING and one.holds(at)]
    if not holding or SEALING not in SUITES:
        raise Refused(Trouble.NO_SEALING_KEY)
    newest = max(holding, key=lambda one: one.begins)
    return known.key_of(node, newest.id, SEALING, at), newest.id


def _check_room(stream: Stream) -> None:
    if stream.queued - stream.position >= QUEUE_DEPTH:
        raise QueueFull


def _renewal(grant: Grant) -> timedelta:
    """After how long a row that did not change is sent again, so that it stays when the receiver must forget the older one."""
    return timedelta(days=grant.retention) * 0.5
