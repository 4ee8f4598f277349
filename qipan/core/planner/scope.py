"""Scope: which services can be met at all, what may be asked, and what must wait until a condition is settled."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from qipan.core.elements import Field
from qipan.core.planner.activation import Activation, ActiveService
from qipan.core.planner.closure import Edge, Graph
from qipan.core.planner.conditions import Circumstances
from qipan.core.planner.ground import GroundEvent
from qipan.core.planner.knowledge import Knowledge
from qipan.core.planner.network import Maybe, Network
from qipan.core.predicates import Truth


@dataclass(frozen=True, slots=True)
class Scope:
    """``start`` counts deferred fields as known: a source may turn out to have them, so they are not asked yet.

    ``deferred`` maps those to what that turns on. ``closed`` follows from ``start``, ``reachable`` from that and all that may be
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
    deferred: dict[Field, frozenset[Field]]


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
    for vertex in _awaited(network, graph, ground, activation, asks):
        del asks[vertex]
    deferred = _defer(network, graph, asks.keys() - refused, activation)
    start = network.start.union(*(network.numbers.reach([one]) for one in deferred))
    closing = _Closing(network, graph, activation.services, asks.keys())
    unmet, blocked = closing.without(start, refused)
    anyway = closing.without(start | refused, set())[0] if refused and unmet else unmet
    spared = start | blocked | closing.produced(start, blocked)
    burdens = {vertex: burden for vertex, burden in asks.items() if vertex not in spared}
    return Scope(
        graph,
        start,
        burdens,
        graph.close(start),
        graph.close(start | burdens.keys()),
        [service for service in activation.services if service.name not in unmet],
        [service for service in activation.services if service.name in unmet],
        frozenset(unmet - anyway),
        deferred,
    )


@dataclass(frozen=True, slots=True)
class _Closing:
    """Finds the services that cannot be met."""

    network: Network
    graph: Graph
    services: list[ActiveService]
    asks: Collection[int]

    def without(self, start: set[int], blocked: set[int]) -> tuple[set[str], set[int]]:
        """The services unmet when ``blocked`` may not be asked, and all that then may not be asked.

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
                return unmet, blocked
            unmet.update(service.name for service in new)
            blocked = blocked | (
                {vertex for one in new for vertex in self.network.numbers.reach(one.gives)} - start
            )

    def produced(self, start: set[int], blocked: set[int]) -> set[int]:
        """What the event itself produces, and so nobody is asked: a newborn has no number until it is given.

        It stays askable where its service cannot be met otherwise, as when two services wait for each other, or one
        needs itself what it gives.
        """
        numbers = self.network.numbers
        given = {
            one.name: {numbers.fields[field] for field in one.gives if field not in one.inputs}
            for one in self.services
        }
        asks = set(self.asks) - blocked - set[int]().union(*given.values())
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


def _awaited(
    network: Network, graph: Graph, ground: GroundEvent, activation: Activation, asks: Mapping[int, int]
) -> set[int]:
    """What a service would give of which it is not settled yet whether it takes part: that is not asked meanwhile."""
    fields = network.numbers.fields
    open_services = {
        left.service: {fields[one] for one in left.reason.fields}
        for left in activation.left
        if left.what == "service" and not left.settled
    }
    if not open_services:
        return set()
    learned = graph.close(network.start.union(asks))
    decisive = {fields[one] for one in activation.decisions}
    return {
        fields[output.field]
        for service in ground.services
        if service.name in open_services and learned.issuperset(open_services[service.name])
        for output in service.gives
    } & (asks.keys() - decisive)


def _defer(
    network: Network, graph: Graph, asks: Iterable[int], activation: Activation
) -> dict[Field, frozenset[Field]]:
    """The needed fields that a way not settled yet may supply, where what settles it can be learned."""
    if not network.maybe:
        return {}
    with_asks = graph.close(network.start.union(asks))
    ways = [
        way
        for way in network.maybe
        if with_asks.issuperset(network.numbers.fields[one] for one in way.turns_on)
    ]
    certain = graph.close(network.start)
    produced = _produced(graph, with_asks)
    own = {vertex for way in ways if way.service for vertex in way.edge.outputs} - certain - produced
    optimistic = network.graph(way.edge for way in ways if not way.service)
    hoped = own | (optimistic.close(network.start | own) - graph.close(network.start | own))
    decisive = activation.decisions.keys() | {one for way in ways for one in way.turns_on}
    wanted = {one for service in activation.services for one in service.inputs} - decisive
    deferred = [one for one in sorted(wanted) if network.numbers.fields[one] in hoped]
    return {one: _turning(network.numbers.fields[one], ways, optimistic, network, own) for one in deferred}


def _produced(graph: Graph, reached: set[int]) -> set[int]:
    """What some certain way gives, so that it is known to come from there."""
    return {vertex for edge in graph.edges if reached.issuperset(edge.inputs) for vertex in edge.outputs}


def _turning(
    vertex: int, ways: list[Maybe], optimistic: Graph, network: Network, own: set[int]
) -> frozenset[Field]:
    """What the unsettled ways to a vertex turn on."""
    within = optimistic.close(network.start | own)
    vertices, numbers = optimistic.backward([vertex], within, network.start)
    taken: set[Edge] = {optimistic.edges[number] for number in numbers}
    relevant = [
        way
        for way in ways
        if (way.service and not set(vertices).isdisjoint(way.edge.outputs)) or way.edge in taken
    ]
    return frozenset().union(*(way.turns_on for way in relevant))
