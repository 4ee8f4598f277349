"""Whether the conditions in a library can ever be true."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial

from qipan.core.checks import is_empty
from qipan.core.declarations import Library, LifeEvent, PartySlot, Service
from qipan.core.elements import Checks, Element, Field, Value
from qipan.core.plan import Problem
from qipan.core.planner.ground import GroundService
from qipan.core.planner.index import position_of
from qipan.core.predicates import Predicate, both, fields, leaves, satisfiable
from qipan.core.predicates.tree import And, Comparison

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Judges conditions by the elements that their fields have; the same condition is judged once."""

    library: Library
    judged: dict[tuple[Predicate, tuple[Element | None, ...]], bool] = field(default_factory=dict)
    emptied: dict[tuple[str, Checks], bool] = field(default_factory=dict)

    def is_empty(self, checks: Checks, element: Element) -> bool:
        """Whether surely no value passes these checks and the element's own."""
        key = (element.name, checks)
        if key not in self.emptied:
            self.emptied[key] = is_empty(checks, element, self.library.codes)
        return self.emptied[key]

    def possible(self, slots: Mapping[str, PartySlot], when: Predicate | None) -> bool:
        """Whether a condition of these parties can be true."""
        if when is None:
            return True
        element_of = partial(self.library.element, slots)
        key = (when, tuple(element_of(one) for one in sorted(fields(when))))
        if key not in self.judged:
            self.judged[key] = satisfiable(when, element_of, self.library.codes)
        return self.judged[key]

    def possible_together(self, slots: Mapping[str, PartySlot], *whens: Predicate | None) -> bool:
        """Whether these conditions can be true at once."""
        given = [when for when in whens if when is not None]
        if not given:
            return True
        together = both(*given)
        return not _surely_apart(together) and self.possible(slots, together)

    def check(self, slots: Mapping[str, PartySlot], when: Predicate | None, path: Path) -> Iterator[Problem]:
        """Report a condition that can never be true."""
        if when is not None and not self.possible(slots, when):
            yield self.unreachable(slots, when, path)

    def unreachable(self, slots: Mapping[str, PartySlot], when: Predicate, path: Path) -> Problem:
        values = {
            "where": list(path),
            "predicate": str(when),
            "suggestions": self._near_codes(slots, when),
        }
        return Problem("unreachable", "error", position_of(self.library, *path), values)

    def _near_codes(self, slots: Mapping[str, PartySlot], when: Predicate) -> list[str]:
        """Values of the code lists near those that are compared with but not in them."""
        found: list[str] = []
        for leaf in leaves(when):
            if isinstance(leaf, Comparison) and isinstance(leaf.value, str):
                element = self.library.element(slots, leaf.field)
                codes = self.library.codes.get(element.codes or "") if element else None
                if codes is not None and leaf.value not in codes.values:
                    found += get_close_matches(leaf.value, list(codes.values))
        return found


def _surely_apart(together: Predicate) -> bool:
    """Whether one field would have two values at once: seen at a glance, where hundreds of services share an event."""
    told: dict[Field, Value] = {}
    for part in together.parts if isinstance(together, And) else ():
        match part:
            case Comparison(field, "==", value) if not isinstance(value, Field):
                if told.setdefault(field, value) != value:
                    return True
    return False


def check_conditions(conditions: Conditions) -> Iterator[Problem]:
    """Every condition of the library that can never be true."""
    for service in conditions.library.services.values():
        yield from _check_service(conditions, service)
    for event in conditions.library.events.values():
        yield from _check_event(conditions, event)


def _check_service(conditions: Conditions, service: Service) -> Iterator[Problem]:
    path = ("services", service.name)
    slots = service.parties
    yield from conditions.check(slots, service.when, (*path, "when"))
    yield from conditions.check(slots, service.automatic, (*path, "automatic"))
    guarded = [("needs", str(one.field), one.when) for one in service.needs if one.when is not None]
    guarded += [("gives", str(one.field), one.when) for one in service.gives if one.when is not None]
    guarded += [("evidence", one.name, one.when) for one in service.evidence if one.when is not None]
    for part, name, when in guarded:
        if not conditions.possible_together(slots, service.when, when):
            yield conditions.unreachable(slots, when, (*path, part, name, "when"))


def _check_event(conditions: Conditions, event: LifeEvent) -> Iterator[Problem]:
    path = ("events", event.name)
    slots = event.parties
    for slot in slots.values():
        yield from conditions.check(slots, slot.when, (*path, "parties", slot.name, "when"))
    for relation in event.relations:
        name = f"{relation.name}({', '.join(relation.parties)})"
        yield from conditions.check(slots, relation.when, (*path, "relations", name, "when"))
    for situation in event.situations.values():
        yield from conditions.check(slots, situation.when, (*path, "situations", situation.name, "when"))
    for use in event.services:
        yield from conditions.check(slots, use.when, (*path, "services", use.service, "when"))


def check_use(conditions: Conditions, event: LifeEvent, service: GroundService) -> Iterator[Problem]:
    """Report a service whose own condition and the event's exclude each other."""
    apart = conditions.possible(event.parties, service.use.when) and conditions.possible(
        service.service.parties, service.service.when
    )
    if apart and service.when is not None and not conditions.possible(event.parties, service.when):
        yield conditions.unreachable(
            event.parties, service.when, ("events", event.name, "services", service.name, "when")
        )
