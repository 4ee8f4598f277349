"""The ways of what goes beyond single look-ups: deliveries, orders and open cases outside; orders, and look-ups in what was received, inside."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from django.conf import settings
from starlette.requests import Request
from starlette.responses import Response

from qipan.adapters.seals import PrivateKey, Suite, key_files
from qipan.faces.gateway import open_cases, ordering, receiving
from qipan.faces.gateway.bodies import Answered
from qipan.faces.gateway.consumer import Wanted
from qipan.faces.gateway.grouping import Grouping
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.peers import Peers
from qipan.faces.gateway.posting import Poster
from qipan.faces.gateway.received import Received
from qipan.faces.gateway.signing import Signer

Answering = Callable[[Request], Awaitable[Response]]
Asking = Callable[[Wanted], Awaitable[Answered]]
Clock = Callable[[], datetime]
ORDER_SECONDS = 6.0


def node_key(suite: Suite) -> PrivateKey:
    """This node's own key of a suite, made when first asked for; messages are sealed to the SM2 one."""
    return key_files.read_or_make(settings.QIPAN_HOME / "keys" / f"gateway-{suite}.pem", suite)


def outside(known: Known, signer: Signer, clock: Clock) -> Mapping[str, Answering]:
    """What other nodes may call, by its path."""
    peers = Peers(known, signer, clock)
    taking = receiving.Deliveries(peers, node_key(Suite.SM2))
    cases = open_cases.OpenCases(peers, node_key(Suite.SM2))
    return {
        receiving.PATH: taking.take,
        ordering.PATH: ordering.Orders(peers).take,
        open_cases.PATH: cases.take,
    }


def within(
    known: Known, cases: Grouping[tuple[str, str], bool], clock: Clock, ask: Asking
) -> Mapping[str, Answering]:
    """What this node's platform may call, by its path; ``ask`` looks up what was not received."""
    poster = Poster(known.node, node_key(Suite(settings.QIPAN_GATEWAY_SUITE)), clock, ORDER_SECONDS)
    orders = ordering.Ordering(known, poster, settings.GATEWAY_SECRET, clock)
    received = Received(known, settings.GATEWAY_SECRET, cases, clock, ask)
    return {"/orders": orders.order, "/received": received.look_up}
