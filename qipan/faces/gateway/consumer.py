"""The inside: what this node's platform wants of another node, put under a grant, signed, sent, verified and put on record.

The platform says what it wants, for which case and who acts; the gateway alone holds the key. It finds the grant, sees that the case
is open here, and believes of the answer only what was asked for. Without a record nothing is handed on.
"""

import hmac
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import aiohttp
from starlette.requests import Request
from starlette.responses import Response

from qipan.core import envelope, grants
from qipan.core.canonical import printable
from qipan.core.elements import Value
from qipan.core.envelope import Fault, RequestEnvelope
from qipan.core.following import followed_row
from qipan.core.grants import Call, Grant, Mode, Refusal
from qipan.core.nodes import Node
from qipan.exchange.operations import Passing
from qipan.exchange.queries import HeldGrant
from qipan.faces.gateway import bodies, bounds, known, signing
from qipan.faces.gateway.bodies import Answered, Asked
from qipan.faces.gateway.bounds import Gate
from qipan.faces.gateway.grouping import GroupFailed, Grouping
from qipan.faces.gateway.known import Knowledge, Known
from qipan.faces.gateway.large import Large
from qipan.faces.gateway.provider import LOOK_UP_PATH
from qipan.faces.gateway.refusals import ALARMING, Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON, Signer, Verifier

WANTED = {
    "resource": str, "keys": dict, "fields": list, "event": str, "services": list, "purpose": str, "basis": list,
    "case": str, "official": str,
}  # fmt: skip
FURTHEST = {code: place for place, code in enumerate(Refusal)}


class Wanted(NamedTuple):
    """What the platform asks for; ``basis`` are the grounds it knows, of which the grant's one is taken."""

    resource: str
    keys: Mapping[str, Value]
    fields: tuple[str, ...]
    event: str
    services: tuple[str, ...]
    purpose: str
    basis: tuple[str, ...]
    case: str
    official: str


class _Under(NamedTuple):
    """A call with the grant it goes under, signed for its provider; ``started`` on the monotonic clock."""

    grant: Grant
    call: Call
    keys: Mapping[str, Value]
    envelope: RequestEnvelope
    body: bytes
    at: datetime
    started: float


class _Answer(NamedTuple):
    """An answer as it came."""

    status: int
    headers: signing.Headers
    body: bytes


class Consumer:
    """Asks other nodes' gateways."""

    def __init__(
        self,
        known_: Known,
        signer: Signer,
        *,
        secret: str,
        record: Grouping[Passing, Passing],
        cases: Grouping[tuple[str, str], bool],
        clock: Callable[[], datetime],
    ) -> None:
        self._known, self._signer, self._secret = known_, signer, secret
        self._record, self._cases, self._clock = record, cases, clock
        self._gate, self._verifier, self._large = Gate(), Verifier(), Large()
        self._session: aiohttp.ClientSession | None = None

    async def look_up(self, request: Request) -> Response:
        """Answer the platform."""
        try:
            self._check_inside(request)
            body = await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED)
            answered, exchange = await self._look_up(read_wanted(body))
        except Refused as refused:
            return Response(bodies.write_refusal(refused.code), status_of(refused.code), media_type=JSON)
        return Response(
            bodies.write_answered(answered), headers={"content-type": JSON, "qipan-exchange": exchange}
        )

    async def ask(self, wanted: Wanted) -> Answered:
        """Look up what a part of this gateway wants; raises Refused."""
        return (await self._look_up(wanted))[0]

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _check_inside(self, request: Request) -> None:
        said = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(said, f"Bearer {self._secret}".encode()):
            raise Refused(Trouble.STRANGER)

    async def _look_up(self, wanted: Wanted) -> tuple[Answered, str]:
        knowledge, at = self._known.now(), self._clock()
        grant, call = _choose(knowledge, self._known.node, wanted, at)
        node = known.peer(knowledge, grant.provider.node, at)
        under = self._under(grant, call, wanted, at)
        exchange = envelope.hashed(under.envelope.suite, under.envelope.signed()).hex()
        with self._gate.let_in(node.name):
            try:
                await self._check_case(call)
                async with self._large.place(grant):
                    answered = await self._asked(node, under)
            except Refused as refused:
                await self._recorded(under, exchange, refused.code)
                raise
            await self._recorded(under, exchange, "ok" if answered.found else "none")
        return answered, exchange

    def _under(self, grant: Grant, call: Call, wanted: Wanted, at: datetime) -> _Under:
        body = bodies.write_asked(Asked(wanted.resource, wanted.keys, wanted.fields))
        suite = self._signer.suite
        written = RequestEnvelope(
            method="POST",
            path=LOOK_UP_PATH,
            query="",
            content_type=JSON,
            sender=self._known.node,
            receiver=grant.provider.node,
            suite=suite,
            key=self._signer.key_id,
            nonce=secrets.token_hex(envelope.NONCE_BYTES),
            time=envelope.moment(at),
            grant=grant.id,
            mode=str(Mode.LOOK_UP),
            agency=call.consumer.agency,
            event=call.event,
            services=" ".join(call.services),
            purpose=call.purpose,
            basis=call.basis,
            case=call.case,
            official=call.official,
            length=str(len(body)),
            body=envelope.hashed(suite, body).hex(),
        )
        return _Under(grant, call, wanted.keys, written, body, at, time.monotonic())

    async def _check_case(self, call: Call) -> None:
        """Refuse a call for a case that is not open here; raises Refused."""
        try:
            is_open = await self._cases.do((call.case, call.resource), bounds.RECORD_SECONDS)
        except GroupFailed:
            raise Refused(Trouble.NO_RECORD) from None
        if not is_open:
            raise Refused(Trouble.CASE)

    async def _asked(self, node: Node, under: _Under) -> Answered:
        """Send the call, and give what may be believed of the answer; raises Refused."""
        try:
            came = await self._sent(node, under)
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise Refused(Trouble.PEER_DOWN) from None
        code = self._verify(node, under, came)
        if code != "ok":
            raise Refused(code)
        answered = bodies.read_answered(came.body)
        if not {*answered.facts, *answered.unbelieved} <= set(under.call.fields):
            raise Refused(Trouble.EXCESS)
        return answered

    async def _sent(self, node: Node, under: _Under) -> _Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,
                    limit_per_host=bounds.AT_ONCE,
                    ttl_dns_cache=60,
                    keepalive_timeout=bounds.IDLE_SECONDS,
                ),
                timeout=aiohttp.ClientTimeout(total=bounds.PEER_SECONDS),
                auto_decompress=False,
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent",),
            )
        async with self._session.post(
            node.address + LOOK_UP_PATH,
            data=under.body,
            headers=await self._signer.headers(under.envelope),
            allow_redirects=False,  # a call reaches no address but the one in the list of nodes
        ) as response:
            body = await bounds.whole_body(
                response.content.iter_any(), under.grant.answer, bounds.PEER_SECONDS
            )
            return _Answer(response.status, response.raw_headers, body)

    def _verify(self, node: Node, under: _Under, came: _Answer) -> str:
        """See that the answer is the peer's, to this very call, whole and of now; give its code. Raises Refused."""
        try:
            sealed = signing.read_headers(came.headers)
            read = signing.read_response(sealed)
            key = known.key_of(node, read.key, read.suite, under.at)
            self._verifier.verify(key, read.suite, sealed)
        except Refused:
            raise Refused(_unsigned(came.status, came.body)) from None
        if (read.sender, read.receiver) != (node.name, self._known.node):
            raise Refused(Trouble.UNSIGNED)
        if read.request != envelope.hashed(under.envelope.suite, under.envelope.signed()).hex():
            raise Refused(Fault.OTHER_REQUEST)
        if read.status != str(came.status):
            raise Refused(Fault.STATUS)
        signing.check_clock(read.time, self._clock())
        if fault := envelope.against_body(read, came.body):
            raise Refused(fault)
        return read.code

    async def _recorded(self, under: _Under, exchange: str, code: str) -> None:
        """Wait for the record; raises Refused where there is none."""
        passing = Passing(
            exchange=exchange,
            side="consumer",
            peer=under.grant.provider.node,
            grant=under.grant.id,
            resource=under.call.resource,
            fields=under.call.fields,
            purpose=under.call.purpose,
            basis=under.call.basis,
            case=under.call.case,
            official=under.call.official,
            outcome=code,
            rows=1 if code == "ok" else 0,
            at=under.at,
            milliseconds=round((time.monotonic() - under.started) * 1000),
            alarm=code in ALARMING,
            signed_at=under.at,
            row=followed_row(under.grant, under.keys),
        )
        try:
            await self._record.do(passing, bounds.RECORD_SECONDS)
        except GroupFailed:
            raise Refused(Trouble.NO_RECORD) from None


