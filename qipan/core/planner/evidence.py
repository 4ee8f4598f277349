"""Documents: each is met by the first of its ways that can be had, without asking anything for it."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from qipan.core.declarations import MeetKind
from qipan.core.planner.activation import ActiveService
from qipan.core.planner.closure import Edge, EdgeKind, Graph
from qipan.core.planner.derivations import Derived, derive
from qipan.core.planner.ground import GroundWay
from qipan.core.planner.network import Network

Choice = dict[tuple[str, str], GroundWay]


class Chosen(NamedTuple):
    """The way chosen for each document, by service and name; the graph that leaves, and what follows in it."""

    ways: Mapping[tuple[str, str], GroundWay]
    graph: Graph
    derived: Derived


def choose_ways(
    network: Network, services: Collection[ActiveService], known: Collection[int], reached: Collection[int]
) -> Chosen:
    """Choose for every document the first way open, so that every service can still be done.

    ``known`` is what is known or asked, ``reached`` all that follows. Waiting for a certificate of another service of
    the event can close a circle; then the first documents in order keep their best way, the others take their next.
    """
    choice: Choice = {}
    for service in services:
        for document in service.documents:
            open_ways = (way for way in document.ways if _is_open(network, way, reached))
            choice[service.name, document.name] = next(open_ways)
    chosen = _chosen(network, choice, known)
    if all(network.numbers.done[service.name] in chosen.derived.via for service in services):
        return chosen
    return _chosen(network, _untangled(network, services, known, reached, choice), known)


def _chosen(network: Network, choice: Choice, known: Collection[int]) -> Chosen:
    graph = _chosen_graph(network, choice)
    return Chosen(choice, graph, derive(graph, known))


def _is_open(network: Network, way: GroundWay, reached: Collection[int]) -> bool:
    return way.kind is MeetKind.UPLOAD or all(
        vertex in reached for vertex in network.numbers.met_through(way)
    )


def _chosen_graph(network: Network, choice: Mapping[tuple[str, str], GroundWay]) -> Graph:
    """The ways of the network, with services waiting for what meets their documents as chosen."""
    through = {
        network.numbers.documents[key]: ()
        if way.kind is MeetKind.UPLOAD
        else network.numbers.met_through(way)
        for key, way in choice.items()
    }
    edges: list[Edge] = []
    for edge in network.edges:
        if edge.kind is EdgeKind.SERVICE:
            inputs = [source for vertex in edge.inputs for source in through.get(vertex, (vertex,))]
            edges.append(edge._replace(inputs=tuple(dict.fromkeys(inputs))))
        elif edge.kind is not EdgeKind.DOCUMENT or edge.outputs[0] not in through:
            edges.append(edge)
    return Graph(edges, network.numbers.size)


def _all_done(
    network: Network, services: Collection[ActiveService], known: Collection[int], graph: Graph
) -> bool:
    reached = graph.close(known)
    return all(network.numbers.done[service.name] in reached for service in services)


def _untangled(
    network: Network,
    services: Collection[ActiveService],
    known: Collection[int],
    reached: Collection[int],
    wanted: Choice,
) -> Choice:
    """Fix the documents one by one, leaving those not fixed yet free to be met in any way."""
    reachable = _chosen_graph(network, wanted).close(known)
    stuck = [service for service in services if network.numbers.done[service.name] not in reachable]
    free = {(service.name, document.name) for service in stuck for document in service.documents}
    choice = {key: way for key, way in wanted.items() if key not in free}
    for service in stuck:
        for document in service.documents:
            for way in document.ways:
                tried = {**choice, (service.name, document.name): way}
                if _is_open(network, way, reached) and _all_done(
                    network, services, known, _chosen_graph(network, tried)
                ):
                    choice = tried
                    break
    return choice
