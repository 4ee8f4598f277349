"""What a gateway knows, read anew every second: nodes, grants, revocations, the library. Too old, it knows nothing."""

import logging
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.utils import timezone

from qipan.adapters.seals import Malformed, PublicKey, Suite, public_key
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library
from qipan.core.envelope import SUITES, Fault
from qipan.core.nodes import Node, NodeKey, NodeList
from qipan.exchange import queries
from qipan.exchange.queries import HeldGrant, State
from qipan.faces.gateway.refusals import Refused, Trouble

EVERY_SECONDS = 1.0
STALE_SECONDS = 5.0 * settings.QIPAN_PATIENCE
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One reading; ``grants`` are by their number, the revoked among them."""

    state: State
    version: int
    library: Library
    nodes: NodeList | None
    grants: Mapping[str, HeldGrant]
    by_resource: Mapping[str, tuple[HeldGrant, ...]]


class Known:
    """Keeps the newest reading; ``node`` is who we are."""

    def __init__(self, node: str) -> None:
        self.node = node
        self._knowledge: Knowledge | None = None
        self._read_at = 0.0
        self.used_on: tuple[str, dict[str, int]] = ("", {})

    def start(self) -> None:
        """Read now, and go on reading in a thread."""
        self.read()
        connection.close()  # each thread has one of few; this one needs it no more
        threading.Thread(target=self._keep_reading, name="known", daemon=True).start()

    def read(self) -> None:
        """Read what changed; raises what the database raises."""
        state, version = queries.state(), catalogue.current_version()
        before = self._knowledge
        if before is None or (before.state, before.version) != (state, version):
            self._knowledge = _read(self.node, state, version)
        self._read_at = time.monotonic()

    def now(self) -> Knowledge:
        """Give the newest reading; raises Refused where it is too old to act on."""
        if self._knowledge is None or time.monotonic() - self._read_at > STALE_SECONDS:
            raise Refused(Trouble.NO_RECORD)
        return self._knowledge

    def used(self, grant: str, day: datetime) -> int:
        """How many rows passed under a grant today, as far as this process knows; the record knows exactly."""
        today = day.astimezone(UTC).date().isoformat()
        if self.used_on[0] != today:
            self.used_on = (today, {})
        return self.used_on[1].get(grant, 0)

    def count(self, grant: str, rows: int, day: datetime) -> None:
        """Note rows that passed."""
        self.used_on[1][grant] = self.used(grant, day) + rows

    def _keep_reading(self) -> None:
        while True:
            time.sleep(EVERY_SECONDS)
            try:
                self.read()
            except Exception as error:  # noqa: BLE001 -- it is tried again, and what is too old is not used
                _log.warning("The gateway cannot read its tables: %s", type(error).__name__)
                connection.close()


def peer(knowledge: Knowledge, name: str, at: datetime) -> Node:
    """Find another node in a list that holds; raises Refused."""
    if knowledge.nodes is None or at >= knowledge.nodes.ends:
        raise Refused(Fault.LIST_ENDED)
    found = knowledge.nodes.nodes.get(name)
    if found is None:
        raise Refused(Fault.NODE)
    return found


def key_of(node: Node, key: str, suite: str, at: datetime) -> PublicKey:
    """Find a node's key, which must be of the suite that was used, and hold; raises Refused."""
    found = node.key(key)
    if found is None:
        raise Refused(Fault.KEY)
    if found.suite != suite or suite not in SUITES:
        raise Refused(Fault.SUITE)
    if not found.holds(at):
        raise Refused(Fault.KEY_ENDED)
    return _public(found)


@lru_cache(maxsize=1024)
def _public(key: NodeKey) -> PublicKey:
    try:
        return public_key(Suite(key.suite), key.raw)
    except Malformed:
        raise Refused(Fault.KEY) from None


def _read(node: str, state: State, version: int) -> Knowledge:
    grants = queries.standing_grants(node, timezone.now())
    return Knowledge(
        state,
        version,
        catalogue.library(version),
        queries.node_list(),
        {str(one.id): one for one in grants},
        by_resource(grants),
    )


def by_resource(held: Iterable[HeldGrant]) -> dict[str, tuple[HeldGrant, ...]]:
    """Grants by what they are for, the newest first: of several alike the platform plans with the newest, and its use shows there."""
    found: dict[str, tuple[HeldGrant, ...]] = {}
    for one in sorted(held, key=lambda one: (one.grant.begins, one.grant.id), reverse=True):
        found[one.grant.resource] = (*found.get(one.grant.resource, ()), one)
    return found
