"""The provider's public side of subscriptions to rows of open cases: it is told which are open, and holds that against its look-ups.

Note [What a provider can see]
It cannot look into the consumer's cases. What it holds instead is that each row was looked up before: under this grant, for the case that is
named, within the grant's time, and no longer ago than what was looked up may be kept. Each of these look-ups stands on record at both nodes
with its case, and is compared; so is what is said of open cases. Who says that a case is open when it is not keeps for some days what it
was given already, and leaves the proof. What was never looked up is not followed, and is an alarm at both.
"""

import time

from django.db import DatabaseError, InterfaceError, connection, transaction
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from qipan.adapters.seals import PrivateKey
from qipan.core import deliveries, envelope, following, grants
from qipan.core.deliveries import Kind, NotADelivery
from qipan.core.grants import Call, End, Grant, Mode
from qipan.exchange.operations import Passing, record_passing
from qipan.exchange.operations.following import NOT_LOOKED_UP, Held, Told, hold_open
from qipan.faces.gateway.known import Knowledge
from qipan.faces.gateway.peers import Came, Line, Peers
from qipan.faces.gateway.receiving import unsealed
from qipan.faces.gateway.refusals import ALARMING, Refused, Trouble

PATH = "/exchange/v1/open-cases"
LARGEST = 8 * 1024 * 1024  # bytes of what is told
MOST_UNKNOWN = 400  # named in one answer; the rest the next time


class OpenCases:
    """Is told by other nodes which of their cases are open; ``key`` is this node's own, to which they seal."""

    def __init__(self, peers: Peers, key: PrivateKey) -> None:
        self._key, self._peers = key, peers
        self._line = Line(peers, "open cases", LARGEST, self._unknown)

    async def take(self, request: Request) -> Response:
        """Answer one telling, with what of it was never looked up."""
        return await self._line.take(request)

    def _unknown(self, knowledge: Knowledge, came: Came, body: bytes) -> bytes:
        return to_json({"unknown": self._held(knowledge, came, body).unknown[:MOST_UNKNOWN]})

    def _held(self, knowledge: Knowledge, came: Came, body: bytes) -> Held:
        """Open what is told and hold it; raises Refused."""
        try:
            held = self._held_or_recorded(knowledge, came, body)
        except (DatabaseError, InterfaceError):
            raise Refused(Trouble.NO_RECORD) from None
        finally:
            connection.close()
        if held.outcome not in {"ok", NOT_LOOKED_UP}:
            raise Refused(held.outcome)
        return held

    def _held_or_recorded(self, knowledge: Knowledge, came: Came, body: bytes) -> Held:
        held = knowledge.grants.get(came.envelope.grant)
        grant = held.grant if held else None
        try:
            _check(grant, came, self._peers.known.node, revoked=bool(held and held.revoked_at))
            told = self._told(came, body)
        except Refused as refused:
            with transaction.atomic():
                record_passing(passings=[_passing(came, grant, refused.code)], at=came.at)
            raise
        with transaction.atomic():
            return hold_open(told=told, passing=_passing(came, grant, "ok"))

    def _told(self, came: Came, body: bytes) -> Told:
        try:
            header, _ = deliveries.read_delivery(body)
            plaintext = unsealed(self._key, came, body)
            rows = following.read_open(plaintext)
        except NotADelivery:
            raise Refused(Trouble.NOT_A_CALL) from None
        grant = came.envelope.grant
        about = (header.kind, header.stream, header.rows) == (Kind.CASES, grant, len(rows))
        if not about or len({*rows}) != len(rows) or len(rows) > following.MOST:
            raise Refused(Trouble.NOT_A_CALL)
        return Told(grant, rows, deliveries.exchange_of(plaintext))


def _check(grant: Grant | None, came: Came, node: str, *, revoked: bool) -> None:
    """Hold what is told against its grant, which must follow rows; raises Refused."""
    read = came.envelope
    call = Call(
        grant=read.grant,
        resource=grant.resource if grant else "",
        provider=End(node, grant.provider.agency if grant else ""),
        consumer=End(read.sender, read.agency),
        purpose=read.purpose,
        basis=read.basis,
        case=read.case,
        official=read.official,
        fields=grant.fields if grant else (),
        event=read.event,
        services=tuple(read.services.split()),
        mode=Mode.PUSH,
    )
    if refusal := grants.check(grant, call, came.at, 0, revoked=revoked):
        raise Refused(refusal)
    if read.mode != Mode.PUSH or grant is None or not following.follows(grant):
        raise Refused(grants.Refusal.MODE)


def _passing(came: Came, grant: Grant | None, outcome: str) -> Passing:
    read = came.envelope
    return Passing(
        exchange=envelope.hashed(read.suite, came.sealed.signed).hex(),
        side="provider",
        peer=read.sender,
        grant=grant.id if grant else None,
        resource=grant.resource if grant else "",
        fields=(),
        purpose=read.purpose,
        basis=read.basis,
        case=read.case,
        official=read.official,
        outcome=outcome,
        rows=0,
        at=came.at,
        milliseconds=round((time.monotonic() - came.started) * 1000),
        alarm=outcome in ALARMING,
        nonce=read.nonce,
        signed_at=envelope.read_moment(read.time),
    )
