"""Shortfall: why a field is not supplied by any source, and what that says about the declarations."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from qipan.core.elements import Field
from qipan.core.plan import Reason
from qipan.core.planner.availability import LookupState
from qipan.core.planner.index import elements_of
from qipan.core.planner.network import Network
from qipan.core.planner.setting import Setting
from qipan.core.predicates import Truth

_ORDER = (
    "refused",
    "source-down",
    "no-record",
    "waits",
    "not-given",
    "no-grant",
    "withheld",
    "key-unknown",
    "not-held",
    "false",
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Answers why nobody supplies a field; ``reached`` is what does follow without it.

    ``idle`` services could give it and do not, ``papers`` are the certificates that carry it.
    """

    network: Network
    lookups: Sequence[LookupState]
    suppliers: Mapping[Field, tuple[int, ...]]
    refused: Mapping[Field, tuple[str, ...]]
    givers: Mapping[Field, tuple[str, ...]]
    idle: Mapping[Field, tuple[str, ...]]
    papers: Mapping[Field, tuple[str, ...]]
    reached: set[int]

    def why(self, field: Field) -> Reason:
        """The most telling reason."""
        found = {reason.code: reason for reason in reversed([*self._reasons(field)])}
        return next((found[code] for code in _ORDER if code in found), Reason("no-source"))

    def _reasons(self, field: Field) -> Iterator[Reason]:
        if field in self.refused:
            yield Reason("refused", services=self.refused[field], fields=(field,))
        if field in self.givers:
            yield Reason("waits", services=self.givers[field], fields=(field,))
        if field in self.idle:
            yield Reason("not-given", services=self.idle[field], fields=(field,))
        if field in self.papers:
            yield Reason("not-held", fields=(field,), resources=self.papers[field])
        for state in (self.lookups[place] for place in self.suppliers.get(field, ())):
            yield from (reason for refused, reason in state.refusals if refused == field)
            missing = self._missing_keys(state)
            if (
                missing
                and any(fact.field == field for fact in state.gives)
                and state.truth is not Truth.FALSE
            ):
                yield Reason("key-unknown", fields=missing, resources=(state.lookup.resource.name,))

    def _missing_keys(self, state: LookupState) -> tuple[Field, ...]:
        keys = dict.fromkeys((*(key for key, _ in state.lookup.keys), *sorted(state.turns_on)))
        return tuple(key for key in keys if self.network.numbers.fields[key] not in self.reached)

    def behind(self, field: Field) -> list[Reason]:
        """The reasons at the bottom: instead of an unknown key, why each such key is unknown."""
        found: list[Reason] = []
        seen, queue = {field}, [field]
        for one in queue:
            reason = self.why(one)
            keys = [key for key in reason.fields if key not in seen] if reason.code == "key-unknown" else []
            seen.update(keys)
            queue.extend(keys)
            if not keys:
                found.append(reason)
        return found


def find_shortfall(setting: Setting, reached: set[int]) -> Shortfall:
    """Gather who could supply each field; a service that itself needs the field does not count."""
    refused, idle = defaultdict[Field, list[str]](list), defaultdict[Field, list[str]](list)
    possible = _possible(setting)
    for service in setting.ground.services:
        table = refused if service.name in setting.knowledge.refused else idle
        for output in service.gives:
            if (service.name, output.field) not in possible:
                table[output.field].append(service.name)
    givers: defaultdict[Field, list[str]] = defaultdict(list)
    for one in setting.activation.services:
        for given in one.gives:
            if given not in one.inputs:
                givers[given].append(one.name)
    return Shortfall(
        setting.network,
        setting.lookups,
        setting.ground.suppliers,
        _frozen(refused),
        _frozen(givers),
        _frozen(idle),
        _carriers(setting),
        reached,
    )


def _possible(setting: Setting) -> set[tuple[str, Field]]:
    """What services give, or may give when more is known."""
    activation = setting.activation
    found = {(one.name, field) for one in (*activation.services, *activation.granted) for field in one.gives}
    found |= {(one.name, output.field) for one in activation.services for output, _ in one.maybe}
    undecided = {left.service for left in activation.left if left.what == "service" and not left.settled}
    return found | {
        (service.name, output.field)
        for service in setting.ground.services
        for output in service.gives
        if service.name in undecided
    }


def _carriers(setting: Setting) -> dict[Field, tuple[str, ...]]:
    """The certificates that carry each field that nobody may be asked."""
    ground = setting.ground
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, certificate in sorted(ground.library.certificates.items()):
        for carried in dict.fromkeys(elements_of(certificate.parties, certificate.facts)):
            found[carried].append(name)
    return {
        field: tuple(found[element.name])
        for field in ground.spoken_of - ground.burdens.keys()
        if (element := ground.element(field)) and element.name in found
    }


def _frozen(found: Mapping[Field, list[T]]) -> Mapping[Field, tuple[T, ...]]:
    return {field: tuple(values) for field, values in found.items()}
