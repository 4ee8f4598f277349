"""The inside, for what was received before: a look-up by the platform in rows that another node has sent here, under the same grant.

The other node is not asked, and may be down. Purpose, basis and case are held against the grant as for a look-up there, and each use
leaves a record and an entry.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, connection, transaction
from starlette.requests import Request
from starlette.responses import Response

from qipan.core import deliveries, following, grants
from qipan.core.grants import Call, Mode, Refusal
from qipan.exchange import streams
from qipan.exchange.operations import Passing, record_passing
from qipan.exchange.queries import HeldGrant
from qipan.faces.gateway import bodies, bounds
from qipan.faces.gateway.bodies import Answered
from qipan.faces.gateway.consumer import FURTHEST, Wanted, read_wanted
from qipan.faces.gateway.grouping import GroupFailed, Grouping
from qipan.faces.gateway.known import Knowledge, Known
from qipan.faces.gateway.ordering import check_inside
from qipan.faces.gateway.refusals import Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON

READERS = 2  # threads
EXCHANGE_BYTES = 32
KEPT = (Mode.PUSH, Mode.BATCH)
NEVER = datetime.min.replace(tzinfo=UTC)


class Received:
    """Looks up what was received."""

    def __init__(
        self,
        known_: Known,
        secret: str,
        cases: Grouping[tuple[str, str], bool],
        clock: Callable[[], datetime],
        ask: Callable[[Wanted], Awaitable[Answered]],
    ) -> None:
        self._known, self._secret, self._cases, self._clock = known_, secret, cases, clock
        self._ask = ask
        self._readers = ThreadPoolExecutor(READERS, "received")

    async def look_up(self, request: Request) -> Response:
        """Answer the platform, in the shape of a look-up."""
        try:
            check_inside(request, self._secret)
            body = await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED)
            wanted = read_wanted(body)
            calls = covered(self._known.now(), self._known.node, wanted, self._clock())
            await self._check_case(calls[0])
            answered = await self._answered(calls, wanted)
        except Refused as refused:
            return Response(bodies.write_refusal(refused.code), status_of(refused.code), media_type=JSON)
        return Response(bodies.write_answered(answered), media_type=JSON)

    async def _answered(self, calls: Sequence[Call], wanted: Wanted) -> Answered:
        """Read what was received; of rows of open cases, what is not here is asked for, and followed from then on."""
        grants_ = self._known.now().grants
        of_cases = any(following.follows(grants_[one.grant].grant) for one in calls)
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._readers, _found, calls, wanted, self._clock(), of_cases)
        return found or await self._ask(wanted)

    async def _check_case(self, call: Call) -> None:
        try:
            is_open = await self._cases.do((call.case, call.resource), bounds.RECORD_SECONDS)
        except GroupFailed:
            raise Refused(Trouble.NO_RECORD) from None
        if not is_open:
            raise Refused(Trouble.CASE)


def covered(knowledge: Knowledge, node: str, wanted: Wanted, at: datetime) -> list[Call]:
    """The calls that grants under which rows may have been received cover; raises Refused with what the nearest one lacks."""
    calls, nearest = [], Refusal.UNKNOWN
    for held in knowledge.by_resource.get(wanted.resource, ()):
        for mode in set(KEPT) & set(held.grant.modes) if held.grant.consumer.node == node else ():
            call = _call(held, wanted, mode)
            refusal = grants.check(held.grant, call, at, 0, revoked=held.revoked_at is not None)
            if refusal is None:
                calls.append(call)
            else:
                nearest = max(nearest, refusal, key=FURTHEST.__getitem__)
    if not calls:
        raise Refused(nearest)
    return calls


def _call(held: HeldGrant, wanted: Wanted, mode: Mode) -> Call:
    grant = held.grant
    grounds = [one for one in wanted.basis if one in grant.basis] or [*wanted.basis, ""]
    return Call(
        grant=grant.id,
        resource=wanted.resource,
        provider=grant.provider,
        consumer=grant.consumer,
        purpose=wanted.purpose,
        basis=grounds[0],
        case=wanted.case,
        official=wanted.official,
        fields=wanted.fields,
        event=wanted.event,
        services=wanted.services,
        mode=mode,
    )


def _found(calls: Sequence[Call], wanted: Wanted, at: datetime, of_cases: bool) -> Answered | None:  # noqa: FBT001 -- run by a thread
    """Read the newest row, and put its use on record; None where it is not here and can be asked for. Raises Refused."""
    started = time.monotonic()
    keys = {name: wanted.keys[name] for name in sorted(wanted.keys)}
    try:
        rows = [(streams.received(one.grant, deliveries.row_key(one.grant, keys)), one) for one in calls]
        row, call = max(rows, key=lambda found: found[0].at if found[0] else NEVER)
        if row is None and of_cases:
            return None
        if row is None and not any(streams.is_readable(one.grant) for one in calls):
            raise Refused(Trouble.REGISTER_DOWN)
        with transaction.atomic():
            record_passing(passings=[_passing(call, at, started, found=row is not None)], at=at)
    except (DatabaseError, InterfaceError):
        raise Refused(Trouble.NO_RECORD) from None
    finally:
        connection.close()
    if row is None:
        return Answered(found=False, facts={}, unbelieved={})
    return Answered(True, {name: row.row[name] for name in call.fields if name in row.row}, {})


def _passing(call: Call, at: datetime, started: float, *, found: bool) -> Passing:
    """A use as a look-up is recorded; it has a name of its own, and no twin, as nothing was sent."""
    return Passing(
        exchange=secrets.token_hex(EXCHANGE_BYTES),
        side="consumer",
        peer=call.provider.node,
        grant=call.grant,
        resource=call.resource,
        fields=call.fields,
        purpose=call.purpose,
        basis=call.basis,
        case=call.case,
        official=call.official,
        outcome="ok" if found else "none",
        rows=int(found),
        at=at,
        milliseconds=round((time.monotonic() - started) * 1000),
    )
