"""What to ask: the set of questions of least total burden from which every target follows.

In general this is the minimum source set of a directed hypergraph (see G. Ausiello, A. D'Atri and D. Saccà, "Minimal
representation of directed hypergraphs", SIAM Journal on Computing 15, 1986), which is NP-hard. But nearly every field
follows either from what is known or from nothing: so the known is closed, the forced questions are fixed and closed again,
and only what is left, cut into its independent parts, is searched exactly by branch and bound (``qipan.core.planner.core``).

Of several sets of the same burden, the one is taken that spares the last name by order in which they differ.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from qipan.core.planner.closure import Graph
from qipan.core.planner.core import Part, Way


class QuestionProblem(NamedTuple):
    """``closed`` follows from ``start``, and ``reachable`` from that and all of ``burdens``, which holds what may be asked.

    ``name`` gives each vertex that may be asked a name of its own, which breaks ties.
    """

    graph: Graph
    start: set[int]
    closed: set[int]
    reachable: set[int]
    burdens: Mapping[int, int]
    name: Callable[[int], str]


def least_questions(problem: QuestionProblem, targets: Collection[int]) -> tuple[set[int], set[int]]:
    """The questions to ask so that every target follows, and all that then does; every target must be reachable."""
    asked = set(_Core.around(problem, problem.closed, targets).forced)
    closed = problem.graph.close(problem.start | asked) if asked else problem.closed
    parts = _Core.around(problem, closed, targets).parts(problem.name)
    if not parts:
        return asked, closed
    asked = asked.union(*(part.solve() for part in parts))
    return asked, problem.graph.close(problem.start | asked)


@dataclass(frozen=True, slots=True)
class _Core:
    """What is not closed yet of the ways to the targets; ``required`` vertices are in every solution's closure."""

    ways: list[Way]
    vertices: list[int]
    required: set[int]
    forced: set[int]
    burdens: Mapping[int, int]

    @classmethod
    def around(cls, problem: QuestionProblem, closed: set[int], targets: Iterable[int]) -> "_Core":
        graph = problem.graph
        vertices, edges = graph.backward(targets, problem.reachable, closed)
        inside = set(vertices)
        ways = [
            Way(
                tuple(vertex for vertex in graph.edges[number].inputs if vertex not in closed),
                tuple(vertex for vertex in graph.edges[number].outputs if vertex in inside),
            )
            for number in edges
        ]
        required, forced = _required(ways, inside.intersection(targets), problem.burdens)
        return cls(ways, vertices, required, forced, problem.burdens)

    def parts(self, name: Callable[[int], str]) -> list[Part]:
        """Cut the core where nothing connects it; its ends, whose inputs are required anyway, connect nothing."""
        ends = self._ends()
        ways = [way for way in self.ways if ends.isdisjoint(way.outputs)]
        inside = [vertex for vertex in self.vertices if vertex not in ends]
        group = _groups(inside, ways)
        parts: list[Part] = []
        for root in dict.fromkeys(group[vertex] for vertex in inside if vertex in self.required):
            members = [vertex for vertex in inside if group[vertex] == root]
            asks = sorted((vertex for vertex in members if vertex in self.burdens), key=name)
            parts.append(
                Part(
                    [way for way in ways if group[way.outputs[0]] == root],
                    frozenset(vertex for vertex in members if vertex in self.required),
                    {
                        vertex: (self.burdens[vertex] << len(asks)) + (1 << rank)
                        for rank, vertex in enumerate(asks)
                    },
                )
            )
        return parts

    def _ends(self) -> set[int]:
        """Required vertices to which one way leads, which leads nowhere else, and from which none leads on."""
        inputs = {vertex for way in self.ways for vertex in way.inputs}
        entries = Counter(vertex for way in self.ways for vertex in way.outputs)
        return {
            way.outputs[0]
            for way in self.ways
            if len(way.outputs) == 1
            and entries[way.outputs[0]] == 1
            and way.outputs[0] in self.required - inputs - self.burdens.keys()
        }


def _required(
    ways: Iterable[Way], targets: set[int], burdens: Mapping[int, int]
) -> tuple[set[int], set[int]]:
    """What every solution reaches, and of that what must be asked because nothing else leads to it."""
    into: dict[int, list[Way]] = {}
    for way in ways:
        for vertex in way.outputs:
            if vertex not in way.inputs:
                into.setdefault(vertex, []).append(way)
    required, forced = set(targets), set()
    queue = list(targets)
    for vertex in queue:
        entries = into.get(vertex, [])
        if not entries and vertex in burdens:
            forced.add(vertex)
        elif len(entries) == 1 and vertex not in burdens:
            new = set(entries[0].inputs) - required
            required |= new
            queue.extend(new)
    return required, forced


def _groups(vertices: Iterable[int], ways: Iterable[Way]) -> dict[int, int]:
    """Union and find: the vertices of one way belong together."""
    parent = {vertex: vertex for vertex in vertices}

    def root(vertex: int) -> int:
        while parent[vertex] != vertex:
            parent[vertex] = parent[parent[vertex]]
            vertex = parent[vertex]
        return vertex

    for way in ways:
        members = [*way.inputs, *way.outputs]
        for vertex in members[1:]:
            parent[root(vertex)] = root(members[0])
    return {vertex: root(vertex) for vertex in parent}
