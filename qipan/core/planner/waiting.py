"""Waiting: what can be looked up only with a fact that is held back is held back with it."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from qipan.core.elements import Field
from qipan.core.planner.closure import EdgeKind, Graph
from qipan.core.planner.derivations import Derived, derive
from qipan.core.planner.setting import Setting


class Waiting(NamedTuple):
    """What the plan derives without what waits; ``turns_on`` gives, for each vertex that waits, what settles it."""

    derived: Derived
    turns_on: Mapping[int, frozenset[Field]]


def set_aside(setting: Setting, graph: Graph, derived: Derived, asked: Collection[int]) -> Waiting:
    """Take the look-ups that wait out of what was derived while deferred facts counted as known.

    What also follows without a deferred fact is derived without it. A service waits for nothing here: it is planned, and
    what it gives comes with it.
    """
    deferred, network = setting.scope.held.deferred, setting.network
    if not deferred:
        return Waiting(derived, {})
    sure = derive(graph, network.start.union(asked))
    via = derived.via | sure.via
    turns_on = {
        vertex: fields
        for field, fields in deferred.items()
        for vertex in network.numbers.reach([field])
        if vertex not in network.start and vertex not in sure.via
    }
    fired: list[int] = []
    for number in dict.fromkeys((*sure.fired, *derived.fired)):
        edge = graph.edges[number]
        behind = [turns_on[vertex] for vertex in edge.inputs if vertex in turns_on]
        if behind and edge.kind is EdgeKind.RESOURCE:
            given = (vertex for vertex in edge.outputs if via.get(vertex) == number)
            turns_on |= dict.fromkeys(given, frozenset().union(*behind))
        else:
            fired.append(number)
    return Waiting(Derived({one: via[one] for one in via if one not in turns_on}, fired), turns_on)
