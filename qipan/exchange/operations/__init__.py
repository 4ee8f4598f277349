"""Writing what the exchange keeps: ``documents`` takes signed ones, ``recording`` puts calls on record."""

from qipan.exchange.operations.documents import Signed, accept_node_list, issue_grant, revoke_grant
from qipan.exchange.operations.recording import Passing, forget_nonces, record_passing

__all__ = [
    "Passing",
    "Signed",
    "accept_node_list",
    "forget_nonces",
    "issue_grant",
    "record_passing",
    "revoke_grant",
]
