"""Revocations travel: what was revoked here is brought to the other party's gateway, again and again until that has it.

A revocation is a document signed by a party to its grant, so it needs no envelope: whoever brings it, it is verified where it is taken.
"""

import logging
import threading
import time
from datetime import timedelta

import httpx
from django.db import connection, transaction
from django.utils import timezone

from qipan.core.grants import NotARevocation
from qipan.exchange import queries
from qipan.exchange.errors import UnableToTake
from qipan.exchange.operations import Signed, revoke_grant
from qipan.exchange.queries import SentRevocation
from qipan.faces.gateway import bounds
from qipan.faces.gateway.bringing import Brought, bring
from qipan.faces.gateway.known import Knowledge, Known
from qipan.faces.gateway.refusals import Refused, Trouble

PATH = "/exchange/v1/revocations"
EVERY_SECONDS = 0.5
LATELY = timedelta(days=31)
_log = logging.getLogger(__name__)


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
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=bounds.NEWS_SECONDS) as client:
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
        brought = Brought(one.document, Signed(one.key, one.signature))
        try:
            return bring(client, knowledge, one.peer, PATH, brought).status_code == httpx.codes.OK
        except (httpx.HTTPError, Refused):
            return False


def take(one: Brought) -> str:
    """Take one that another node brought; give the code of refusal, or nothing."""
    try:
        with transaction.atomic():
            revoke_grant(document=one.document, signed=one.signed, at=timezone.now())
    except (UnableToTake, NotARevocation):
        return Trouble.NOT_TAKEN
    return ""
