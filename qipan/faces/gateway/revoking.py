"""Revocations travel: what was revoked here is brought to the other party's gateway, again and again until that has it.

A revocation is a document signed by a party to its grant, so it needs no envelope: whoever brings it, it is verified where it is taken.
"""

import logging
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import httpx
from django.db import connection, transaction
from django.utils import timezone
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from qipan.core.grants import NotARevocation
from qipan.exchange import queries
from qipan.exchange.errors import UnableToTake
from qipan.exchange.operations import Signed, revoke_grant
from qipan.exchange.queries import SentRevocation
from qipan.faces.gateway import bodies, bounds, known
from qipan.faces.gateway.bounds import Gate
from qipan.faces.gateway.grouping import GroupFailed, Grouping
from qipan.faces.gateway.known import Knowledge, Known
from qipan.faces.gateway.refusals import Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON

PATH = "/exchange/v1/revocations"
EVERY_SECONDS = 0.5
PEER_SECONDS = 4.0
ANYBODY = ""  # has the places of one peer
AT_ONCE = 4
LATELY = timedelta(days=31)
_log = logging.getLogger(__name__)


class Brought(NamedTuple):
    """A revocation as it came."""

    document: bytes
    signed: Signed


class Revocations:
    """Takes what other nodes bring."""

    def __init__(self) -> None:
        self._take = Grouping("revocations", _taken)
        self._gate = Gate(AT_ONCE)

    async def take(self, request: Request) -> Response:
        """Take one; the same again is taken again."""
        try:
            with self._gate.let_in(ANYBODY):
                body = await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED)
                code = await self._take.do(_read(body), bounds.RECORD_SECONDS)
        except GroupFailed:
            code = Trouble.NO_RECORD
        except Refused as refused:
            code = refused.code
        if code:
            return Response(bodies.write_refusal(code), status_of(code), media_type=JSON)
        return Response(b"{}", media_type=JSON)


class Carrier:
    """Brings our own to the other parties, in a thread; what arrived is remembered until the process ends, and may come twice."""

    def __init__(self, known_: Known) -> None:
        self._known = known_
        self._arrived: set[bytes] = set()
        self._seen = -1

    def start(self) -> None:
        """Begin to carry."""
        threading.Thread(target=self._carry, name="carrier", daemon=True).start()

    def _carry(self) -> None:
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=PEER_SECONDS) as client:
            while True:
                time.sleep(EVERY_SECONDS)
                try:
                    self._carry_once(client)
                except Exception as error:  # noqa: BLE001 -- it is tried again
                    _log.warning("Revocations cannot be carried: %s", type(error).__name__)
                finally:
                    connection.close()  # each thread has one of few; this one seldom needs it

    def _carry_once(self, client: httpx.Client) -> None:
        knowledge, at = self._known.now(), timezone.now()
        if knowledge.state.revocations == self._seen:
            return
        ours = queries.revocations_to_send(self._known.node, at - LATELY)
        away: set[str] = set()
        for one in ours:
            if one.document in self._arrived or one.peer in away:
                continue
            if self._brought(client, one, knowledge):
                self._arrived.add(one.document)
            else:
                away.add(one.peer)  # the rest of its revocations would only wait as well
        if not away:
            self._seen = knowledge.state.revocations

    def _brought(self, client: httpx.Client, one: SentRevocation, knowledge: Knowledge) -> bool:
        told = {"document": one.document.decode(), "key": one.key, "signature": one.signature.hex()}
        try:
            address = known.peer(knowledge, one.peer, timezone.now()).address
            return client.post(address + PATH, content=to_json(told)).status_code == httpx.codes.OK
        except (httpx.HTTPError, Refused):
            return False


def _read(body: bytes) -> Brought:
    match bodies.parsed(body):
        case {
            "document": str() as document,
            "key": str() as key,
            "signature": str() as signature,
            **rest,
        } if not rest:
            try:
                return Brought(document.encode(), Signed(key, bytes.fromhex(signature)))
            except ValueError:
                raise Refused(Trouble.NOT_TAKEN) from None
    raise Refused(Trouble.NOT_TAKEN)


def _taken(group: Sequence[Brought]) -> list[str]:
    """Take each by itself; give the code of refusal, or nothing."""
    try:
        return [_take(one) for one in group]
    finally:
        connection.close()


def _take(one: Brought) -> str:
    try:
        with transaction.atomic():
            revoke_grant(document=one.document, signed=one.signed, at=timezone.now())
    except (UnableToTake, NotARevocation):
        return Trouble.NOT_TAKEN
    return ""
