"""The list of nodes: who takes part in the exchange, where their gateways are, which keys speak for them until when.

The list is a numbered document, signed by a key that every node was given when it joined. A node takes no list whose number is not
above its own, so that a key that was struck off stays off; it goes on with the list it has until that list's own end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from qipan.core import canonical
from qipan.core.canonical import NotCanonical

SIGNED_LIST = b"qipan-nodes/1\n"
MEMBERS = frozenset(("issued", "nodes", "number", "until", "version"))
NODE_MEMBERS = ("address", "keys", "name", "title", "zone")
KEY_MEMBERS = ("from", "key", "suite", "until")
TITLE_MEMBERS = ("en", "zh")
ID_LENGTH = 16  # hexadecimal digits


class NotANodeList(Exception):
    """This document is no list of nodes."""


class NodeKey(NamedTuple):
    """A public key of a node, raw; ``suite`` as in qipan.adapters.seals; its ``id`` follows from both."""

    suite: str
    raw: bytes
    begins: datetime
    ends: datetime

    @property
    def id(self) -> str:
        """The first 16 hexadecimal digits of SM3 over suite, newline, key."""
        return key_id(self.suite, self.raw)

    def holds(self, at: datetime) -> bool:
        """Whether the key speaks for its node at this moment."""
        return self.begins <= at < self.ends


class Node(NamedTuple):
    """A node; ``address`` is its gateway's base URL, ``zone`` says where it stands to a province: upward, downward, inside …"""

    name: str
    title_zh: str
    title_en: str
    address: str
    zone: str
    keys: tuple[NodeKey, ...]

    def key(self, id: str) -> NodeKey | None:  # noqa: A002 -- what it is called in envelopes
        """Find one of its keys."""
        return next((one for one in self.keys if one.id == id), None)


@dataclass(frozen=True, slots=True)
class NodeList:
    """All nodes by name; good until ``ends``."""

    number: int
    issued: datetime
    ends: datetime
    nodes: Mapping[str, Node]

    def document(self) -> bytes:
        """Give the bytes that are signed."""
        return canonical.write(
            {
                "issued": canonical.moment(self.issued),
                "nodes": [_written(self.nodes[name]) for name in sorted(self.nodes)],
                "number": self.number,
                "until": canonical.moment(self.ends),
                "version": 1,
            }
        )


def key_id(suite: str, raw: bytes) -> str:
    """What a key is called."""
    return canonical.digest(f"{suite}\n".encode() + raw).hex()[:ID_LENGTH]


def read_nodes(document: bytes) -> NodeList:
    """Read a list from its bytes; raises NotANodeList."""
    try:
        whole = canonical.read(document)
        if set(whole) != MEMBERS or whole["version"] != 1 or not isinstance(whole["nodes"], list):
            raise NotANodeList
        nodes = [_node(one) for one in whole["nodes"]]
        found = NodeList(
            canonical.whole(whole, "number"),
            canonical.read_moment(whole["issued"]),
            canonical.read_moment(whole["until"]),
            {one.name: one for one in nodes},
        )
    except (NotCanonical, ValueError):
        raise NotANodeList from None
    if found.number < 1 or found.document() != document:
        raise NotANodeList
    return found


def introduction(node: Node) -> bytes:
    """What a node says of itself before it is in the list; it is compared with what its operator says before it is admitted."""
    return canonical.write(_written(node))


def read_introduction(document: bytes) -> Node:
    """Read what a node says of itself; raises NotANodeList."""
    try:
        return _node(canonical.read(document.strip()))
    except (NotCanonical, ValueError):
        raise NotANodeList from None


def _node(written: object) -> Node:
    whole = canonical.part({"node": written}, "node", NODE_MEMBERS)
    title = canonical.part(whole, "title", TITLE_MEMBERS)
    keys = whole["keys"]
    name, address = canonical.text(whole, "name"), canonical.text(whole, "address")
    if not isinstance(keys, list) or not name or not address.startswith(("http://", "https://")):
        raise NotCanonical
    return Node(
        name,
        canonical.text(title, "zh"),
        canonical.text(title, "en"),
        address.rstrip("/"),
        canonical.text(whole, "zone"),
        tuple(_key(one) for one in keys),
    )


def _key(written: object) -> NodeKey:
    whole = canonical.part({"key": written}, "key", KEY_MEMBERS)
    return NodeKey(
        canonical.text(whole, "suite"),
        bytes.fromhex(canonical.text(whole, "key")),
        canonical.read_moment(whole["from"]),
        canonical.read_moment(whole["until"]),
    )


def _written(node: Node) -> dict[str, object]:
    return {
        "address": node.address,
        "keys": [
            {
                "from": canonical.moment(one.begins),
                "key": one.raw.hex(),
                "suite": one.suite,
                "until": canonical.moment(one.ends),
            }
            for one in node.keys
        ],
        "name": node.name,
        "title": {"en": node.title_en, "zh": node.title_zh},
        "zone": node.zone,
    }
