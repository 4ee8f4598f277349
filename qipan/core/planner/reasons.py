"""Reasons: whom each question and look-up serves, why it cannot be spared, and why a service waits."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from qipan.core.elements import Field
from qipan.core.plan import Reason
from qipan.core.planner.activation import ActiveService
from qipan.core.planner.availability import LookupState
from qipan.core.planner.closure import EdgeKind
from qipan.core.planner.shortfall import Shortfall, find_shortfall
from qipan.core.planner.solve import Solved
from qipan.core.planner.stages import Step
from qipan.core.predicates import fields


@dataclass(slots=True)
class Reasons:
    """``serves`` maps each vertex and edge to the services that use it, directly or through look-ups."""

    solved: Solved
    order: dict[str, int]
    needs: dict[Field, list[str]]
    states: dict[str, LookupState]
    shortfall: Shortfall
    by_vertex: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_edge: dict[int, set[str]] = field(default_factory=dict)
    keyed: defaultdict[Field, list[int]] = field(default_factory=lambda: defaultdict(list))

    def of_question(self, asked: Field) -> tuple[Reason, ...]:
        """Why it is asked, then why nobody else can tell."""
        found = []
        if asked in self.needs:
            found.append(Reason("needed", services=tuple(self.needs[asked]), fields=(asked,)))
        decides = self.decides(asked)
        if decides:
            found.append(Reason("decides", services=decides, fields=(asked,)))
        if asked in self.keyed:
            found.append(self._key_reason(asked))
        return (*found, self.shortfall.why(asked))

    def decides(self, asked: Field) -> tuple[str, ...]:
        """The services about which something turns on the field."""
        concerned = set(self.solved.setting.activation.decisions.get(asked, ()))
        for number in self.keyed.get(asked, ()):
            state = self.states[self.solved.graph.edges[number].name]
            if asked in state.turns_on:
                concerned |= self.by_edge[number]
        return self.sorted(concerned)

    def _key_reason(self, asked: Field) -> Reason:
        edges = self.keyed[asked]
        gives = (self._facts(number) for number in edges)
        return Reason(
            "key",
            services=self.sorted({service for number in edges for service in self.by_edge[number]}),
            fields=tuple(dict.fromkeys(fact for facts in gives for fact in facts)),
            resources=tuple(self.solved.graph.edges[number].name for number in edges),
        )

    def of_fetch(self, number: int) -> tuple[Reason, ...]:
        """For whom it is looked up, and which further look-ups need it as a key."""
        facts = self._facts(number)
        found = [Reason("needed", services=self.sorted(self.by_edge[number]), fields=facts)]
        keyed = [
            self.solved.graph.edges[other].name
            for other in dict.fromkeys(other for fact in facts for other in self.keyed.get(fact, ()))
        ]
        if keyed:
            found.append(Reason("key", fields=facts, resources=tuple(keyed)))
        return tuple(found)

    def of_service(self, service: ActiveService, step: Step) -> tuple[Reason, ...]:
        """Why it applies, and what it waits for."""
        found = []
        if service.ground.when is not None:
            found.append(Reason("applies", fields=tuple(sorted(fields(service.ground.when)))))
        edges, via = self.solved.graph.edges, self.solved.derived.via
        waits: dict[str, list[Field]] = {}
        looks_up: dict[str, list[Field]] = {}
        for vertex in edges[step.edge].inputs:
            number = via.get(vertex)
            if number is not None:
                kind = edges[number].kind
                table = looks_up if kind is EdgeKind.RESOURCE else waits
                for name in [edges[number].name] if kind is EdgeKind.RESOURCE else self.makers(vertex):
                    table.setdefault(name, []).extend(
                        [self.solved.fields[vertex]] if vertex in self.solved.fields else []
                    )
        found += [
            Reason("waits", services=(name,), fields=_once(about)) for name, about in sorted(waits.items())
        ]
        found += [
            Reason("looks-up", fields=_once(about), resources=(name,))
            for name, about in sorted(looks_up.items())
        ]
        return tuple(found)

    def makers(self, vertex: int) -> list[str]:
        """The service from which a vertex comes, also by way of a certificate that it issues."""
        number = self.solved.derived.via.get(vertex)
        if number is None:
            return []
        edge = self.solved.graph.edges[number]
        if edge.kind is EdgeKind.CERTIFICATE:
            return self.makers(edge.inputs[0])
        return [edge.name] if edge.kind is EdgeKind.SERVICE else []

    def _facts(self, number: int) -> tuple[Field, ...]:
        """What the plan takes from a look-up."""
        solved = self.solved
        return _once(
            solved.fields[vertex]
            for vertex in solved.graph.edges[number].outputs
            if vertex in solved.vertices and solved.derived.via.get(vertex) == number
        )

    def sorted(self, services: Iterable[str]) -> tuple[str, ...]:
        """In the event's order."""
        return tuple(sorted(services, key=self.order.__getitem__))


def _once(found: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(dict.fromkeys(found))


def find_reasons(solved: Solved) -> Reasons:
    """Walk the used edges backwards from the services."""
    order = {service.name: rank for rank, service in enumerate(solved.setting.ground.services)}
    needs: dict[Field, list[str]] = {}
    for service in solved.setting.scope.met:
        region = () if service.ground.region is None else (service.ground.region,)
        for needed in dict.fromkeys((*(need.field for need in service.needs), *region)):
            needs.setdefault(needed, []).append(service.name)
    states = {state.lookup.name: state for state in solved.setting.lookups}
    reasons = Reasons(
        solved, order, needs, states, find_shortfall(solved.setting, solved.setting.scope.closed)
    )
    for decided, services in solved.setting.activation.decisions.items():
        reasons.by_vertex[solved.setting.network.numbers.fields[decided]] |= services
    for number in reversed(solved.edges):
        _walk(reasons, number)
    return reasons


def _walk(reasons: Reasons, number: int) -> None:
    solved = reasons.solved
    edge = solved.graph.edges[number]
    served = {edge.name} if edge.kind is EdgeKind.SERVICE else set()
    if edge.kind is not EdgeKind.SERVICE:
        made = [vertex for vertex in edge.outputs if solved.derived.via.get(vertex) == number]
        served = served.union(*(reasons.by_vertex[vertex] for vertex in made))
    reasons.by_edge[number] = served
    for vertex in edge.inputs:
        reasons.by_vertex[vertex] |= served
        if edge.kind is EdgeKind.RESOURCE and vertex in solved.fields:
            reasons.keyed[solved.fields[vertex]].append(number)
