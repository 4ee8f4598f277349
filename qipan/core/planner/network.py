"""The network of one plan: every way to learn its facts, as a directed hypergraph.

G. Gallo, G. Longo, S. Pallottino and S. Nguyen, "Directed hypergraphs and applications", Discrete Applied Mathematics 42
(1993). What is the same in every plan of an event is made once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from qipan.core.declarations import MeetKind
from qipan.core.elements import Field
from qipan.core.planner.activation import Activation, ActiveService, unconditional
from qipan.core.planner.availability import LookupState
from qipan.core.planner.closure import Edge, EdgeKind, Graph
from qipan.core.planner.ground import GroundEvent, HeldPaper, held_paper
from qipan.core.planner.knowledge import Knowledge
from qipan.core.planner.lookups import GroundFact, GroundLookup
from qipan.core.planner.numbering import Numbering, number
from qipan.core.predicates import Truth


class Maybe(NamedTuple):
    """A way to learn facts whose condition is not settled yet: what it turns on, and of which service it is."""

    edge: Edge
    turns_on: frozenset[Field]
    service: str


@dataclass(slots=True)
class Network:
    """``start`` is what is known; ``held`` names the certificate that a field is known from, where nothing else tells."""

    numbers: Numbering
    edges: list[Edge] = field(default_factory=list)
    maybe: list[Maybe] = field(default_factory=list)
    start: set[int] = field(default_factory=set)
    held: dict[Field, str] = field(default_factory=dict)

    def graph(self, more: Iterable[Edge] = ()) -> Graph:
        """The certain ways, and ``more``."""
        return Graph([*self.edges, *more], self.numbers.size)


def build_network(
    ground: GroundEvent, knowledge: Knowledge, activation: Activation, lookups: Iterable[LookupState]
) -> Network:
    """Lay out what is known and every way on from there."""
    network = Network(number(ground))
    _know(network, ground, knowledge, activation)
    for state, plain in zip(lookups, _lookup_edges(ground), strict=True):
        _add_lookup(network, state, plain)
    certain, edges = unconditional(ground), _service_edges(ground)
    for service in activation.services:
        if certain.get(service.name) is service:
            network.edges.extend(edges[service.name])
        else:
            network.edges.extend(_edges_of(network.numbers, ground, service))
            network.maybe.extend(_maybe_edges(network.numbers, service))
        for document in service.documents:
            if any(way.kind is MeetKind.UPLOAD for way in document.ways):
                network.start.add(network.numbers.documents[service.name, document.name])
    return network


# What is known


def _know(network: Network, ground: GroundEvent, knowledge: Knowledge, activation: Activation) -> None:
    numbers = network.numbers
    known = [*knowledge.facts, *(() if knowledge.identified else ground.event.known)]
    network.start.update(numbers.fields[fact] for fact in known if fact in numbers.fields)
    network.start.update(numbers.reach(fact for fact in known if fact not in knowledge.stated))
    held = [(name, dict(parties)) for name, parties in sorted(knowledge.wallet)]
    held += [
        (paper.certificate, dict(paper.parties))
        for service in activation.granted
        for paper in service.ground.issues
    ]
    for name, parties in held:
        _hold(network, ground, name, parties)


def _hold(network: Network, ground: GroundEvent, name: str, parties: dict[str, str]) -> None:
    numbers = network.numbers
    paper = held_paper(ground.library, name, parties.items())
    if paper in numbers.papers:
        network.start.add(numbers.papers[paper])
    certificate = ground.library.certificates.get(name)
    for fact in certificate.facts if certificate else ():
        carried = Field(parties.get(fact.party, ""), fact.word)
        if carried in numbers.fields and numbers.fields[carried] not in network.start:
            network.held.setdefault(carried, name)
        network.start.update(numbers.reach([carried]))


# Look-ups


@lru_cache(maxsize=1024)
def _lookup_edges(ground: GroundEvent) -> tuple[Edge, ...]:
    """Every look-up with all that it gives."""
    numbers = number(ground)
    return tuple(_lookup_edge(numbers, lookup, lookup.gives, ()) for lookup in ground.lookups)


def _lookup_edge(
    numbers: Numbering, lookup: GroundLookup, gives: Iterable[GroundFact], confirmed: Iterable[Field]
) -> Edge:
    inputs = dict.fromkeys(numbers.fields[key] for key in (*(key for key, _ in lookup.keys), *confirmed))
    return Edge(
        EdgeKind.RESOURCE,
        lookup.name,
        tuple(inputs),
        numbers.reach(fact.field for fact in gives),
        lookup.resource.days,
        lookup.resource.cost,
        frozenset(numbers.reach(fact.field for fact in gives if fact.recorded)),
    )


def _add_lookup(network: Network, state: LookupState, plain: Edge) -> None:
    """Use a look-up; on a condition that is only supposed to hold, what that turns on must be confirmed first."""
    if state.truth is Truth.FALSE:
        return
    is_certain = state.truth is Truth.TRUE
    edge = plain
    if state.refusals or (is_certain and state.turns_on):
        confirmed = sorted(state.turns_on) if is_certain else ()
        edge = _lookup_edge(network.numbers, state.lookup, state.gives, confirmed)
    if is_certain:
        network.edges.append(edge)
    else:
        network.maybe.append(Maybe(edge, state.turns_on, ""))


# Services


@lru_cache(maxsize=1024)
def _service_edges(ground: GroundEvent) -> dict[str, tuple[Edge, ...]]:
    numbers = number(ground)
    return {
        name: tuple(_edges_of(numbers, ground, service)) for name, service in unconditional(ground).items()
    }


def _edges_of(numbers: Numbering, ground: GroundEvent, service: ActiveService) -> Iterator[Edge]:
    """A service, the ways to meet its documents, and the facts on the certificates it issues."""
    documents = [(numbers.documents[service.name, one.name], one) for one in service.documents]
    inputs = (*(numbers.fields[one] for one in service.inputs), *(vertex for vertex, _ in documents))
    issued = tuple(numbers.papers[paper] for paper in service.ground.issues)
    outputs = (*numbers.reach(service.gives), *issued, numbers.done[service.name])
    days = service.ground.service.limits.promised
    yield Edge(
        EdgeKind.SERVICE,
        service.name,
        tuple(dict.fromkeys(inputs)),
        outputs,
        days,
        recorded=frozenset(outputs),
    )
    for vertex, document in documents:
        for way in document.ways:
            if way.kind is not MeetKind.UPLOAD:
                yield Edge(EdgeKind.DOCUMENT, "", numbers.met_through(way), (vertex,))
    for paper in service.ground.issues:
        yield _paper_edge(numbers, paper, ground.issued[paper])


def _paper_edge(numbers: Numbering, paper: HeldPaper, facts: Iterable[Field]) -> Edge:
    outputs = numbers.reach(facts)
    inputs = (numbers.papers[paper],)
    return Edge(EdgeKind.CERTIFICATE, paper.certificate, inputs, outputs, cost=1, recorded=frozenset(outputs))


def _maybe_edges(numbers: Numbering, service: ActiveService) -> Iterator[Maybe]:
    for output, turns_on in service.maybe:
        given = numbers.reach([output.field])
        edge = Edge(
            EdgeKind.SERVICE, service.name, (numbers.done[service.name],), given, recorded=frozenset(given)
        )
        yield Maybe(edge, turns_on, service.name)
