"""Forward chaining over a directed hypergraph, in linear time.

W. F. Dowling and J. H. Gallier, "Linear-time algorithms for testing the satisfiability of propositional Horn formulae",
Journal of Logic Programming 1 (1984): every edge counts the inputs it still waits for, and fires at zero.
"""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


class EdgeKind(StrEnum):
    """The ways to learn facts that lead from some facts to others; the values are those of a derivation's kind."""

    RESOURCE = "resource"
    SERVICE = "service"
    CERTIFICATE = "certificate"
    DOCUMENT = "document"


class Edge(NamedTuple):
    """All of ``inputs`` give all of ``outputs``; both hold each vertex once. ``recorded`` outputs have their source here."""

    kind: EdgeKind
    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    days: int = 0
    cost: int = 0
    recorded: frozenset[int] = frozenset()


class Graph:
    """Edges over the vertices ``0 … size - 1``, ready to be closed many times."""

    def __init__(self, edges: Sequence[Edge], size: int) -> None:
        self.edges = edges
        self.size = size
        self._waiting = [len(edge.inputs) for edge in edges]
        self._outputs = [edge.outputs for edge in edges]
        self._free = [output for edge in edges if not edge.inputs for output in edge.outputs]
        self.consumers: list[list[int]] = [[] for _ in range(size)]
        for number, edge in enumerate(edges):
            for vertex in edge.inputs:
                self.consumers[vertex].append(number)

    def close(self, start: Collection[int]) -> set[int]:
        """Every vertex that follows from ``start``, itself included."""
        waiting, outputs, consumers = self._waiting.copy(), self._outputs, self.consumers
        reached = {*start, *self._free}
        queue = list(reached)
        for vertex in queue:
            for number in consumers[vertex]:
                waiting[number] -= 1
                if not waiting[number]:
                    for output in outputs[number]:
                        if output not in reached:
                            reached.add(output)
                            queue.append(output)
        return reached

    @cached_property
    def producers(self) -> list[list[int]]:
        """The numbers of the edges into each vertex."""
        found: list[list[int]] = [[] for _ in range(self.size)]
        for number, edge in enumerate(self.edges):
            for vertex in edge.outputs:
                found[vertex].append(number)
        return found

    def backward(
        self, targets: Iterable[int], within: set[int], stop: set[int]
    ) -> tuple[list[int], list[int]]:
        """The vertices outside ``stop``, and the edges, by which ``targets`` can be reached; inputs all in ``within``."""
        vertices = dict.fromkeys(vertex for vertex in targets if vertex not in stop)
        edges: dict[int, None] = {}
        queue = list(vertices)
        for vertex in queue:
            for number in self.producers[vertex]:
                inputs = self.edges[number].inputs
                if number in edges or not within.issuperset(inputs):
                    continue
                edges[number] = None
                new = [source for source in inputs if source not in stop and source not in vertices]
                vertices.update(dict.fromkeys(new))
                queue.extend(new)
        return list(vertices), list(edges)
