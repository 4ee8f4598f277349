"""Letters about requests for shared data: ours are brought to the other node until it takes them, its are taken here.

A letter is signed by its node's key, so it needs no envelope. One that is not taken, and never will be, is settled with the reason;
where the other node is down it waits.
"""

import logging
import threading
import time

import httpx
from django.db import connection, transaction
from django.utils import timezone

from qipan.adapters.seals import PrivateKey
from qipan.core.nodes import key_id
from qipan.core.share_acts import SIGNED_ACT, NotAnAct
from qipan.exchange.errors import UnableToTake
from qipan.exchange.operations import Signed
from qipan.faces.gateway import bodies
from qipan.faces.gateway.bringing import Brought, bring
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.refusals import Refused, Trouble
from qipan.sharing.errors import OutOfTurn, UnableToShare
from qipan.sharing.letters import TAKEN, Letter, letters_to_send, settle_letter
from qipan.sharing.operations import take_act

PATH = "/exchange/v1/share-acts"
EVERY_SECONDS = 0.5
PEER_SECONDS = 4.0
AGAIN = frozenset({Trouble.NO_RECORD, Trouble.TOO_MANY, Trouble.OUT_OF_TURN, Trouble.FAILED, ""})
_log = logging.getLogger(__name__)


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
        signed = Signed(self._key_id, self._key.sign(SIGNED_ACT + one.document))
        try:
            answer = bring(client, self._known.now(), one.peer, PATH, Brought(one.document, signed))
            found = bodies.parsed(answer.content)
        except (httpx.HTTPError, Refused):
            return ""
        if answer.status_code == httpx.codes.OK:
            return TAKEN
        return str(found.get("code", "")) if isinstance(found, dict) else ""


def take(one: Brought) -> str:
    """Take one that another node brought; give the code of refusal, or nothing."""
    try:
        with transaction.atomic():
            take_act(document=one.document, signed=one.signed, at=timezone.now())
    except OutOfTurn:
        return Trouble.OUT_OF_TURN
    except (UnableToTake, UnableToShare, NotAnAct, ValueError):
        return Trouble.NOT_TAKEN
    return ""
