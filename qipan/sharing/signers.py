"""The key with which this installation signs for its agencies, and the list of nodes of an installation that stands alone."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from qipan.adapters.seals import PrivateKey, Suite, key_files
from qipan.core.nodes import SIGNED_LIST, Node, NodeKey, NodeList, key_id
from qipan.exchange import operations as exchange
from qipan.exchange import queries
from qipan.exchange.operations import Signed
from qipan.sharing.errors import NobodyToSign

ALONE = "here"
VALID = timedelta(days=5 * 365)


class Signer(NamedTuple):
    """Who signs for the agencies of a node."""

    node: str
    key: PrivateKey

    def sign(self, message: bytes) -> Signed:
        """Sign in the node's name."""
        return Signed(key_id(self.key.suite, self.key.public.raw), self.key.sign(message))


def own_signer(home: Path, suite: str) -> Signer:
    """Find the node of the list whose key the gateway of this home has; raises NobodyToSign, KeyIsOpen and Malformed."""
    found, path = queries.node_list(), key_path(home, suite)
    if found is None or not path.exists():
        raise NobodyToSign
    key = key_files.read_or_make(path, Suite(suite))
    number = key_id(key.suite, key.public.raw)
    for node in found.nodes.values():
        if node.key(number) is not None:
            return Signer(node.name, key)
    raise NobodyToSign


def key_path(home: Path, suite: str) -> Path:
    """Where the key of a home's gateway rests."""
    return home / "keys" / f"gateway-{suite}.pem"


def stand_alone(*, home: Path, suite: str, title_zh: str, title_en: str, address: str, at: datetime) -> bool:
    """Make a list of this one node, where there is no list yet; in the caller's transaction. Whether it was made."""
    if queries.node_list() is not None:
        return False
    key = key_files.read_or_make(key_path(home, suite), Suite(suite))
    begins = at.replace(microsecond=0)
    own = NodeKey(key.suite, key.public.raw, begins, begins + VALID)
    node = Node(ALONE, title_zh, title_en, address, "inside", (own,))
    document = NodeList(1, begins, begins + VALID, {ALONE: node}).document()
    signed = Signed(own.id, key.sign(SIGNED_LIST + document))
    exchange.accept_node_list(document=document, signed=signed, trusted=key.public, at=at)
    return True
