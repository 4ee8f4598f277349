"""The public side: a call of another node's, held against everything that must hold, in this order.

headers → envelope → list of nodes → key and suite → clock → nonce → signature → method, path, query, content type → body → grant → walls →
keys → register → region → valve → record → signature → answer. A refusal after the signature was verified is signed and on
record; before it, nobody knows who asked.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from qipan.adapters.sources import (
    Answer,
    SourceDown,
    SourceMisdeclared,
    Sources,
    look_up_in_order,
    request_for,
)
from qipan.adapters.sources import Request as Reading
from qipan.core import envelope, grants, valve
from qipan.core.checks import check_value
from qipan.core.declarations import GrantDeclaration, Library, Resource
from qipan.core.elements import Field, Value
from qipan.core.envelope import Fault, RequestEnvelope, ResponseEnvelope, Seen
from qipan.core.following import followed_row
from qipan.core.grants import Call, End, Grant, Mode
from qipan.exchange.operations import Passing
from qipan.exchange.operations.recording import VALID
from qipan.exchange.subjects import about_keys
from qipan.faces.gateway import bodies, bounds, known, signing
from qipan.faces.gateway.bodies import Answered, Asked
from qipan.faces.gateway.bounds import Gate
from qipan.faces.gateway.grouping import GroupFailed, Grouping
from qipan.faces.gateway.known import Knowledge, Known
from qipan.faces.gateway.large import Large, check_size
from qipan.faces.gateway.refusals import ALARMING, Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON, Sealed, Signer, Verifier
from qipan.faces.gateway.turning_away import TurnedAway
from qipan.faces.gateway.walls import Walls

LOOK_UP_PATH = "/exchange/v1/look-up"
ROW = 1


class Nonces:
    """The nonces of late, so that most replays are known before any work is done; the record knows them all."""

    def __init__(self) -> None:
        self._used: set[tuple[str, str]] = set()
        self._line: deque[tuple[float, tuple[str, str]]] = deque()

    def use(self, peer: str, nonce: str) -> None:
        """Take a nonce; raises Refused where it was used."""
        now = time.monotonic()
        while self._line and self._line[0][0] < now:
            self._used.discard(self._line.popleft()[1])
        if (peer, nonce) in self._used:
            raise Refused(Fault.REPLAYED)
        self._used.add((peer, nonce))
        self._line.append((now + VALID.total_seconds(), (peer, nonce)))


class _Came(NamedTuple):
    """A request whose signature is verified."""

    sealed: Sealed
    envelope: RequestEnvelope
    at: datetime
    started: float


class _Outcome(NamedTuple):
    code: str
    answered: Answered | None = None
    asked: Asked | None = None
    volume: int | None = None
    row: str = ""


class Provider:
    """Answers other nodes' gateways."""

    def __init__(
        self,
        known_: Known,
        signer: Signer,
        record: Grouping[Passing, Passing],
        sources: Sources,
        clock: Callable[[], datetime],
    ) -> None:
        self._known, self._signer, self._record = known_, signer, record
        self._sources, self._clock = sources, clock
        self._gate, self._nonces, self._verifier, self._large = Gate(), Nonces(), Verifier(), Large()
        self._walls, self._turned_away = Walls(), TurnedAway()
        self._readers: dict[str, Grouping[Reading, Answer]] = {}

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        try:
            sealed = signing.read_headers(request.headers.raw)
            came = _Came(sealed, signing.read_request(sealed), self._clock(), time.monotonic())
            knowledge = self._known.now()
            self._authenticate(knowledge, came)
            with self._gate.let_in(came.envelope.sender):
                held = knowledge.grants.get(came.envelope.grant)
                return await self._large.answered(held, lambda: self._answer(request, knowledge, came))
        except Refused as refused:
            self._turned_away.tell(refused.code, time.monotonic())
            return Response(bodies.write_refusal(refused.code), status_of(refused.code), media_type=JSON)

    async def _answer(self, request: Request, knowledge: Knowledge, came: _Came) -> Response:
        try:
            outcome = await self._outcome(request, knowledge, came)
        except Refused as refused:
            outcome = _Outcome(refused.code)
        return await self._recorded(came, outcome)

    def _authenticate(self, knowledge: Knowledge, came: _Came) -> None:
        read = came.envelope
        if read.receiver != self._known.node:
            raise Refused(Fault.RECEIVER)
        node = known.peer(knowledge, read.sender, came.at)
        key = known.key_of(node, read.key, read.suite, came.at)
        signing.check_clock(read.time, came.at)
        if len(read.nonce) != 2 * envelope.NONCE_BYTES or not set(read.nonce) <= set("0123456789abcdef"):
            raise Refused(Fault.MALFORMED)
        self._verifier.verify(key, read.suite, came.sealed)
        self._nonces.use(read.sender, read.nonce)

    async def _outcome(self, request: Request, knowledge: Knowledge, came: _Came) -> _Outcome:
        raw = request.headers.raw
        seen = Seen(
            request.method,
            request.scope.get("raw_path", b"").decode("latin-1"),
            request.scope["query_string"].decode("latin-1"),
            signing.content_type(raw),
        )
        if fault := envelope.against_seen(came.envelope, seen):
            raise Refused(fault)
        body = await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED)
        if fault := envelope.against_body(came.envelope, body):
            raise Refused(fault)
        asked = bodies.read_asked(body)
        grant = self._granted(knowledge, came, asked)
        self._walls.check(knowledge, grant, came.envelope.case, asked.fields)
        return await self._looked_up(knowledge.library, grant, came, asked)

    def _granted(self, knowledge: Knowledge, came: _Came, asked: Asked) -> Grant:
        """Hold the call against its grant; raises Refused."""
        read = came.envelope
        held = knowledge.grants.get(read.grant)
        call = _call(read, asked, held.grant.provider if held else End("", ""), self._known.node)
        used = self._known.used(read.grant, came.at)
        refusal = grants.check(
            held.grant if held else None,
            call,
            came.at,
            used,
            revoked=held is not None and held.revoked_at is not None,
        )
        if refusal or held is None:
            raise Refused(refusal or grants.Refusal.UNKNOWN)
        return held.grant

    async def _looked_up(self, library: Library, grant: Grant, came: _Came, asked: Asked) -> _Outcome:
        resource = library.resources.get(asked.resource)
        if resource is None:
            raise Refused(Trouble.NOT_HELD)
        fields = tuple(_field(name) for name in asked.fields)
        passage = _passage(came, grant, resource, fields)
        keys = _keys(library, resource, asked)
        answer = await self._read(_reading(library, grant, keys, asked, came.at))
        answered = _cut(grant, passage, keys, answer)
        check_size(grant, answered)
        row = followed_row(grant, asked.keys)
        return _Outcome("ok" if answered.found else "none", answered, asked, grant.volume, row)

    async def _read(self, reading: Reading) -> Answer:
        """Read the register, together with who else waits for it; raises Refused."""
        register = str(reading.source.get("register"))
        if register not in self._readers:
            self._readers[register] = Grouping(f"register {register}", self._read_together)
        try:
            answer = await self._readers[register].do(reading, bounds.LINE_SECONDS)
        except GroupFailed:
            raise Refused(Trouble.REGISTER_DOWN) from None
        match answer.error:
            case None:
                return answer
            case SourceDown():
                raise Refused(Trouble.REGISTER_DOWN)
            case SourceMisdeclared():
                raise Refused(Trouble.NOT_HELD)
            case _:
                raise Refused(Trouble.REGISTER_NONSENSE)

    def _read_together(self, readings: Sequence[Reading]) -> list[Answer]:
        return look_up_in_order(self._sources, readings, bounds.REGISTER_SECONDS)

    async def _recorded(self, came: _Came, outcome: _Outcome) -> Response:
        """Put the call on record, and answer what the record says; without a record, nothing."""
        try:
            settled = await self._record.do(self._passing(came, outcome), bounds.RECORD_SECONDS)
        except GroupFailed:
            return await self._response(came, Trouble.NO_RECORD, None)
        if settled.outcome == outcome.code and outcome.answered is not None:
            self._known.count(came.envelope.grant, settled.rows, came.at)
            return await self._response(came, "ok", outcome.answered)
        return await self._response(came, settled.outcome, None)

    def _passing(self, came: _Came, outcome: _Outcome) -> Passing:
        read = came.envelope
        return Passing(
            exchange=envelope.hashed(read.suite, came.sealed.signed).hex(),
            side="provider",
            peer=read.sender,
            grant=read.grant if read.grant in self._known.now().grants else None,
            resource=outcome.asked.resource if outcome.asked else "",
            fields=outcome.asked.fields if outcome.asked else (),
            purpose=read.purpose,
            basis=read.basis,
            case=read.case,
            official=read.official,
            outcome=outcome.code,
            rows=ROW if outcome.code == "ok" else 0,
            at=came.at,
            milliseconds=round((time.monotonic() - came.started) * 1000),
            alarm=outcome.code in ALARMING,
            nonce=read.nonce,
            volume=outcome.volume,
            signed_at=envelope.read_moment(read.time),
            about=about_keys(outcome.asked.keys) if outcome.asked else "",
            row=outcome.row,
        )

    async def _response(self, came: _Came, code: str, answered: Answered | None) -> Response:
        body = bodies.write_answered(answered) if answered else bodies.write_refusal(code)
        status = 200 if answered else status_of(code)
        suite = self._signer.suite
        signed = ResponseEnvelope(
            sender=self._known.node,
            receiver=came.envelope.sender,
            suite=suite,
            key=self._signer.key_id,
            request=envelope.hashed(came.envelope.suite, came.sealed.signed).hex(),
            status=str(status),
            code=str(code),
            time=envelope.moment(self._clock()),
            content_type=JSON,
            length=str(len(body)),
            body=envelope.hashed(suite, body).hex(),
        )
        return Response(body, status, headers=await self._signer.headers(signed))


