"""Hopes: what would follow if every way that is not settled yet turned out to be open."""

from collections.abc import Iterator
from dataclasses import dataclass

from qipan.core.elements import Field
from qipan.core.planner.closure import Edge, EdgeKind, Graph
from qipan.core.planner.ground import GroundService
from qipan.core.planner.setting import Setting
from qipan.core.predicates import Truth


@dataclass(frozen=True, slots=True)
class Hopes:
    """``graph`` leads from what settles an open way to what that way gives; ``reached`` is what then follows."""

    setting: Setting
    graph: Graph
    certain: int
    reached: set[int]

    def turn_on(self, vertex: int) -> tuple[Field, ...]:
        """What can be learned now and settles whether a vertex is reached; nothing where it is not even hoped for."""
        known = self.setting.scope.reachable
        if vertex in known or vertex not in self.reached:
            return ()
        _, numbers = self.graph.backward([vertex], self.reached, known)
        settling = {
            source
            for number in numbers
            if number >= self.certain
            for source in self.graph.edges[number].inputs
        }
        named = self.setting.network.numbers.named
        return tuple(sorted({named[source] for source in settling & known if source in named}))


def find_hopes(setting: Setting) -> Hopes:
    """Gather the services, outputs and look-ups that are not settled yet."""
    edges = [*_open_services(setting), *_open_ways(setting)]
    graph = setting.network.graph(edges) if edges else setting.scope.graph
    reached = graph.close(setting.scope.reachable) if edges else set()
    return Hopes(setting, graph, len(setting.network.edges), reached)


def _open_services(setting: Setting) -> Iterator[Edge]:
    services = {service.name: service for service in setting.ground.services}
    fields = setting.network.numbers.fields
    for left in setting.activation.left:
        if left.what == "service" and not left.settled:
            inputs = tuple(fields[field] for field in left.reason.fields)
            yield Edge(EdgeKind.SERVICE, left.service, inputs, _outputs(setting, services[left.service]))


def _outputs(setting: Setting, service: GroundService) -> tuple[int, ...]:
    guard, numbers = setting.circumstances.guard, setting.network.numbers
    gives = [
        output.field
        for output in service.gives
        if guard((output.field.party,), output.when)[0] is not Truth.FALSE
    ]
    carried = [fact for paper in service.issues for fact in setting.ground.issued[paper]]
    return (
        *numbers.reach(dict.fromkeys((*gives, *carried))),
        *(numbers.papers[paper] for paper in service.issues),
    )


def _open_ways(setting: Setting) -> Iterator[Edge]:
    fields = setting.network.numbers.fields
    for way in setting.network.maybe:
        inputs = dict.fromkeys((*way.edge.inputs, *(fields[field] for field in sorted(way.turns_on))))
        yield way.edge._replace(inputs=tuple(inputs))
