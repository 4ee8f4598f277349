"""Services that cannot be met: what is missing, why, and which declarations are at fault."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from qipan.core.declarations import Position
from qipan.core.elements import Field
from qipan.core.plan import Left, Problem, Reason
from qipan.core.planner.activation import ActiveService
from qipan.core.planner.ground import GroundEvent, GroundEvidence, GroundService
from qipan.core.planner.hopes import Hopes, find_hopes
from qipan.core.planner.index import position_of
from qipan.core.planner.knots import find_knots
from qipan.core.planner.network import Network
from qipan.core.planner.setting import Setting
from qipan.core.planner.shortfall import Shortfall
from qipan.core.predicates import Predicate

Because = Mapping[tuple[str, str], list[Predicate | None]]
"""For each service that waits for another, when it does: the conditions of the needs and documents for whose sake."""
Turns = Callable[[tuple[str, ...], Because], bool]

_BLAMELESS = frozenset({"refused", "source-down", "no-record", "waits", "not-given", "not-held"})


class _Gap(NamedTuple):
    """What a service lacks: a field that it needs, or a fact that would meet a document; with when it is wanted."""

    field: Field
    whens: list[Predicate | None]
    document: str | None = None


class _Waits(NamedTuple):
    """Which service waits for which, for what, and when."""

    waits_for: dict[str, dict[str, _Gap]]
    because: defaultdict[tuple[str, str], list[Predicate | None]]

    def note(self, name: str, gap: _Gap, bottom: Iterable[Reason]) -> None:
        for reason in bottom:
            if reason.code == "waits":
                at_fault = gap._replace(field=reason.fields[0])
                for giver in reason.services:
                    self.waits_for[name][giver] = at_fault
                    self.because[name, giver] += gap.whens


@dataclass(frozen=True, slots=True)
class Unmet:
    """The services that cannot be met, with what answers why; the ``undecided`` among them may yet be met."""

    ground: GroundEvent
    network: Network
    shortfall: Shortfall
    hopes: Hopes
    services: Mapping[str, ActiveService]
    undecided: Mapping[str, tuple[Field, ...]]
    stopped: frozenset[str]

    def left(self) -> Iterator[Left]:
        """Every such service, with its missing needs and documents."""
        for name, service in self.services.items():
            missing, documents = self._missing(service), self._missing_documents(service)
            if name in self.undecided:
                yield from self._undecided(name, missing, documents)
                continue
            reasons = [self.shortfall.why(field) for field in missing]
            reasons += [self._document_reason(document) for document in documents]
            yield Left("service", name, None, self._service_reason(name, missing, reasons), settled=True)
            for field in missing:
                yield Left("need", name, field, self.shortfall.why(field), settled=True)
            for document in documents:
                yield Left(
                    "document", name, None, self._document_reason(document), settled=True, name=document.name
                )

    def _undecided(
        self, name: str, missing: Iterable[Field], documents: Iterable[GroundEvidence]
    ) -> Iterator[Left]:
        """A service whose supply turns on what is not known yet."""
        numbers, turn_on = self.network.numbers, self.hopes.turn_on
        yield Left("service", name, None, Reason("undecided", fields=self.undecided[name]), settled=False)
        for field in missing:
            reason = Reason("undecided", fields=turn_on(numbers.fields[field]))
            yield Left("need", name, field, reason, settled=False)
        for document in documents:
            reason = Reason("undecided", fields=turn_on(numbers.documents[name, document.name]))
            yield Left("document", name, None, reason, settled=False, name=document.name)

    def problems(self, turns: Turns | None = None) -> Iterator[Problem]:
        """What the declarations get wrong: needs without supply, and circles; not sources that are only down.

        With ``turns``, only circles that can turn.
        """
        waits = _Waits({}, defaultdict(list))
        for name, service in self.services.items():
            if name in self.undecided:
                continue
            waits.waits_for[name] = {}
            for need in self._gaps(service):
                bottom = self.shortfall.behind(need.field)
                waits.note(name, need, bottom)
                declared = self.ground.element(need.field) is not None and need.document is None
                if (
                    declared
                    and name not in self.stopped
                    and not _BLAMELESS & {reason.code for reason in bottom}
                ):
                    yield self._no_supply(service.ground, need.field, bottom)
        for circle in find_knots(waits.waits_for, (lambda one: turns(one, waits.because)) if turns else None):
            yield self._cycle(circle, waits.waits_for)

    def _missing(self, service: ActiveService) -> list[Field]:
        return [
            field
            for field in service.inputs
            if self.network.numbers.fields[field] not in self.shortfall.reached
        ]

    def _missing_documents(self, service: ActiveService) -> list[GroundEvidence]:
        numbers = self.network.numbers.documents
        reached = self.shortfall.reached
        return [one for one in service.documents if numbers[service.name, one.name] not in reached]

    def _gaps(self, service: ActiveService) -> Iterator[_Gap]:
        """Everything that a service waits for: fields that it needs, and facts that would meet a document."""
        for field in self._missing(service):
            whens = [need.when for need in service.ground.needs if need.field == field]
            yield _Gap(field, whens or [None])
        for document in self._missing_documents(service):
            for fact in self._missing_facts(document):
                yield _Gap(fact, [document.when], document.name)

    def _missing_facts(self, document: GroundEvidence) -> list[Field]:
        facts = dict.fromkeys(fact for way in document.ways for fact in way.facts)
        return [fact for fact in facts if self.network.numbers.sourced[fact] not in self.shortfall.reached]

    def _document_reason(self, document: GroundEvidence) -> Reason:
        missing = self._missing_facts(document)
        return self.shortfall.why(missing[0]) if missing else Reason("no-source")

    def _service_reason(self, name: str, missing: list[Field], reasons: list[Reason]) -> Reason:
        if name in self.stopped:
            return Reason("refused", services=tuple(sorted(self._refusers(name))), fields=tuple(missing))
        first = reasons[0]
        return Reason(first.code, first.services, tuple(missing) or first.fields, first.resources)

    def _refusers(self, name: str) -> set[str]:
        """The refused services behind a stopped one, through others that stopped too."""
        found: set[str] = set()
        seen, queue = {name}, [name]
        for one in queue:
            for field in self._missing(self.services[one]):
                found.update(self.shortfall.refused.get(field, ()))
                givers = self.shortfall.givers.get(field, ())
                new = [giver for giver in givers if giver in self.stopped and giver not in seen]
                seen.update(new)
                queue.extend(new)
        return found

    def _no_supply(self, service: GroundService, field: Field, bottom: list[Reason]) -> Problem:
        values = {
            "event": self.ground.event.name,
            "service": service.name,
            "field": str(field),
            "reason": bottom[0].code,
            "resources": sorted({name for reason in bottom for name in reason.resources}),
        }
        return Problem("no-supply", "error", self._position(service, field), values)

    def _cycle(self, circle: tuple[str, ...], waits_for: Mapping[str, Mapping[str, _Gap]]) -> Problem:
        pairs = list(itertools.pairwise(circle))
        gaps = [waits_for[one][other] for one, other in pairs]
        values = {
            "event": self.ground.event.name,
            "path": list(circle),
            "fields": [str(gap.field) for gap in gaps],
        }
        found = [
            self._gap_position(self.services[one].ground, gap)
            for (one, _), gap in zip(pairs, gaps, strict=True)
        ]
        related = tuple(position for position in found[1:] if position is not None)
        return Problem("cycle", "error", found[0], values, related)

    def _gap_position(self, service: GroundService, gap: _Gap) -> Position | None:
        if gap.document is None:
            return self._position(service, gap.field)
        return position_of(self.ground.library, "services", service.name, "evidence", gap.document)

    def _position(self, service: GroundService, field: Field) -> Position | None:
        return need_position(self.ground, service, field)


def need_position(ground: GroundEvent, service: GroundService, field: Field) -> Position | None:
    """Where a service declares its need of a field."""
    own = next((need.own for need in service.needs if need.field == field), field)
    return position_of(ground.library, "services", service.name, "needs", str(own))


def find_unmet(setting: Setting, shortfall: Shortfall) -> Unmet:
    """Gather the services that cannot be met, by name."""
    hopes, numbers = find_hopes(setting), setting.network.numbers
    services = {service.name: service for service in setting.scope.unmet}
    undecided = {name: fields for name in services if (fields := hopes.turn_on(numbers.done[name]))}
    return Unmet(
        setting.ground, setting.network, shortfall, hopes, services, undecided, setting.scope.stopped
    )
