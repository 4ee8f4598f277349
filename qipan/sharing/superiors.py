"""Where disputes between agencies of two nodes are settled: at the hub, for whose agencies all others stand below."""

from django.conf import settings

from qipan.exchange import queries as exchange
from qipan.exchange.trust import read_trust


def superior_node() -> str:
    """The node that signs the list of nodes, our own among them; empty where this one has joined none."""
    trust = read_trust(settings.QIPAN_HOME)
    if trust is None:
        return ""
    if not trust.hub:
        return str(settings.QIPAN_NODE)
    listed = exchange.node_list()
    known = listed.nodes.values() if listed else ()
    return next((one.name for one in known if one.address == trust.hub), "")