def read_wanted(body: bytes) -> Wanted:
    """Read what the platform wants; raises Refused."""
    found = bodies.parsed(body)
    if not isinstance(found, dict) or set(found) != set(WANTED):
        raise Refused(Trouble.NOT_A_CALL)
    if not all(isinstance(found[name], kind) for name, kind in WANTED.items()):
        raise Refused(Trouble.NOT_A_CALL)
    lists = {name: tuple(map(str, found[name])) for name, kind in WANTED.items() if kind is list}
    texts = [found[name] for name, kind in WANTED.items() if kind is str]
    if not all(printable(one) for one in (*texts, *(one for each in lists.values() for one in each))):
        raise Refused(Trouble.NOT_A_CALL)
    return Wanted(**{**found, **lists})


def _choose(knowledge: Knowledge, node: str, wanted: Wanted, at: datetime) -> tuple[Grant, Call]:
    """Find the grant that this may go under; raises Refused with what the nearest one lacks."""
    nearest = Refusal.UNKNOWN
    ours = [one for one in knowledge.by_resource.get(wanted.resource, ()) if one.grant.consumer.node == node]
    for held in [one for one in ours if one.grant.purpose_zh == wanted.purpose] or ours:
        call = _call(held, wanted)
        refusal = grants.check(held.grant, call, at, 0, revoked=held.revoked_at is not None)
        if refusal is None:
            return held.grant, call
        nearest = max(nearest, refusal, key=FURTHEST.__getitem__)
    raise Refused(nearest)


def _call(held: HeldGrant, wanted: Wanted) -> Call:
    grounds: Sequence[str] = [one for one in wanted.basis if one in held.grant.basis] or wanted.basis
    return Call(
        grant=held.grant.id,
        resource=wanted.resource,
        provider=held.grant.provider,
        consumer=held.grant.consumer,
        purpose=wanted.purpose,
        basis=grounds[0] if grounds else "",
        case=wanted.case,
        official=wanted.official,
        fields=wanted.fields,
        event=wanted.event,
        services=wanted.services,
    )


def _unsigned(status: int, body: bytes) -> str:
    """What to make of an answer that nobody signed: a refusal by who does not know us, or nothing to be believed."""
    if status == 200:  # noqa: PLR2004 -- OK
        return Trouble.UNSIGNED
    try:
        found = bodies.parsed(body)
    except Refused:
        return Trouble.UNSIGNED
    code = found.get("code") if isinstance(found, dict) else None
    return str(code) if code in set(Fault) | {Trouble.NO_RECORD, Trouble.TOO_MANY} else Trouble.UNSIGNED
