"""Letters about shared data: ours are brought to the other node until it takes them, its are taken here.

They are acts on requests, notices of corrections and recalls, and answers to those. A letter is signed by its node's key, so it needs
no envelope. One that is not taken, and never will be, is settled with the reason; where the other node is down it waits.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import httpx
from django.db import connection, transaction
from django.utils import timezone

from qipan.adapters.seals import PrivateKey
from qipan.core.nodes import key_id
from qipan.core.share_acts import SIGNED_ACT, NotAnAct
from qipan.core.share_notices import SIGNED_ANSWER, SIGNED_NOTICE, NotANotice
from qipan.exchange.errors import UnableToTake
from qipan.exchange.operations import Signed
from qipan.faces.gateway import bodies, bounds
from qipan.faces.gateway.bringing import Brought, bring
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.refusals import Refused, Trouble
from qipan.sharing import letters, notice_letters, operations
from qipan.sharing.errors import OutOfTurn, UnableToShare
from qipan.sharing.letters import TAKEN, Letter

EVERY_SECONDS = 0.5
BUSY = frozenset({Trouble.NO_RECORD, Trouble.TOO_MANY, Trouble.FAILED, ""})
"""Why a node takes nothing at the moment; empty where it does not answer."""
_log = logging.getLogger(__name__)


class Box(NamedTuple):
    """One kind of letter: what signs it begins with, what waits (but for some nodes), what came of one, and who takes others'."""

    line: bytes
    waiting: Callable[[Sequence[str]], Sequence[Letter]]
    settle: Callable[[Letter, str, datetime], None]
    take: Callable[..., object]


BOXES: Mapping[str, Box] = {
    "/exchange/v1/share-acts": Box(
        SIGNED_ACT, letters.letters_to_send, letters.settle_letter, operations.take_act
    ),
    "/exchange/v1/share-notices": Box(
        SIGNED_NOTICE, notice_letters.notices_to_send, notice_letters.settle_notice, operations.take_notice
    ),
    "/exchange/v1/share-answers": Box(
        SIGNED_ANSWER, notice_letters.answers_to_send, notice_letters.settle_answer, operations.take_answer
    ),
}


class Postman:
    """Brings our letters, in a thread; of each matter's in their order."""

    def __init__(self, known_: Known, key: PrivateKey) -> None:
        self._known, self._key = known_, key
        self._key_id = key_id(key.suite, key.public.raw)

    def start(self) -> None:
        """Begin to carry."""
        threading.Thread(target=self._carry, name="postman", daemon=True).start()

    def _carry(self) -> None:
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=bounds.NEWS_SECONDS) as client:
            while True:
                time.sleep(EVERY_SECONDS)
                try:
                    self.carry_once(client)
                except Exception as error:  # noqa: BLE001 -- it is tried again
                    _log.warning("Letters cannot be carried: %s", type(error).__name__)
                    connection.close()

    def carry_once(self, client: httpx.Client) -> None:
        """Bring all that can be brought now; nobody waits for a node that does not take anything."""
        away: set[str] = set()
        for path, box in BOXES.items():
            later: set[tuple[str, str]] = set()
            while waiting := [
                one for one in box.waiting(sorted(away)) if (one.peer, one.matter) not in later
            ]:
                for one in waiting:
                    outcome = "" if one.peer in away else self._brought(client, path, box, one)
                    if outcome in BUSY:
                        away.add(one.peer)
                    elif outcome == Trouble.OUT_OF_TURN:
                        later.add((one.peer, one.matter))
                    else:
                        with transaction.atomic():
                            box.settle(one, outcome, timezone.now())

    def _brought(self, client: httpx.Client, path: str, box: Box, one: Letter) -> str:
        """Bring one; ``ok``, or the code of refusal, which is empty where nobody answered."""
        signed = Signed(self._key_id, self._key.sign(box.line + one.document))
        try:
            answer = bring(client, self._known.now(), one.peer, path, Brought(one.document, signed))
            found = bodies.parsed(answer.content)
        except (httpx.HTTPError, Refused):
            return ""
        if answer.status_code == httpx.codes.OK:
            return TAKEN
        return str(found.get("code", "")) if isinstance(found, dict) else ""


def taker(box: Box) -> Callable[[Brought], str]:
    """What takes the letters of a kind that other nodes bring; it gives the code of refusal, or nothing."""

    def take(one: Brought) -> str:
        try:
            with transaction.atomic():
                box.take(document=one.document, signed=one.signed, at=timezone.now())
        except OutOfTurn:
            return Trouble.OUT_OF_TURN
        except (UnableToTake, UnableToShare, NotAnAct, NotANotice, ValueError):
            return Trouble.NOT_TAKEN
        return ""

    return take
