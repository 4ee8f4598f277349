"""The public side, where another node's deliveries come in: recognised, held against the grant, opened, read, taken in order.

Each is opened and taken by a thread of its own, few at once, so that memory has a bound and look-ups go on beside.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from django.db import DatabaseError, DataError, InterfaceError, connection, transaction
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from qipan.adapters.seals import PrivateKey, boxes, public_key
from qipan.adapters.seals.errors import Malformed, Unreadable
from qipan.adapters.seals.keys import Suite
from qipan.core import canonical, deliveries, envelope, grants
from qipan.core.deliveries import Ends, Header, Kind, Manifest, MoreThanGranted, NotADelivery
from qipan.core.grants import Call, End, Grant, Mode
from qipan.core.nodes import key_id
from qipan.exchange import streams
from qipan.exchange.operations import Passing, record_passing
from qipan.exchange.operations.taking import Delivered, Took, close_batch, take_delivery
from qipan.faces.gateway import bodies, bounds
from qipan.faces.gateway.bounds import Gate
from qipan.faces.gateway.known import Knowledge
from qipan.faces.gateway.peers import Came, Peers, check_body, check_seen
from qipan.faces.gateway.refusals import ALARMING, Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON

PATH = "/exchange/v1/deliveries"
CONTENT = "application/octet-stream"
LARGEST = 8 * 1024 * 1024  # bytes of a delivery
BODY_SECONDS = 30.0
OF_ONE_PEER = 4
AT_ONCE = 2  # deliveries that are opened and taken at the same moment
UUID_LENGTH = 36
ACCEPTED = frozenset({"ok", "taken-before"})


class _Opened(NamedTuple):
    """A delivery under its grant."""

    came: Came
    header: Header
    grant: Grant
    mode: Mode
    exchange: str
    body: bytes


class Deliveries:
    """Takes what other nodes send by themselves; ``key`` is this node's own, to which they seal."""

    def __init__(self, peers: Peers, key: PrivateKey) -> None:
        self._peers, self._key = peers, key
        self._gate = Gate(OF_ONE_PEER)
        self._takers = ThreadPoolExecutor(AT_ONCE, "taker")

    async def take(self, request: Request) -> Response:
        """Answer one delivery, with how far its stream was taken."""
        try:
            knowledge = self._peers.known.now()
            came = self._peers.recognise(request, knowledge)
            with self._gate.let_in(came.envelope.sender):
                return await self._answered(request, knowledge, came)
        except Refused as refused:
            return Response(bodies.write_refusal(refused.code), status_of(refused.code), media_type=JSON)

    async def _answered(self, request: Request, knowledge: Knowledge, came: Came) -> Response:
        try:
            check_seen(request, came)
            body = await bounds.whole_body(request.stream(), LARGEST, BODY_SECONDS)
            check_body(came, body)
            took = await asyncio.get_running_loop().run_in_executor(
                self._takers, self._take, knowledge, came, body
            )
        except Refused as refused:
            return await self._peers.answer(came, refused.code)
        if took.outcome not in ACCEPTED:
            return await self._peers.answer(came, took.outcome)
        return await self._peers.answer(came, "ok", to_json(took._asdict()))

    def _take(self, knowledge: Knowledge, came: Came, body: bytes) -> Took:
        """Open and take a delivery; raises Refused. A refusal of one whose grant is known is on record."""
        try:
            return self._taken_or_recorded(knowledge, came, body)
        except (DatabaseError, InterfaceError):
            raise Refused(Trouble.NO_RECORD) from None
        finally:
            connection.close()

    def _taken_or_recorded(self, knowledge: Knowledge, came: Came, body: bytes) -> Took:
        try:
            opened = self._opened(knowledge, came, body)
            return _standing(opened) if opened.header.kind is Kind.INQUIRY else self._taken(knowledge, opened)
        except DataError:
            code = str(Trouble.NOT_A_CALL)
        except Refused as refused:
            code = refused.code
        held = knowledge.grants.get(came.envelope.grant)
        with transaction.atomic():
            passing = _passing(came, held.grant if held else None, deliveries.exchange_of(body), code)
            record_passing(passings=[passing], at=came.at)
        raise Refused(code)

    def _opened(self, knowledge: Knowledge, came: Came, body: bytes) -> _Opened:
        try:
            header, _ = deliveries.read_delivery(body)
        except NotADelivery:
            raise Refused(Trouble.NOT_A_CALL) from None
        of_stream = len(header.stream) == UUID_LENGTH and set(header.stream) <= set("0123456789abcdef-")
        if header.kind is Kind.CASES or not of_stream:
            raise Refused(Trouble.NOT_A_CALL)
        grant, mode = _granted(knowledge, came, header, self._peers.known.node)
        return _Opened(came, header, grant, mode, deliveries.exchange_of(body), body)

    def _taken(self, knowledge: Knowledge, opened: _Opened) -> Took:
        plaintext = unsealed(self._key, opened.came, opened.body)
        header = opened.header
        place = (header.stream, header.position, opened.grant, opened.mode)
        at = self._peers.clock()
        if header.kind is Kind.MANIFEST:
            document, manifest = _manifest(knowledge, opened, plaintext)
            with transaction.atomic():
                return close_batch(
                    delivered=Delivered(*place, plaintext),
                    manifest=manifest,
                    document=document,
                    passing=_passing(opened.came, opened.grant, opened.exchange, "ok"),
                    at=at,
                )
        changes = _changes(opened, plaintext)
        with transaction.atomic():
            return take_delivery(
                delivered=Delivered(*place, plaintext, changes),
                passing=_passing(opened.came, opened.grant, opened.exchange, "ok", header.rows),
                at=at,
            )


