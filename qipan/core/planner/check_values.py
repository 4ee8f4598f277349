"""Whether what is declared makes sense by itself: checks that fit their element, values, levels, limits, parties."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from qipan.core.checks import check_value, is_empty, misfits
from qipan.core.declarations import CertificateType, Library, LifeEvent, Resource, Service
from qipan.core.elements import NO_CHECKS, Checks, Element, Field
from qipan.core.plan import Problem
from qipan.core.planner.index import position_of
from qipan.core.planner.knots import find_knots
from qipan.core.predicates import Predicate, fields, parties

Path = tuple[str, ...]


def check_values(library: Library) -> Iterator[Problem]:
    """Every declaration that contradicts itself or its surroundings."""
    for element in library.elements.values():
        yield from _check_element(library, element)
    for section, held in (("resources", library.resources), ("certificates", library.certificates)):
        for name, one in held.items():
            yield from _check_relation(library, (section, name), one)
    for service in library.services.values():
        yield from _check_service(library, service)
    for event in library.events.values():
        yield from _check_circles(library, event)
        yield from _check_typical(library, event)
        yield from _check_parties(library, event)


def _check_element(library: Library, element: Element) -> Iterator[Problem]:
    path = ("elements", element.name)
    yield from _check_fit(library, element, element.checks, path)
    if is_empty(NO_CHECKS, element, library.codes):
        values = {"event": "", "field": element.name, "element": element.name, "services": []}
        yield Problem("empty-checks", "error", position_of(library, *path), values)


def _check_fit(library: Library, element: Element, checks: Checks, path: Path) -> Iterator[Problem]:
    for name in misfits(checks, element.type):
        values = {"element": element.name, "name": name, "found": element.type.value, "where": list(path)}
        yield Problem("wrong-check", "error", position_of(library, *path), values)


def _check_relation(library: Library, path: Path, one: Resource | CertificateType) -> Iterator[Problem]:
    """Which persons belong together is told by a relation only."""
    if one.relation is None and len(one.parties) > 1:
        values = {"section": path[0], "name": one.name}
        yield Problem("no-relation", "error", position_of(library, *path), values)


def _check_service(library: Library, service: Service) -> Iterator[Problem]:
    path = ("services", service.name)
    agency = library.agencies.get(service.agency)
    if agency is not None and service.level not in agency.levels:
        where = (*path, "level")
        unknown = {
            "section": "levels",
            "name": service.level.value,
            "where": list(where),
            "suggestions": [level.value for level in agency.levels],
        }
        yield Problem("unknown-name", "error", position_of(library, *where), unknown)
    limits = service.limits
    if limits.promised > limits.statutory:
        values: dict[str, object] = {
            "service": service.name,
            "found": limits.promised,
            "expected": limits.statutory,
        }
        yield Problem("late-promise", "warning", position_of(library, *path, "limits"), values)
    for need in (one for one in service.needs if one.checks is not NO_CHECKS):
        element = library.element(service.parties, need.field)
        if element is not None:
            yield from _check_fit(library, element, need.checks, (*path, "needs", str(need.field)))


def _check_circles(library: Library, event: LifeEvent) -> Iterator[Problem]:
    """Parties whose presence turns on facts about themselves, which can be learned only once they are present."""
    turning: dict[str, dict[str, Field]] = {}
    for slot in event.parties.values():
        if slot.when is not None:
            told = sorted(fields(slot.when) - set(event.known))
            turning[slot.name] = {field.party: field for field in told}
            for other in (
                parties(slot.when) - turning[slot.name].keys() - {one.party for one in fields(slot.when)}
            ):
                turning[slot.name][other] = Field(other, "")
    for circle in find_knots(turning):
        about = [str(turning[one][other]).rstrip(".") for one, other in pairwise(circle)]
        values = {"event": event.name, "section": "parties", "path": list(circle), "fields": about}
        where = position_of(library, "events", event.name, "parties", circle[0], "when")
        yield Problem("cycle", "error", where, values)


def _check_typical(library: Library, event: LifeEvent) -> Iterator[Problem]:
    for field, value in event.typical.items():
        element = library.element(event.parties, field)
        if element is None or is_empty(NO_CHECKS, element, library.codes):
            continue
        if check_value(value, element, element.checks, library.codes, None):
            path = ("events", event.name, "typical", str(field))
            values = {"where": list(path), "field": str(field), "element": element.name, "name": str(value)}
            yield Problem("wrong-value", "error", position_of(library, *path), values)


def _check_parties(library: Library, event: LifeEvent) -> Iterator[Problem]:
    """Parties of an event about which nothing is said."""
    used = {field.party for field in event.known}
    used |= {party for relation in event.relations for party in relation.parties}
    used |= set(
        _spoken_of([*(slot.when for slot in event.parties.values()), *(u.when for u in event.services)])
    )
    used |= set(
        _spoken_of([*(s.when for s in event.situations.values()), *(r.when for r in event.relations)])
    )
    for use in event.services:
        service = library.services.get(use.service)
        used |= {use.parties.get(party, party) for party in (service.parties if service else ())}
    for slot in event.parties.values():
        if slot.name not in used and not slot.applicant:
            values = {"section": "parties", "name": slot.name}
            yield Problem(
                "unused", "warning", position_of(library, "events", event.name, "parties", slot.name), values
            )


def _spoken_of(whens: Iterable[Predicate | None]) -> Iterator[str]:
    for when in whens:
        if when is not None:
            yield from parties(when)
            yield from (field.party for field in fields(when))
