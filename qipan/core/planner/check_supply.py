"""Whether every need can be supplied: no gaps, circles, rivals or contradictions."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import partial, reduce
from itertools import combinations, pairwise

from qipan.core.checks import intersect
from qipan.core.declarations import Library, LifeEvent, MeetKind, Position, Service, Share
from qipan.core.elements import NO_CHECKS, Checks, Element, Field
from qipan.core.plan import Problem
from qipan.core.planner.check_conditions import Conditions, check_use
from qipan.core.planner.check_doubts import check_doubts
from qipan.core.planner.conditions import Circumstances
from qipan.core.planner.ground import (
    ABSENT,
    GroundEvent,
    GroundNeed,
    GroundService,
    ground_partly,
)
from qipan.core.planner.index import elements_of, position_of
from qipan.core.planner.knowledge import Knowledge
from qipan.core.planner.numbering import number
from qipan.core.planner.setting import Setting, set_out
from qipan.core.planner.shortfall import find_shortfall
from qipan.core.planner.unmet import Because, find_unmet, need_position
from qipan.core.predicates import Predicate, Truth, World, either


class Whatever(Circumstances):
    """Every condition holds and every party takes part, for a field is missing only if it is missing even then."""

    __slots__ = ()

    def guard(self, parties: tuple[str, ...], when: Predicate | None) -> tuple[Truth, frozenset[Field]]:  # noqa: ARG002
        return (Truth.FALSE if ABSENT in parties else Truth.TRUE), frozenset()


def check_supply(conditions: Conditions) -> Iterator[Problem]:
    """What resources, services and events promise and cannot keep."""
    library = conditions.library
    yield from _check_resources(library)
    carried = {
        element
        for certificate in library.certificates.values()
        for element in elements_of(certificate.parties, certificate.facts)
    }
    supplied = _supplied(library) | carried
    for service in library.services.values():
        yield from _check_documents(library, service, supplied)
        yield from _check_own_checks(conditions, service)
    conditional = _conditionally(library)
    in_events: set[str] = set()
    for name in sorted(library.events):
        ground = ground_partly(library, name, _concern(library, library.events[name], conditional))
        in_events.update(service.name for service in ground.services)
        yield from _check_event(conditions, ground, carried)
    for service in library.services.values():
        if service.name not in in_events:
            yield from _check_alone(library, service, supplied)


# Resources


def _check_resources(library: Library) -> Iterator[Problem]:
    records: defaultdict[str, list[str]] = defaultdict(list)
    for name, resource in sorted(library.resources.items()):
        for element in resource.record_of:
            records[element].append(name)
        if resource.share is Share.WITHHELD and not resource.share_law.strip():
            yield Problem(
                "withheld-without-law", "error", position_of(library, "resources", name), {"resource": name}
            )
        if resource.untold_days and not resource.untold_law.strip():
            yield Problem(
                "untold-without-law", "error", position_of(library, "resources", name), {"resource": name}
            )
    for element, names in sorted(records.items()):
        if len(names) > 1:
            found = [position_of(library, "resources", name, "record_of", element) for name in names]
            yield Problem(
                "two-records",
                "error",
                found[-1],
                {"element": element, "resources": names},
                _others(found[:-1]),
            )


def _others(positions: Iterable[Position | None]) -> tuple[Position, ...]:
    return tuple(position for position in positions if position is not None)


def _supplied(library: Library) -> set[str]:
    """The elements that some shared resource or service supplies."""
    found: set[str] = set()
    for resource in library.resources.values():
        if resource.share is not Share.WITHHELD:
            found.update(elements_of(resource.parties, resource.gives))
    for service in library.services.values():
        found.update(elements_of(service.parties, (output.field for output in service.gives)))
    return found


def _concern(library: Library, event: LifeEvent, conditional: AbstractSet[str]) -> Callable[[Field], bool]:
    """Only what nobody may be asked needs a source; and what a grant might spare asking."""
    known = frozenset(event.known)

    def concerns(field: Field) -> bool:
        element = library.element(event.parties, field)
        return element is not None and field not in known and (not element.ask or element.name in conditional)

    return concerns


def _conditionally(library: Library) -> set[str]:
    """The elements that some resource gives only under a grant."""
    return {
        element
        for resource in library.resources.values()
        if resource.share is Share.CONDITIONAL
        for element in elements_of(resource.parties, resource.gives)
    }


# Services


def _check_documents(library: Library, service: Service, supplied: set[str]) -> Iterator[Problem]:
    for document in service.evidence:
        if not any(
            meet.kind is MeetKind.UPLOAD
            or (meet.kind is MeetKind.CERTIFICATE and meet.certificate in library.certificates)
            or (meet.facts and set(elements_of(service.parties, meet.facts)) <= supplied)
            for meet in document.met_by
        ):
            position = position_of(library, "services", service.name, "evidence", document.name)
            values = {"service": service.name, "evidence": document.name}
            yield Problem("unmet-evidence", "error", position, values)


def _check_own_checks(conditions: Conditions, service: Service) -> Iterator[Problem]:
    library = conditions.library
    for need in service.needs:
        element = library.element(service.parties, need.field) if need.checks is not NO_CHECKS else None
        if element is None or conditions.is_empty(NO_CHECKS, element):
            continue
        if conditions.is_empty(need.checks, element):
            position = position_of(library, "services", service.name, "needs", str(need.field))
            values = {"event": "", "field": str(need.field), "services": [service.name]}
            yield Problem("empty-checks", "error", position, values)


def _check_alone(library: Library, service: Service, supplied: set[str]) -> Iterator[Problem]:
    """A service in no event: its needs must be askable, or supplied by somebody."""
    for need in service.needs:
        element = library.element(service.parties, need.field)
        if element is not None and not element.ask and element.name not in supplied:
            position = position_of(library, "services", service.name, "needs", str(need.field))
            values = {
                "event": "",
                "service": service.name,
                "field": str(need.field),
                "reason": "no-source",
                "resources": [],
            }
            yield Problem("no-supply", "error", position, values)


# Events


def _check_event(conditions: Conditions, ground: GroundEvent, carried: AbstractSet[str]) -> Iterator[Problem]:
    for service in ground.services:
        yield from check_use(conditions, ground.event, service)
    yield from _check_producers(conditions, ground)
    yield from _check_joined_checks(conditions, ground)
    setting = _optimistic(ground, carried)
    unmet = find_unmet(setting, find_shortfall(setting, setting.scope.reachable))
    if setting.scope.unmet:
        yield from unmet.problems(partial(_can_turn, conditions, ground))
    yield from check_doubts(conditions, setting)
    yield from _check_grants(setting)


def _optimistic(ground: GroundEvent, carried: AbstractSet[str]) -> Setting:
    """The event at its best: everything applies, and every certificate is at hand, with the elements ``carried``."""
    nowhere = World({}, {ABSENT: False}, ())
    papers = frozenset((paper.certificate, paper.parties) for paper in number(ground).papers)
    known = (
        field for field in sorted(ground.spoken_of) if (one := ground.element(field)) and one.name in carried
    )
    knowledge = Knowledge(facts=dict.fromkeys(known, ""), wallet=papers)
    return set_out(ground, knowledge, Whatever(nowhere, nowhere, {}))


def _can_turn(conditions: Conditions, ground: GroundEvent, circle: tuple[str, ...], because: Because) -> bool:
    """Whether all services of a circle can take part at once, each with a need that makes it wait for the next."""
    services = {service.name: service for service in ground.services}
    whens = [services[name].when for name in circle[1:]]
    for one, other in pairwise(circle):
        needs = because[one, other]
        if None not in needs:
            whens.append(either(*(when for when in needs if when is not None)))
    return conditions.possible_together(ground.event.parties, *whens)


def _check_producers(conditions: Conditions, ground: GroundEvent) -> Iterator[Problem]:
    givers: defaultdict[Field, list[tuple[GroundService, Predicate | None]]] = defaultdict(list)
    for service in ground.services:
        for output in service.gives:
            givers[output.field].append((service, output.when))
    parties = ground.event.parties
    for field, found in givers.items():
        for (first, when), (second, other) in combinations(found, 2):
            if conditions.possible_together(parties, first.when, when, second.when, other):
                yield _rivals(ground, field, (first, second))
                break


def _rivals(ground: GroundEvent, field: Field, services: tuple[GroundService, ...]) -> Problem:
    values = {
        "event": ground.event.name,
        "field": str(field),
        "services": [service.name for service in services],
    }
    found = [
        position_of(ground.library, "services", service.name, "gives", str(output.own))
        for service in services
        for output in service.gives
        if output.field == field
    ]
    return Problem("two-producers", "error", found[-1], values, _others(found[:-1]))


def _check_joined_checks(conditions: Conditions, ground: GroundEvent) -> Iterator[Problem]:
    """Checks that several services put on one field, where these services can take part at once."""
    checked: defaultdict[Field, list[tuple[GroundService, GroundNeed]]] = defaultdict(list)
    for service in ground.services:
        for need in service.needs:
            if need.checks is not NO_CHECKS:
                checked[need.field].append((service, need))
    for field, found in checked.items():
        element = ground.element(field)
        if element is None or len(found) == 1 or not _clash(conditions, element, found):
            continue
        pairs = (pair for pair in combinations(found, 2) if _clash(conditions, element, pair))
        for group in (*pairs, tuple(found)):
            whens = [when for service, need in group for when in (service.when, need.when)]
            if conditions.possible_together(ground.event.parties, *whens):
                yield _contradiction(ground, field, [service for service, _ in group])
                break


def _clash(
    conditions: Conditions, element: Element, found: Iterable[tuple[GroundService, GroundNeed]]
) -> bool:
    joined: Checks = reduce(intersect, (need.checks for _, need in found))
    apart = [NO_CHECKS, *(need.checks for _, need in found)]
    alone = any(conditions.is_empty(checks, element) for checks in apart)
    return not alone and conditions.is_empty(joined, element)


def _contradiction(ground: GroundEvent, field: Field, services: list[GroundService]) -> Problem:
    values = {
        "event": ground.event.name,
        "field": str(field),
        "services": [service.name for service in services],
    }
    found = [need_position(ground, service, field) for service in services]
    return Problem("empty-checks", "error", found[-1], values, _others(found[:-1]))


def _check_grants(setting: Setting) -> Iterator[Problem]:
    """Conditional resources that would supply what no other source can, had the event a grant."""
    helpful: defaultdict[str, set[Field]] = defaultdict(set)
    reachable = setting.scope.reachable
    supplied = setting.network.start.union(
        *(edge.outputs for edge in setting.network.edges if reachable.issuperset(edge.inputs))
    )
    for state in setting.lookups:
        for field, reason in state.refusals:
            if reason.code == "no-grant" and setting.network.numbers.fields[field] not in supplied:
                helpful[state.lookup.resource.name].add(field)
    event = setting.ground.event.name
    for resource, fields in sorted(helpful.items()):
        values = {"event": event, "resource": resource, "fields": sorted(str(field) for field in fields)}
        yield Problem("no-grant", "warning", position_of(setting.ground.library, "events", event), values)
