"""A list of two nodes, here and there, or of three with the hub, for tests of what travels between them; each has its key."""

from datetime import UTC, datetime, timedelta

from qipan.adapters.seals import PrivateKey, Suite, generate
from qipan.core.nodes import SIGNED_LIST, Node, NodeKey, NodeList, key_id
from qipan.exchange.operations import Signed, accept_node_list

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LONG = timedelta(days=4000)  # so that it also holds by the real clock, which gateways go by
SIGNER, HERE, THERE, HUB = (generate(Suite.SM2) for _ in range(4))


def signed(key: PrivateKey, message: bytes) -> Signed:
    """A signature by a node's key."""
    return Signed(key_id("sm2-sm3", key.public.raw), key.sign(message))


def node(name: str, key: PrivateKey) -> Node:
    """A node of the list."""
    own = NodeKey("sm2-sm3", key.public.raw, NOW - LONG, NOW + LONG)
    return Node(name, f"{name}节点", f"Node {name}", f"http://{name}.example", "inside", (own,))


def node_list(number: int = 1) -> NodeList:
    """Both nodes."""
    return _listed(number, node("here", HERE), node("there", THERE))


def list_with_hub(number: int = 2) -> NodeList:
    """Both nodes, and the hub, where disputes between them are settled."""
    return _listed(number, node("here", HERE), node("there", THERE), node("hub", HUB))


def _listed(number: int, *nodes: Node) -> NodeList:
    return NodeList(number, NOW, NOW + LONG, {one.name: one for one in nodes})


def accept(nodes: NodeList, key: PrivateKey = SIGNER) -> NodeList:
    """Take a list as its signer gave it out."""
    document = nodes.document()
    return accept_node_list(
        document=document, signed=signed(key, SIGNED_LIST + document), trusted=SIGNER.public, at=NOW
    )
