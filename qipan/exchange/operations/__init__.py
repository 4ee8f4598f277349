"""Writing what the exchange keeps.

``documents`` takes signed ones, ``numbered`` those that each node signs about itself, ``admitting`` and ``cataloguing`` make lists of nodes and catalogues, ``recording`` puts calls on record.
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
from qipan.exchange.operations.numbered import Kind, accept_document, publish_document
from qipan.exchange.operations.recording import Passing, forget_nonces, record_passing

__all__ = [
    "Kind",
    "Passing",
    "Signed",
    "accept_catalogue",
    "accept_document",
    "accept_node_list",
    "admit_nodes",
    "forget_nonces",
    "issue_grant",
    "publish_catalogue",
    "publish_document",
    "record_passing",
    "revoke_grant",
    "verify_node",
]
