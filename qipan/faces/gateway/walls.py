"""The walls at a gateway: what may cross from this node's agency to the other's, found once for each grant.

A gateway hands facts to machines, and a masked value is no fact: what the rules would only let through masked is refused.
"""

from collections.abc import Iterable

from qipan.core.declarations import Library
from qipan.core.elements import element_name
from qipan.core.grants import End, Grant
from qipan.core.nodes import NodeList
from qipan.core.valve import CORE
from qipan.core.walls import Purpose, Relation, Standing, Zone, barred, relation_between, zone_of
from qipan.faces.gateway.known import Knowledge
from qipan.faces.gateway.refusals import Refused, Trouble


class Walls:
    """Remembers, for as long as nodes, grants and library stay as they are, which fields of each grant are barred."""

    def __init__(self) -> None:
        self._knowledge: Knowledge | None = None
        self._barred: dict[tuple[str, bool], frozenset[str]] = {}

    def check(self, knowledge: Knowledge, grant: Grant, case: str, fields: Iterable[str]) -> None:
        """Let a call for these fields through, or raise Refused; ``case`` is empty where none is named."""
        if knowledge is not self._knowledge:
            self._knowledge, self._barred = knowledge, {}
        key = (grant.id, bool(case))
        found = self._barred.get(key)
        if found is None:
            found = self._barred[key] = frozenset(barred_fields(knowledge, grant, in_case=bool(case)))
        if not found.isdisjoint(fields):
            raise Refused(Trouble.WALL)


def barred_fields(knowledge: Knowledge, grant: Grant, *, in_case: bool) -> dict[str, str]:
    """Name the granted fields that do not pass, each with its rule.

    A case is vouched for by the consumer's gateway: it is open there, and its person consented. Without one, the nodes'
    labels say who is above.
    """
    giver = zone_of_end(knowledge.library, knowledge.nodes, grant.provider)
    taker = zone_of_end(knowledge.library, knowledge.nodes, grant.consumer)
    relation = Relation.CASE if in_case else relation_between(giver, taker)
    here = Standing(giver, taker, Purpose.USE, consent=in_case, relation=relation)
    return barred(here, {name: _grade(knowledge.library, grant.resource, name) for name in grant.fields})


def zone_of_end(library: Library, nodes: NodeList | None, end: End) -> Zone:
    """Where a party stands: a body half inside does so on any node; an office where its node does."""
    agency = library.agencies.get(end.agency.partition(".")[2])
    if agency is not None and agency.zone in {Zone.HALF, Zone.OUTSIDE}:
        return agency.zone
    node = nodes.nodes.get(end.node) if nodes else None
    return zone_of(node.zone) if node else Zone.OUTSIDE


def _grade(library: Library, resource: str, name: str) -> int:
    declared = library.resources.get(resource)
    party, _, word = name.partition(".")
    slot = declared.parties.get(party) if declared else None
    element = library.elements.get(element_name(slot.kind, word)) if slot else None
    return element.grade if element else CORE
