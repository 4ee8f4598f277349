"""Shortfall: why a field is not supplied by any source, and what that says about the declarations."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from qipan.core.elements import Field
from qipan.core.plan import Reason
from qipan.core.planner.availability import LookupState
from qipan.core.planner.network import Network
from qipan.core.planner.setting import Setting
from qipan.core.predicates import Truth

_ORDER = ("refused", "source-down", "no-record", "waits", "no-grant", "withheld", "key-unknown", "false")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Answers why nobody supplies a field; ``reached`` is what does follow without it."""

    network: Network
    lookups: Sequence[LookupState]
    suppliers: Mapping[Field, tuple[int, ...]]
    refused: Mapping[Field, tuple[str, ...]]
    givers: Mapping[Field, tuple[str, ...]]
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
    refused: defaultdict[Field, list[str]] = defaultdict(list)
    for service in setting.ground.services:
        for output in service.gives if service.name in setting.knowledge.refused else ():
            refused[output.field].append(service.name)
    givers: defaultdict[Field, list[str]] = defaultdict(list)
    for active in setting.activation.services:
        for given in active.gives:
            if given not in active.inputs:
                givers[given].append(active.name)
    return Shortfall(
        setting.network, setting.lookups, setting.ground.suppliers, _frozen(refused), _frozen(givers), reached
    )


def _frozen(found: Mapping[Field, list[T]]) -> Mapping[Field, tuple[T, ...]]:
    return {field: tuple(values) for field, values in found.items()}
