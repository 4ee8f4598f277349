"""The network of one plan: every way to learn its facts, as a directed hypergraph.

G. Gallo, G. Longo, S. Pallottino and S. Nguyen, "Directed hypergraphs and applications", Discrete Applied Mathematics 42
(1993). Beside the fields there are vertices for a certificate in hand, for a document being met, for a service being done,
and for a fact *from a source*, which an answer of the applicant does not reach: a document may be met by those only.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from qipan.core.declarations import MeetKind
from qipan.core.elements import Field
from qipan.core.planner.activation import Activation, ActiveService
from qipan.core.planner.availability import LookupState
from qipan.core.planner.closure import Edge, EdgeKind, Graph
from qipan.core.planner.ground import GroundEvent, GroundWay, HeldPaper, held_paper
from qipan.core.planner.knowledge import Knowledge
from qipan.core.predicates import Truth


class Maybe(NamedTuple):
    """A way to learn facts whose condition is not settled yet: what it turns on, and of which service it is."""

    edge: Edge
    turns_on: frozenset[Field]
    service: str


@dataclass(slots=True)
class Network:
    """Vertices are numbered in the order of first mention; ``start`` is what is known.

    ``held`` names the certificate in the wallet that a field is known from, where nothing else tells it.
    """

    _next: "count[int]" = field(default_factory=count)
    fields: defaultdict[Field, int] = field(init=False)
    sourced: defaultdict[Field, int] = field(init=False)
    papers: defaultdict[HeldPaper, int] = field(init=False)
    documents: defaultdict[tuple[str, str], int] = field(init=False)
    done: defaultdict[str, int] = field(init=False)
    edges: list[Edge] = field(default_factory=list)
    maybe: list[Maybe] = field(default_factory=list)
    start: set[int] = field(default_factory=set)
    held: dict[Field, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        number = self._next.__next__
        self.fields, self.sourced = defaultdict(number), defaultdict(number)
        self.papers, self.documents, self.done = defaultdict(number), defaultdict(number), defaultdict(number)

    @property
    def size(self) -> int:
        """How many vertices there are."""
        tables = (self.fields, self.sourced, self.papers, self.documents, self.done)
        return sum(len(table) for table in tables)

    def graph(self, more: Iterable[Edge] = ()) -> Graph:
        """The certain ways, and ``more``."""
        return Graph([*self.edges, *more], self.size)

    def reach(self, facts: Iterable[Field]) -> list[int]:
        """The vertices reached when sources give these facts."""
        found = []
        for fact in facts:
            found.append(self.fields[fact])
            if fact in self.sourced:
                found.append(self.sourced[fact])
        return found

    def mention(self, fields: Iterable[Field]) -> None:
        """Number fields that no edge may speak of."""
        for one in fields:
            self.fields[one]

    def met_through(self, way: GroundWay) -> tuple[int, ...]:
        """The vertices by which a way meets its document."""
        if way.kind is MeetKind.CERTIFICATE and way.paper is not None:
            return (self.papers[way.paper],)
        return tuple(self.sourced[fact] for fact in way.facts)


def build_network(
    ground: GroundEvent, knowledge: Knowledge, activation: Activation, lookups: Iterable[LookupState]
) -> Network:
    """Lay out what is known and every way on from there; documents first, for they say which sources matter."""
    network = Network()
    for service in activation.services:
        for document in service.documents:
            vertex = network.documents[service.name, document.name]
            for way in document.ways:
                _add_way(network, way, vertex)
    _know(network, ground, knowledge, activation)
    for state in lookups:
        _add_lookup(network, state)
    for service in activation.services:
        _add_service(network, service)
        for paper in service.ground.issues:
            network.edges.append(_paper_edge(network, paper, ground.issued[paper]))
    network.mention(activation.decisions)
    network.mention(sorted({one for maybe in network.maybe for one in maybe.turns_on}))
    return network


def _add_way(network: Network, way: GroundWay, document: int) -> None:
    if way.kind is MeetKind.UPLOAD:
        network.start.add(document)
        return
    inputs = network.met_through(way)
    network.edges.append(Edge(EdgeKind.DOCUMENT, "", tuple(dict.fromkeys(inputs)), (document,)))


def _know(network: Network, ground: GroundEvent, knowledge: Knowledge, activation: Activation) -> None:
    known = [*knowledge.facts, *(() if knowledge.identified else ground.event.known)]
    network.start.update(network.fields[fact] for fact in known)
    network.start.update(network.reach(fact for fact in known if fact not in knowledge.stated))
    papers = [held_paper(ground.library, name, parties) for name, parties in sorted(knowledge.wallet)]
    papers += [paper for service in activation.granted for paper in service.ground.issues]
    for paper in papers:
        network.start.add(network.papers[paper])
    for name, parties in sorted(knowledge.wallet):
        _hold(network, ground, name, dict(parties))
    for service in activation.granted:
        for paper in service.ground.issues:
            _hold(network, ground, paper.certificate, dict(paper.parties))


def _hold(network: Network, ground: GroundEvent, name: str, parties: dict[str, str]) -> None:
    certificate = ground.library.certificates.get(name)
    for fact in certificate.facts if certificate else ():
        if fact.party in parties:
            carried = Field(parties[fact.party], fact.word)
            if network.fields[carried] not in network.start:
                network.held.setdefault(carried, name)
            network.start.update(network.reach([carried]))


def _add_lookup(network: Network, state: LookupState) -> None:
    if state.truth is Truth.FALSE:
        return
    lookup = state.lookup
    confirmed = sorted(state.turns_on) if state.truth is Truth.TRUE else []
    inputs = dict.fromkeys(network.fields[key] for key in (*(key for key, _ in lookup.keys), *confirmed))
    edge = Edge(
        EdgeKind.RESOURCE,
        lookup.name,
        tuple(inputs),
        tuple(dict.fromkeys(network.reach(fact.field for fact in state.gives))),
        lookup.resource.days,
        lookup.resource.cost,
        frozenset(network.reach(fact.field for fact in state.gives if fact.recorded)),
    )
    if state.truth is Truth.TRUE:
        network.edges.append(edge)
    else:
        network.maybe.append(Maybe(edge, state.turns_on, ""))


def _add_service(network: Network, service: ActiveService) -> None:
    inputs = [network.fields[need] for need in service.inputs()]
    inputs += [network.documents[service.name, document.name] for document in service.documents]
    done = network.done[service.name]
    outputs = [
        *network.reach(service.gives),
        *(network.papers[paper] for paper in service.ground.issues),
        done,
    ]
    edge = Edge(
        EdgeKind.SERVICE,
        service.name,
        tuple(inputs),
        tuple(dict.fromkeys(outputs)),
        service.ground.service.limits.promised,
        0,
        frozenset(outputs),
    )
    network.edges.append(edge)
    for output, turns_on in service.maybe:
        given = tuple(network.reach([output.field]))
        maybe = Edge(EdgeKind.SERVICE, service.name, (done,), given, recorded=frozenset(given))
        network.maybe.append(Maybe(maybe, turns_on, service.name))


def _paper_edge(network: Network, paper: HeldPaper, facts: Iterable[Field]) -> Edge:
    outputs = tuple(dict.fromkeys(network.reach(facts)))
    return Edge(
        EdgeKind.CERTIFICATE,
        paper.certificate,
        (network.papers[paper],),
        outputs,
        cost=1,
        recorded=frozenset(outputs),
    )