def _call(read: RequestEnvelope, asked: Asked, provider: End, node: str) -> Call:
    """The call as it was signed; the agency that provides is the grant's, the node must be us."""
    try:
        mode = Mode(read.mode)
    except ValueError:
        raise Refused(grants.Refusal.MODE) from None
    return Call(
        grant=read.grant,
        resource=asked.resource,
        provider=End(node, provider.agency),
        consumer=End(read.sender, read.agency),
        purpose=read.purpose,
        basis=read.basis,
        case=read.case,
        official=read.official,
        fields=asked.fields,
        event=read.event,
        services=tuple(read.services.split()),
        mode=mode,
        rows=ROW,
    )


def _field(name: str) -> Field:
    try:
        return Field.parse(name)
    except ValueError:
        raise Refused(Trouble.NOT_A_CALL) from None


def _passage(came: _Came, grant: Grant, resource: Resource, fields: tuple[Field, ...]) -> valve.Passage:
    """Ask the valve, to which the signed grant is one of this node's own; raises Refused."""
    request = valve.Request(
        event=came.envelope.event,
        fields=fields,
        purpose=came.envelope.purpose,
        legal_basis=(came.envelope.basis,),
        on=came.at.date(),
    )
    elements = frozenset(
        f"{resource.parties[one.party].kind}.{one.word}"
        for one in map(_field, grant.fields)
        if one.party in resource.parties
    )
    declared = GrantDeclaration(grant.id, resource.name, came.envelope.event, elements)
    passage = valve.decide(request, resource, [declared])
    if passage.refused:
        withheld = "withheld" in passage.refused.values()
        raise Refused(Trouble.WITHHELD if withheld else Trouble.NOT_HELD)
    return passage


