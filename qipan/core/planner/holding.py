"""Holding back: what is not asked yet, because a way that is not settled yet may supply it.

Look-ups over a relation in doubt, outputs on a condition in doubt, services of which it is in doubt whether they take part:
what they may give is held back until the doubt is settled. What settles it must be learnable without anything held back,
or each would wait for the other; a way of which that is not so holds nothing back.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from qipan.core.elements import Field
from qipan.core.planner.activation import Activation
from qipan.core.planner.closure import Edge, Graph
from qipan.core.planner.ground import GroundEvent
from qipan.core.planner.network import Maybe, Network


class Held(NamedTuple):
    """``deferred`` needs count as known meanwhile, and map to what they turn on; ``awaited`` ones are only not asked.

    ``settling`` fields are to be learned from what is surely known.
    """

    deferred: Mapping[Field, frozenset[Field]]
    awaited: frozenset[int]
    settling: frozenset[Field]


NOTHING_HELD = Held({}, frozenset(), frozenset())


class _Doubt(NamedTuple):
    """The ways in doubt: look-ups, outputs of services that take part, and what undecided services give."""

    lookups: tuple[Maybe, ...]
    outputs: tuple[Maybe, ...]
    services: tuple[tuple[frozenset[Field], frozenset[int]], ...]

    def turns_on(self) -> frozenset[Field]:
        found = [way.turns_on for way in (*self.lookups, *self.outputs)]
        return frozenset().union(*found, *(turns_on for turns_on, _ in self.services))

    def learnable(self, numbers: Mapping[Field, int], learned: set[int]) -> "_Doubt":
        """The ways of which all that settles them is among what can be learned."""

        def settles(fields: Iterable[Field]) -> bool:
            return learned.issuperset(numbers[field] for field in fields)

        return _Doubt(
            tuple(way for way in self.lookups if settles(way.turns_on)),
            tuple(way for way in self.outputs if settles(way.turns_on)),
            tuple(one for one in self.services if settles(one[0])),
        )


def hold_back(
    network: Network, graph: Graph, ground: GroundEvent, activation: Activation, asks: Iterable[int]
) -> Held:
    """Find what to hold back, dropping ways until all that settles the rest can be learned without it."""
    doubt = _doubt(network, ground, activation)
    fields = network.numbers.fields
    holding = _Holding(network, graph, activation, frozenset(asks))
    produced = {fields[field] for service in activation.services for field in service.gives}
    while any(doubt):
        held = holding.by(doubt)
        back = {fields[field] for field in held.deferred} | held.awaited | produced
        learned = graph.close(network.start | (holding.asks - back))
        sure = doubt.learnable(fields, learned)
        if sure == doubt:
            return held
        doubt = sure
    return NOTHING_HELD


def _doubt(network: Network, ground: GroundEvent, activation: Activation) -> _Doubt:
    open_services = {
        left.service: frozenset(left.reason.fields)
        for left in activation.left
        if left.what == "service" and not left.settled
    }
    return _Doubt(
        tuple(way for way in network.maybe if not way.service),
        tuple(way for way in network.maybe if way.service),
        tuple(
            (
                open_services[service.name],
                frozenset(network.numbers.fields[output.field] for output in service.gives),
            )
            for service in ground.services
            if service.name in open_services
        ),
    )


class _Holding(NamedTuple):
    network: Network
    graph: Graph
    activation: Activation
    asks: frozenset[int]

    def by(self, doubt: _Doubt) -> Held:
        """What these ways would hold back."""
        numbers, start = self.network.numbers, self.network.start
        decisive = self.activation.decisions.keys() | doubt.turns_on()
        awaited = frozenset().union(*(given for _, given in doubt.services)) & self.asks
        awaited -= {numbers.fields[field] for field in decisive}
        sure = self._surely_given() | self.graph.close(start)
        own = {vertex for way in doubt.outputs for vertex in way.edge.outputs} - sure
        hopeful = self.network.graph(way.edge for way in doubt.lookups)
        reached = hopeful.close(start | own)
        hoped = own | (reached - self.graph.close(start | own))
        wanted = {field for service in self.activation.services for field in service.inputs} - decisive
        deferred = {
            field: _turning(numbers.fields[field], doubt, hopeful, reached, start)
            for field in sorted(wanted)
            if numbers.fields[field] in hoped
        }
        turning = frozenset().union(*deferred.values(), *(turns_on for turns_on, _ in doubt.services))
        return Held(deferred, awaited, turning)

    def _surely_given(self) -> set[int]:
        """What some certain way gives, once everything is asked, so that it is known to come from there."""
        reached = self.graph.close(self.network.start | self.asks)
        return {
            vertex for edge in self.graph.edges if reached.issuperset(edge.inputs) for vertex in edge.outputs
        }


def _turning(
    vertex: int, doubt: _Doubt, hopeful: Graph, reached: set[int], start: set[int]
) -> frozenset[Field]:
    """What the ways in doubt to a vertex turn on."""
    vertices, numbers = hopeful.backward([vertex], reached, start)
    taken: set[Edge] = {hopeful.edges[number] for number in numbers}
    outputs = (way for way in doubt.outputs if not set(vertices).isdisjoint(way.edge.outputs))
    lookups = (way for way in doubt.lookups if way.edge in taken)
    return frozenset().union(*(way.turns_on for way in (*outputs, *lookups)))
