"""Where each fact comes from: the cheapest derivation of every vertex.

D. E. Knuth, "A generalization of Dijkstra's algorithm", Information Processing Letters 6 (1977): with a superior cost
function, one that grows in each argument and is never below any, vertices are settled in the order of their cost, in
O(E log V). Here an edge costs what its dearest input costs, plus its own (promised days, steps, not being the source of
record, cost), compared in this order; edges that cost the same are taken by name. Every edge costs something, so a vertex
is settled after all edges that could tie for it have been seen, and the result does not depend on the order of the input.
"""

from collections.abc import Collection, Iterable
from heapq import heappop, heappush
from typing import NamedTuple

from qipan.core.planner.closure import EdgeKind, Graph

Cost = tuple[int, int, int, int]


class Derived(NamedTuple):
    """``via`` gives the edge by which each vertex is reached; ``fired`` holds all edges in an order they can run in."""

    via: dict[int, int]
    fired: list[int]


def derive(graph: Graph, start: Collection[int]) -> Derived:
    """Settle every vertex that follows from ``start``; those in it need no edge."""
    search = _Search(graph, start)
    for number, edge in enumerate(graph.edges):
        if not edge.inputs:
            search.fire(number, (0, 0, 0, 0))
    while search.heap:
        cost, vertex = heappop(search.heap)
        if vertex not in search.settled:
            search.settle(vertex, cost)
    return Derived(search.via, search.fired)


class _Search:
    def __init__(self, graph: Graph, start: Collection[int]) -> None:
        self.graph = graph
        self.waiting = [len(edge.inputs) for edge in graph.edges]
        self.best: dict[int, Cost] = dict.fromkeys(start, (0, 0, 0, 0))
        self.heap: list[tuple[Cost, int]] = [((0, 0, 0, 0), vertex) for vertex in sorted(start)]
        self.settled: set[int] = set()
        self.via: dict[int, int] = {}
        self.fired: list[int] = []

    def settle(self, vertex: int, cost: Cost) -> None:
        self.settled.add(vertex)
        for number in self.graph.consumers[vertex]:
            self.waiting[number] -= 1
            if not self.waiting[number]:
                self.fire(number, cost)

    def fire(self, number: int, dearest: Cost) -> None:
        """Offer the edge to its outputs; vertices settle by growing cost, so the last input is the dearest."""
        self.fired.append(number)
        edge = self.graph.edges[number]
        days, steps = dearest[0] + edge.days, dearest[1] + (edge.kind is not EdgeKind.CERTIFICATE)
        for vertex in edge.outputs:
            cost = (days, steps, dearest[2] + (vertex not in edge.recorded), dearest[3] + edge.cost)
            best = self.best.get(vertex)
            if best is None or cost < best:
                self.best[vertex], self.via[vertex] = cost, number
                heappush(self.heap, (cost, vertex))
            elif cost == best and vertex in self.via and edge.name < self.graph.edges[self.via[vertex]].name:
                self.via[vertex] = number


def used(graph: Graph, derived: Derived, targets: Iterable[int]) -> tuple[list[int], set[int]]:
    """The edges, in an order they can run in, and the vertices that the targets' derivations use or that services give."""
    vertices = set(targets)
    edges: set[int] = set()
    queue = list(vertices)
    for vertex in queue:
        number = derived.via.get(vertex)
        if number is None:
            continue
        edges.add(number)
        new = [source for source in graph.edges[number].inputs if source not in vertices]
        vertices.update(new)
        queue.extend(new)
    for number in edges:
        edge = graph.edges[number]
        if edge.kind is EdgeKind.SERVICE:
            vertices.update(vertex for vertex in edge.outputs if derived.via.get(vertex) == number)
    return [number for number in derived.fired if number in edges], vertices
