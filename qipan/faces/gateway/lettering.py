"""Letters about requests for shared data: ours are brought to the other node until it takes them, its are taken here.

A letter is signed by its node's key, so it needs no envelope. One that is not taken, and never will be, is settled with the reason;
where the other node is down it waits.
"""

import logging
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

import httpx
from django.db import connection, transaction
from django.utils import timezone
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from qipan.adapters.seals import PrivateKey
from qipan.core.nodes import key_id
from qipan.core.share_acts import SIGNED_ACT, NotAnAct
from qipan.exchange.errors import UnableToTake
from qipan.exchange.operations import Signed
from qipan.faces.gateway import bodies, bounds, known
from qipan.faces.gateway.bounds import Gate
from qipan.faces.gateway.grouping import GroupFailed, Grouping
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.refusals import Refused, Trouble, status_of
from qipan.faces.gateway.signing import JSON
from qipan.sharing.errors import OutOfTurn, UnableToShare
from qipan.sharing.letters import TAKEN, Letter, letters_to_send, settle_letter
from qipan.sharing.operations import take_act

PATH = "/exchange/v1/share-acts"
EVERY_SECONDS = 0.5
PEER_SECONDS = 4.0
ANYBODY = ""  # has the places of one peer
AT_ONCE = 4
AGAIN = frozenset({Trouble.NO_RECORD, Trouble.TOO_MANY, Trouble.OUT_OF_TURN, Trouble.FAILED, ""})
_log = logging.getLogger(__name__)


class Brought(NamedTuple):
    """A letter as it came."""

    document: bytes
    signed: Signed


class Letters:
    """Takes what other nodes bring."""

    def __init__(self) -> None:
        self._take = Grouping("letters", _taken)
        self._gate = Gate(AT_ONCE)

    async def take(self, request: Request) -> Response:
        """Take one; the same again is taken again."""
        try:
            with self._gate.let_in(ANYBODY):
                body = await bounds.whole_body(request.stream(), bounds.LARGEST_ASKED)
                code = await self._take.do(_read(body), bounds.RECORD_SECONDS)
        except GroupFailed:
            code = str(Trouble.NO_RECORD)
        except Refused as refused:
            code = refused.code
        if code:
            return Response(bodies.write_refusal(code), status_of(code), media_type=JSON)
        return Response(b"{}", media_type=JSON)


class Postman:
    """Brings our letters, in a thread; of each node's in their order."""

    def __init__(self, known_: Known, key: PrivateKey) -> None:
        self._known, self._key = known_, key
        self._key_id = key_id(key.suite, key.public.raw)

    def start(self) -> None:
        """Begin to carry."""
        threading.Thread(target=self._carry, name="postman", daemon=True).start()

    def _carry(self) -> None:
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=PEER_SECONDS) as client:
            while True:
                time.sleep(EVERY_SECONDS)
                try:
                    self._carry_once(client)
                except Exception as error:  # noqa: BLE001 -- it is tried again
                    _log.warning("Letters cannot be carried: %s", type(error).__name__)
                    connection.close()

    def _carry_once(self, client: httpx.Client) -> None:
        away: set[str] = set()
        while waiting := [one for one in letters_to_send() if one.peer not in away]:
            for one in waiting:
                outcome = self._brought(client, one)
                if outcome in AGAIN:
                    away.add(one.peer)  # and nobody else waits for it
                    continue
                with transaction.atomic():
                    settle_letter(one.id, outcome, timezone.now())

    def _brought(self, client: httpx.Client, one: Letter) -> str:
        """Bring one; ``ok``, or the code of refusal, which is empty where nobody answered."""
        signature = self._key.sign(SIGNED_ACT + one.document)
        told = {"document": one.document.decode(), "key": self._key_id, "signature": signature.hex()}
        try:
            address = known.peer(self._known.now(), one.peer, timezone.now()).address
            answer = client.post(address + PATH, content=to_json(told))
            found = bodies.parsed(answer.content)
        except (httpx.HTTPError, Refused):
            return ""
        if answer.status_code == httpx.codes.OK:
            return TAKEN
        return str(found.get("code", "")) if isinstance(found, dict) else ""


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
            take_act(document=one.document, signed=one.signed, at=timezone.now())
    except OutOfTurn:
        return Trouble.OUT_OF_TURN
    except (UnableToTake, UnableToShare, NotAnAct, ValueError):
        return Trouble.NOT_TAKEN
    return ""