def _keys(library: Library, resource: Resource, asked: Asked) -> dict[Field, Value]:
    """The keys, which must be those of the resource, each a valid value; raises Refused."""
    keys = {_field(name): value for name, value in asked.keys.items()}
    if set(keys) != set(resource.keys):
        raise Refused(Trouble.KEYS)
    for field, value in keys.items():
        element = library.element(resource.parties, field)
        if element is None or check_value(value, element, element.checks, library.codes, None):
            raise Refused(Trouble.KEYS)
    return keys


def _reading(library: Library, grant: Grant, keys: dict[Field, Value], asked: Asked, at: datetime) -> Reading:
    """What the register is asked: the fields, and the one that says of which region a row is."""
    wanted = [_field(name) for name in asked.fields]
    if grant.rows.field and _field(grant.rows.field) not in {*wanted, *keys}:
        wanted.append(_field(grant.rows.field))
    try:
        return request_for(library, asked.resource, keys, facts=wanted, today=at.date())
    except (SourceMisdeclared, KeyError):
        raise Refused(Trouble.NOT_HELD) from None


def _cut(grant: Grant, passage: valve.Passage, keys: dict[Field, Value], answer: Answer) -> Answered:
    """Cut an answer to what may pass; raises Refused for a foreign row, and for more than was asked."""
    if answer.facts is None:
        return Answered(found=False, facts={}, unbelieved={})
    row = {str(field): value for field, value in {**keys, **answer.facts}.items()}
    if refusal := grants.check_row(grant, row):
        raise Refused(refusal)
    facts = dict(answer.facts)
    if grant.rows.field and _field(grant.rows.field) not in passage.passed:
        facts.pop(_field(grant.rows.field), None)
    let = valve.let_through(passage, facts)
    if let.dropped:
        raise Refused(Trouble.EXCESS)
    unbelieved = {str(one.field): one.reason for one in answer.refused if one.field in passage.passed}
    return Answered(True, {str(field): value for field, value in let.values.items()}, unbelieved)
