"""Who holds a resource, and which agency answers for it: here, or at the node whose catalogue names it."""

from collections.abc import Collection, Container, Mapping
from functools import lru_cache
from typing import NamedTuple

from qipan import records
from qipan.core.catalogues import Catalogue, HeldResource, read_catalogue
from qipan.core.declarations import Resource
from qipan.core.elements import Text
from qipan.exchange import queries as exchange
from qipan.sharing import queries

HIGHEST = """
SELECT code, peers FROM (
  SELECT code, height, count(*) OVER (PARTITION BY height) AS peers FROM (
    SELECT code, CASE WHEN division LIKE '__0000' THEN 2 WHEN division LIKE '____00' THEN 4 ELSE length(division) END AS height
    FROM agencies WHERE kind = %(kind)s AND code ^@ %(division)s) AS within) AS counted
ORDER BY height, code LIMIT 1
"""


class Holder(NamedTuple):
    """Where a resource is: ``node`` and its title are empty where it is here; ``agency`` is the code of who answers."""

    node: str
    title: Text
    agency: str


class _Highest(NamedTuple):
    code: str
    peers: int


def highest_of(kind: str, division: str = "") -> str:
    """The one agency of a kind above all others in a division; empty where there is none, or several side by side."""
    found = records.first(_Highest, HIGHEST, {"kind": kind, "division": division})
    return found.code if found and found.peers == 1 else ""


def holder_of(resource: Resource, near: str, own: str = "") -> Holder:
    """Who holds a resource, seen from our ``own`` node; of several agencies that answer, the one nearest to ``near``."""
    node, provider = _holding(own).get(resource.name, ("", ""))
    agency = provider or queries.provider_of(resource.agency, near)
    return Holder(node, title_of(node), agency)


def title_of(node: str) -> Text:
    """What a node is called in the list of nodes; nothing for ours."""
    return titles_of([node])[node]


def titles_of(nodes: Collection[str]) -> Mapping[str, Text]:
    """What nodes are called in the list of nodes; nothing for ours, whose name is empty."""
    listed = exchange.node_list() if any(nodes) else None
    known = listed.nodes if listed else {}
    return {
        one: Text(known[one].title_zh, known[one].title_en) if one in known else Text(one) for one in nodes
    }


def held_elsewhere(own: str = "") -> Mapping[str, Text]:
    """What the node is called that holds each resource which is not held here."""
    nodes = {name: node for name, (node, _) in _holding(own).items() if node}
    titles = titles_of(set(nodes.values()))
    return {name: titles[node] for name, node in nodes.items()}


def unknown_elsewhere(known: Container[str], own: str = "") -> list[tuple[Text, HeldResource]]:
    """What other nodes hold that our library does not declare, each with what the node is called."""
    if not own:
        return []
    others = [one for one in _catalogues(exchange.catalogues_state()) if one.node != own]
    return [
        (title_of(one.node), resource)
        for one in others
        for name, resource in sorted(one.resources.items())
        if name not in known
    ]


def _holding(own: str) -> Mapping[str, tuple[str, str]]:
    return _who_holds(exchange.catalogues_state(), own) if own else {}


@lru_cache(maxsize=8)
def _who_holds(state: str, own: str) -> Mapping[str, tuple[str, str]]:
    """By resource: the node (empty: here) and the agency that answers. What is held here is had here; else the first by name."""
    found: dict[str, tuple[str, str]] = {}
    for one in sorted(_catalogues(state), key=lambda each: (each.node != own, each.node)):
        for name, resource in one.resources.items():
            found.setdefault(name, ("" if one.node == own else one.node, resource.provider))
    return found


@lru_cache(maxsize=2)
def _catalogues(_state: str) -> tuple[Catalogue, ...]:
    """The newest of each node; read anew once there is another one, as none is ever taken away."""
    return tuple(read_catalogue(one.document) for one in exchange.signed_catalogues())