def unsealed(key: PrivateKey, came: Came, body: bytes) -> bytes:
    """Open what is sealed to this node's key for this very place; raises Refused, and NotADelivery where it is none."""
    header, box = deliveries.read_delivery(body)
    read = came.envelope
    if header.key != key_id(str(key.suite), key.public.raw):
        raise Refused(Trouble.UNREADABLE)
    ends = Ends(read.sender, read.receiver, read.grant)
    try:
        return boxes.unseal(key, box, deliveries.purpose(ends, header))
    except Unreadable:
        raise Refused(Trouble.UNREADABLE) from None


def _granted(knowledge: Knowledge, came: Came, header: Header, node: str) -> tuple[Grant, Mode]:
    """Hold a delivery against its grant, of which the sender is the provider; raises Refused."""
    read = came.envelope
    held = knowledge.grants.get(read.grant)
    if held is None:
        raise Refused(grants.Refusal.UNKNOWN)
    try:
        mode = Mode(read.mode)
    except ValueError:
        raise Refused(grants.Refusal.MODE) from None
    grant = held.grant
    call = Call(
        grant=read.grant,
        resource=grant.resource,
        provider=End(read.sender, read.agency),
        consumer=End(node, grant.consumer.agency),
        purpose=read.purpose,
        basis=read.basis,
        case=read.case,
        official=read.official,
        fields=grant.fields,
        event=read.event,
        services=tuple(read.services.split()),
        mode=mode,
        rows=max(1, header.rows),
    )
    refusal = grants.check(grant, call, came.at, 0, revoked=held.revoked_at is not None)
    if refusal or mode is Mode.LOOK_UP:
        raise Refused(refusal or grants.Refusal.MODE)
    if mode is Mode.PUSH and header.stream != grant.id:
        raise Refused(Trouble.OTHER_STREAM)
    return grant, mode


def _changes(opened: _Opened, plaintext: bytes) -> list[deliveries.Change]:
    """Read the rows, which must be as many as said, and hold no more than granted; raises Refused."""
    grant = opened.grant
    try:
        found = deliveries.read_changes(plaintext, frozenset(grant.fields))
    except MoreThanGranted:
        raise Refused(Trouble.EXCESS) from None
    except NotADelivery:
        raise Refused(Trouble.NOT_A_CALL) from None
    if len(found) != opened.header.rows or len({one.key for one in found}) != len(found):
        raise Refused(Trouble.NOT_A_CALL)
    if grant.rows.region and grant.rows.field in grant.fields:
        for one in found:
            if one.row is not None and (refusal := grants.check_row(grant, one.row)):
                raise Refused(refusal)
    return found


def _manifest(knowledge: Knowledge, opened: _Opened, plaintext: bytes) -> tuple[bytes, Manifest]:
    """Read a manifest, which the provider's node must have signed for this very batch; raises Refused."""
    signature, key, document = _apart(plaintext)
    grant = opened.grant
    node = knowledge.nodes.nodes.get(grant.provider.node) if knowledge.nodes else None
    known = node.key(key) if node else None
    if known is None or not known.holds(opened.came.at):
        raise Refused(Trouble.MANIFEST)
    try:
        verifying = public_key(Suite(known.suite), known.raw)
        manifest = deliveries.read_manifest(document)
    except (Malformed, NotADelivery, ValueError):
        raise Refused(Trouble.MANIFEST) from None
    about = (manifest.batch, manifest.grant, manifest.resource, manifest.fields)
    right = about == (opened.header.stream, grant.id, grant.resource, grant.fields)
    ends = (manifest.provider, manifest.consumer) == (grant.provider, grant.consumer)
    if not right or not ends or not verifying.verify(signature, deliveries.SIGNED_MANIFEST + document):
        raise Refused(Trouble.MANIFEST)
    return plaintext, manifest


def _apart(plaintext: bytes) -> tuple[bytes, str, bytes]:
    """Take signature, key and document of a signed manifest apart; raises Refused."""
    try:
        whole = canonical.read(plaintext)
        signature = bytes.fromhex(canonical.text(whole, "signature"))
        return signature, canonical.text(whole, "key"), canonical.text(whole, "document").encode()
    except (canonical.NotCanonical, ValueError):
        raise Refused(Trouble.MANIFEST) from None


def _standing(opened: _Opened) -> Took:
    found = streams.incoming(opened.header.stream)
    if found is not None and (found.grant, found.peer) != (opened.grant.id, opened.came.envelope.sender):
        raise Refused(Trouble.OTHER_STREAM)
    return Took("ok", found.position, found.rows, found.digest.hex()) if found else Took("ok", 0)


def _passing(came: Came, grant: Grant | None, exchange: str, outcome: str, rows: int = 0) -> Passing:
    read = came.envelope
    return Passing(
        exchange=exchange,
        side="consumer",
        peer=read.sender,
        grant=grant.id if grant else None,
        resource=grant.resource if grant else "",
        fields=grant.fields if grant else (),
        purpose=read.purpose,
        basis=read.basis,
        case=read.case,
        official=read.official,
        outcome=outcome,
        rows=rows,
        at=came.at,
        milliseconds=round((time.monotonic() - came.started) * 1000),
        alarm=outcome in ALARMING,
        nonce=read.nonce,
        volume=grant.volume if grant and outcome == "ok" else None,
        signed_at=envelope.read_moment(read.time),
    )
