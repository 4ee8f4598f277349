"""Scope: which services can be met at all, what may be asked, and what must wait until a condition is settled."""

from collections.abc import Collection
from dataclasses import dataclass

from qipan.core.planner.activation import Activation, ActiveService
from qipan.core.planner.closure import Graph
from qipan.core.planner.conditions import Circumstances
from qipan.core.planner.ground import GroundEvent
from qipan.core.planner.holding import Held, hold_back
from qipan.core.planner.knowledge import Knowledge
from qipan.core.planner.network import Network
from qipan.core.predicates import Truth


@dataclass(frozen=True, slots=True)
class Scope:
    """``start`` counts deferred fields as known: a source may turn out to have them, so they are not asked yet.

    ``closed`` follows from ``start``, ``reachable`` from that and all that may be
    asked (``burdens``). ``stopped`` services are unmet because another was refused.
    """

    graph: Graph
    start: set[int]
    burdens: dict[int, int]
    closed: set[int]
    reachable: set[int]
    met: list[ActiveService]
    unmet: list[ActiveService]
    stopped: frozenset[str]
    held: Held


def find_scope(
    ground: GroundEvent,
    circumstances: Circumstances,
    knowledge: Knowledge,
    activation: Activation,
    network: Network,
) -> Scope:
    """Close everything that may be asked, and see which services can be met."""
    graph = network.graph()
    asks = _askable(ground, circumstances, network)
    refused = {
        network.numbers.fields[output.field]
        for service in ground.services
        if service.name in knowledge.refused
        for output in service.gives
        if output.field in network.numbers.fields
    } - network.start
    held = hold_back(network, graph, ground, activation, asks.keys() - refused)
    asks = {vertex: burden for vertex, burden in asks.items() if vertex not in held.awaited}
    start = network.start.union(*(network.numbers.reach([one]) for one in held.deferred))
    closing = _Closing(network, graph, activation.services, asks.keys())
    unmet, blocked, reachable = closing.without(start, refused)
    anyway = closing.without(start | refused, set())[0] if refused and unmet else unmet
    spared = start | blocked | closing.produced(start, blocked)
    burdens = {vertex: burden for vertex, burden in asks.items() if vertex not in spared}
    return Scope(
        graph,
        start,
        burdens,
        graph.close(start),
        reachable,
        [service for service in activation.services if service.name not in unmet],
        [service for service in activation.services if service.name in unmet],
        frozenset(unmet - anyway),
        held,
    )


@dataclass(frozen=True, slots=True)
class _Closing:
    """Finds the services that cannot be met."""

    network: Network
    graph: Graph
    services: list[ActiveService]
    asks: Collection[int]

    def without(self, start: set[int], blocked: set[int]) -> tuple[set[str], set[int], set[int]]:
        """The services unmet when ``blocked`` may not be asked, all that then may not be, and what is reached.

        What a service of the event would give is not asked instead when that service cannot be met: it does not exist yet.
        """
        unmet: set[str] = set()
        while True:
            reached = self.graph.close(start | (set(self.asks) - blocked))
            new = [
                service
                for service in self.services
                if service.name not in unmet and self.network.numbers.done[service.name] not in reached
            ]
            if not new:
                return unmet, blocked, reached
            unmet.update(service.name for service in new)
            blocked = blocked | (
                {vertex for one in new for vertex in self.network.numbers.reach(one.gives)} - start
            )

    def produced(self, start: set[int], blocked: set[int]) -> set[int]:
        """What the event itself produces, and so nobody is asked: a newborn has no number until it is given.

        It stays askable where its service cannot be met otherwise, as when two services wait for each other, or one
        needs itself what it gives. What is reached does not change by it.
        """
        numbers = self.network.numbers
        given = {
            one.name: {numbers.fields[field] for field in one.gives if field not in one.inputs}
            for one in self.services
        }
        produced = set[int]().union(*given.values())
        if produced.isdisjoint(self.asks):
            return set()
        asks = set(self.asks) - blocked - produced
        reached = self.graph.close(start | asks)
        return {vertex for name in given if numbers.done[name] in reached for vertex in given[name]}


def _askable(ground: GroundEvent, circumstances: Circumstances, network: Network) -> dict[int, int]:
    taking_part = {party for party in ground.event.parties if circumstances.presence((party,)) is Truth.TRUE}
    return {
        network.numbers.fields[field]: burden
        for field, burden in ground.burdens.items()
        if field.party in taking_part
        and field in network.numbers.fields
        and network.numbers.fields[field] not in network.start
    }
