"""Admitting nodes at the hub, and striking them off: each time a new list, signed and with the next number."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from qipan.adapters.seals import PrivateKey
from qipan.core.nodes import SIGNED_LIST, Node, NodeList, key_id
from qipan.exchange import queries
from qipan.exchange.operations.documents import Signed, accept_node_list

VALID = timedelta(days=365)
RENEWED = timedelta(days=90)  # before its end, a list is renewed though nothing else changes


def admit_nodes(
    *, nodes: Collection[Node], signer: PrivateKey, at: datetime, struck: Collection[str] = ()
) -> NodeList | None:
    """Sign the list with these nodes in it and those ``struck`` left out; None where the list in force says the same already."""
    before = queries.node_list()
    standing: Mapping[str, Node] = before.nodes if before else {}
    kept = {name: node for name, node in standing.items() if name not in struck}
    found = {**kept, **{one.name: _as_before(one, standing) for one in nodes}}
    if before is not None and found == dict(standing) and before.ends - at > RENEWED:
        return None
    issued = at.replace(microsecond=0)
    made = NodeList(before.number + 1 if before else 1, issued, issued + VALID, found)
    document = made.document()
    signed = Signed(key_id(signer.suite, signer.public.raw), signer.sign(SIGNED_LIST + document))
    return accept_node_list(document=document, signed=signed, trusted=signer.public, at=at)


def _as_before(node: Node, standing: Mapping[str, Node]) -> Node:
    """Keep the time of keys that are in the list already, so that introducing a node again changes nothing."""
    before = standing.get(node.name)
    known = {one.id: one for one in before.keys} if before else {}
    return node._replace(keys=tuple(known.get(one.id, one) for one in node.keys))
