"""Ordering a batch: this node's platform asks its gateway, which asks the provider's; that answers with the batch's number and begins."""

import asyncio
import hmac
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection, transaction
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from qipan.core import envelope, grants
from qipan.core.canonical import printable
from qipan.core.grants import Call, End, Grant, Mode, Refusal
from qipan.exchange.operations import Passing, record_passing
from qipan.exchange.operations.sending import open_stream
from qipan.faces.gateway import bodies, bounds, known
from qipan.faces.gateway.known import Knowledge, Known
from qipan.faces.gateway.peers import Came, Line, Peers
from qipan.faces.gateway.posting import Going, Heard, Poster
from qipan.faces.gateway.refusals import Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON

PATH = "/exchange/v1/orders"
ORDERED = ("case", "grant", "official")


class Orders:
    """The public side: takes orders of other nodes."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._line = Line(peers, "orders", bounds.LARGEST_ASKED, self._begun)

    async def take(self, request: Request) -> Response:
        """Begin a batch, and answer with its number; the same request makes no second one."""
        return await self._line.take(request)

    def _begun(self, knowledge: Knowledge, came: Came, body: bytes) -> bytes:
        return to_json({"batch": self._opened(knowledge, came, body)})

    def _opened(self, knowledge: Knowledge, came: Came, body: bytes) -> str:
        exchange = envelope.hashed(came.envelope.suite, came.sealed.signed).hex()
        batch = str(UUID(exchange[:32]))
        held = knowledge.grants.get(came.envelope.grant)
        grant = held.grant if held else None
        code = _against(grant, came, body, self._peers.known.node, revoked=bool(held and held.revoked_at))
        try:
            with transaction.atomic():
                passing = _passing(came, grant, exchange, code or "ok")
                (settled,) = record_passing(passings=[passing], at=came.at)
                if settled.outcome == "ok" and grant is not None:
                    read = came.envelope
                    open_stream(
                        id=batch,
                        grant=grant,
                        mode=Mode.BATCH,
                        official=read.official,
                        case=read.case,
                        at=came.at,
                    )
        except (DatabaseError, InterfaceError):
            raise Refused(Trouble.NO_RECORD) from None
        finally:
            connection.close()
        if settled.outcome != "ok":
            raise Refused(settled.outcome)
        return batch


class Ordering:
    """The inside: orders for this node's platform."""

    def __init__(self, known_: Known, poster: Poster, secret: str, clock: Callable[[], datetime]) -> None:
        self._known, self._poster, self._secret, self._clock = known_, poster, secret, clock
        self._askers = ThreadPoolExecutor(1, "orders")

    async def order(self, request: Request) -> Response:
        """Order a batch under a grant: ``{"case": "", "grant": "…", "official": "official:7"}``; the answer names it."""
        try:
            check_inside(request, self._secret)
            body = await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED)
            loop = asyncio.get_running_loop()
            batch = await loop.run_in_executor(self._askers, self._ordered, body)
        except Refused as refused:
            return Response(bodies.write_refusal(refused.code), status_of(refused.code), media_type=JSON)
        return Response(to_json({"batch": batch}), media_type=JSON)

    def _ordered(self, body: bytes) -> str:
        asked = _read_order(body)
        held = self._known.now().grants.get(asked["grant"])
        if held is None or held.grant.consumer.node != self._known.node:
            raise Refused(Refusal.UNKNOWN)
        grant, at, started = held.grant, self._clock(), time.monotonic()
        going = Going(
            path=PATH,
            content_type=JSON,
            body=to_json({"resource": grant.resource}),
            grant=grant,
            mode=Mode.BATCH,
            agency=grant.consumer.agency,
            basis=grant.basis[0],
            case=asked["case"],
            official=asked["official"],
            at=at,
        )
        heard = self._poster.post(known.peer(self._known.now(), grant.provider.node, at), going)
        self._recorded(grant, going, heard, started)
        return str(heard.said.get("batch"))

    def _recorded(self, grant: Grant, going: Going, heard: Heard, started: float) -> None:
        passing = Passing(
            exchange=heard.exchange,
            side="consumer",
            peer=grant.provider.node,
            grant=grant.id,
            resource=grant.resource,
            fields=grant.fields,
            purpose=grant.purpose_zh,
            basis=going.basis,
            case=going.case,
            official=going.official,
            outcome="ok",
            rows=0,
            at=going.at,
            milliseconds=round((time.monotonic() - started) * 1000),
            signed_at=going.at,
        )
        try:
            with transaction.atomic():
                record_passing(passings=[passing], at=going.at)
        except (DatabaseError, InterfaceError):
            raise Refused(Trouble.NO_RECORD) from None
        finally:
            connection.close()


def check_inside(request: Request, secret: str) -> None:
    """See that this node's own platform asks; raises Refused."""
    said = request.headers.get("authorization", "").encode()
    if not hmac.compare_digest(said, f"Bearer {secret}".encode()):
        raise Refused(Trouble.STRANGER)


def _read_order(body: bytes) -> dict[str, str]:
    found = bodies.parsed(body)
    if not isinstance(found, dict) or sorted(found) != list(ORDERED):
        raise Refused(Trouble.NOT_A_CALL)
    if not all(isinstance(one, str) and printable(one) for one in found.values()):
        raise Refused(Trouble.NOT_A_CALL)
    return found


def _against(grant: Grant | None, came: Came, body: bytes, node: str, *, revoked: bool) -> str:
    """Why an order may not be taken, or nothing."""
    read = came.envelope
    found = bodies.parsed(body)
    if not isinstance(found, dict) or set(found) != {"resource"} or read.mode != Mode.BATCH:
        return Trouble.NOT_A_CALL if read.mode == Mode.BATCH else Refusal.MODE
    call = Call(
        grant=read.grant,
        resource=str(found["resource"]),
        provider=End(node, grant.provider.agency if grant else ""),
        consumer=End(read.sender, read.agency),
        purpose=read.purpose,
        basis=read.basis,
        case=read.case,
        official=read.official,
        fields=grant.fields if grant else (),
        event=read.event,
        services=tuple(read.services.split()),
        mode=Mode.BATCH,
    )
    refusal = grants.check(grant, call, came.at, 0, revoked=revoked)
    if refusal is None and grant is not None and (grant.rows.own_cases or grant.retention < 1):
        return Refusal.MODE  # a batch is of all rows, and is kept
    return refusal or ""


def _passing(came: Came, grant: Grant | None, exchange: str, outcome: str) -> Passing:
    read = came.envelope
    return Passing(
        exchange=exchange,
        side="provider",
        peer=read.sender,
        grant=grant.id if grant else None,
        resource=grant.resource if grant else "",
        fields=grant.fields if grant else (),
        purpose=read.purpose,
        basis=read.basis,
        case=read.case,
        official=read.official,
        outcome=outcome,
        rows=0,
        at=came.at,
        milliseconds=round((time.monotonic() - came.started) * 1000),
        nonce=read.nonce,
        signed_at=envelope.read_moment(read.time),
    )
