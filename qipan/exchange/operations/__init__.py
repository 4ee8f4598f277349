"""Writing what the exchange keeps.

``documents`` takes signed ones, ``admitting`` and ``cataloguing`` make lists of nodes and catalogues, ``recording`` puts calls on record.
"""

from qipan.exchange.operations.admitting import admit_nodes
from qipan.exchange.operations.cataloguing import accept_catalogue, publish_catalogue
from qipan.exchange.operations.documents import (
    Signed,
    accept_node_list,
    issue_grant,
    revoke_grant,
    verify_node,
)
from qipan.exchange.operations.recording import Passing, forget_nonces, record_passing

__all__ = [
    "Passing",
    "Signed",
    "accept_catalogue",
    "accept_node_list",
    "admit_nodes",
    "forget_nonces",
    "issue_grant",
    "publish_catalogue",
    "record_passing",
    "revoke_grant",
    "verify_node",
]
