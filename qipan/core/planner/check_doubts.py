"""Needs that nobody may be asked and that stand on services which are not always done: optional ones, or on a condition.

What such a service needs itself is judged where that service stands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qipan.core.elements import Field
from qipan.core.plan import Problem
from qipan.core.planner.check_conditions import Conditions
from qipan.core.planner.closure import EdgeKind
from qipan.core.planner.ground import GroundNeed, GroundService
from qipan.core.planner.setting import Setting
from qipan.core.planner.unmet import need_position
from qipan.core.predicates import Predicate, both, either, parties
from qipan.core.predicates.tree import Constant, Not, Present

_ALWAYS = Constant(truth=True)


def check_doubts(conditions: Conditions, setting: Setting) -> Iterator[Problem]:
    """Warn of every need whose suppliers are all left out in some case in which the need is there."""
    doubts = _Doubts(conditions, setting, {service.name: service for service in setting.ground.services})
    if not any(map(doubts.is_doubtful, setting.ground.services)):
        return
    told = setting.scope.start | setting.scope.burdens.keys()
    for service in setting.scope.met:
        for need in service.needs:
            vertex = setting.network.numbers.fields[need.field]
            if vertex not in told:
                yield from doubts.check(service.ground, need, vertex)


@dataclass(frozen=True, slots=True)
class _Doubts:
    """The event at its best, in which everything applies."""

    conditions: Conditions
    setting: Setting
    services: Mapping[str, GroundService]

    def is_doubtful(self, service: GroundService) -> bool:
        """Whether a service, or something that it gives, is not always there."""
        guarded = service.when is not None or any(output.when is not None for output in service.gives)
        conditional = not self.setting.ground.whens.keys().isdisjoint(service.required)
        return service.use.optional or guarded or conditional

    def check(self, service: GroundService, need: GroundNeed, vertex: int) -> Iterator[Problem]:
        """Warn of a need that only services supply, none of which is surely done where the need is."""
        suppliers = self._suppliers(vertex)
        if not suppliers or service.name in suppliers:
            return
        if self._always_done(service, need, suppliers):
            return
        values = {
            "event": self.setting.ground.event.name,
            "service": service.name,
            "field": str(need.field),
            "services": suppliers,
        }
        position = need_position(self.setting.ground, service, need.field)
        yield Problem("doubtful-supply", "warning", position, values)

    def _suppliers(self, vertex: int) -> list[str]:
        """The services from which alone a fact comes, also by a certificate; nothing where a look-up has it too."""
        graph, reachable = self.setting.scope.graph, self.setting.scope.reachable
        found: list[str] = []
        for number in graph.producers[vertex]:
            edge = graph.edges[number]
            if not reachable.issuperset(edge.inputs):
                continue
            if edge.kind is EdgeKind.CERTIFICATE:
                found += self._suppliers(edge.inputs[0])
            elif edge.kind is EdgeKind.SERVICE:
                found.append(edge.name)
            else:
                return []
        return list(dict.fromkeys(found))

    def _always_done(self, service: GroundService, need: GroundNeed, suppliers: list[str]) -> bool:
        wanted = self._when(service, need.field, need.when)
        supplied = [
            self._when(one, need.field, self._given(one, need.field))
            for one in map(self.services.__getitem__, suppliers)
            if not one.use.optional
        ]
        missing = Not(either(*supplied)) if supplied else _ALWAYS
        slots = self.setting.ground.event.parties
        return not self.conditions.possible_together(slots, wanted, missing, *self._presence(wanted, missing))

    def _when(self, service: GroundService, about: Field, when: Predicate | None) -> Predicate:
        """When a service is done and a fact about a party concerns it."""
        there = [Present(party) for party in dict.fromkeys((*service.required, about.party))]
        return both(*there, service.when or _ALWAYS, when or _ALWAYS)

    def _given(self, service: GroundService, field: Field) -> Predicate | None:
        whens = [output.when or _ALWAYS for output in service.gives if output.field == field]
        return either(*whens) if whens else None

    def _presence(self, *spoken: Predicate) -> Iterator[Predicate]:
        """Who takes part: a party exactly when its condition holds, and all others always."""
        whens = self.setting.ground.whens
        seen = sorted(set[str]().union(*map(parties, spoken)))
        for party in seen:
            when = whens.get(party, _ALWAYS)
            yield either(both(Present(party), when), both(Not(Present(party)), Not(when)))
            seen.extend(sorted(parties(when) - set(seen)))
