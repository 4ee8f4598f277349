"""Checking a library: everything that can be known to be wrong before anybody applies for anything.

The values of each problem, for the face to word (names unless said otherwise):

=====================  ==============================================================================
unknown-name           section ("elements", "parties", …), name, where (path), suggestions
wrong-kind             name (as written), expected and found (kinds of party), where (path)
duplicate              section, name, event: one service used twice in an event
no-supply              event ("" for a service in none), service, field, reason (code of a ``Reason``), resources
two-producers          event, field, services
two-records            element, resources
cycle                  event, path (services, the first again at the end), fields (what each waits for); section: "parties"
                       where parties take part only by what is known of them
empty-checks           event ("" where one service contradicts the element), field, services (none: the element by itself)
wrong-check            element, name (of the check), found (the element's type), where (path)
wrong-value            where (path), field, element, name (the value)
late-promise (warning) service, found (promised days), expected (statutory days)
no-relation            section ("resources" or "certificates"), name
unreachable            where (path), predicate, suggestions (codes)
withheld-without-law   resource
untold-without-law     resource
unmet-evidence         service, evidence
wrong-holder           name (of the field), where (path)
unseen-holder          service
unused (warning)       section, name
no-grant (warning)     event, resource, fields
doubtful-supply        event, service, field, services (that alone supply it and are not always done); a warning
expired (warning)      name (of the grant), resource, event, found (its last day)
=====================  ==============================================================================
"""

from collections.abc import Iterable, Iterator
from datetime import date

from qipan.core.declarations import Library, Service
from qipan.core.elements import Field
from qipan.core.plan import Problem
from qipan.core.planner.check_conditions import Conditions, check_conditions
from qipan.core.planner.check_holders import check_holders
from qipan.core.planner.check_names import check_names
from qipan.core.planner.check_supply import check_supply
from qipan.core.planner.check_values import check_values
from qipan.core.planner.index import elements_of, position_of
from qipan.core.predicates import Predicate, fields
from qipan.core.resting import collector_resting


def check_library(library: Library, today: date | None = None) -> tuple[Problem, ...]:
    """Every problem of a library, errors first, in the order of files and lines; ``today`` tells which grants have ended."""
    conditions = Conditions(library)
    with collector_resting():
        found = [
            *check_names(library),
            *check_values(library),
            *check_holders(library),
            *check_conditions(conditions),
            *check_supply(conditions),
            *_unused(library),
            *_expired(library, today),
        ]
    return tuple(sorted(found, key=_order))


def _order(problem: Problem) -> tuple[bool, str, int, str, str]:
    file, line = problem.position or ("", 0)
    return problem.severity != "error", file, line, problem.code, repr(sorted(problem.values.items()))


def _unused(library: Library) -> Iterator[Problem]:
    """Declarations that nothing uses; services, events and agencies (a hall, a grid) stand for themselves."""
    used = {
        "elements": set(_spoken_elements(library)),
        "codes": {element.codes for element in library.elements.values()},
        "relations": {relation.name for event in library.events.values() for relation in event.relations},
        "certificates": set(_papers(library)),
    }
    for section, names in used.items():
        for name in sorted(getattr(library, section).keys() - names):
            values = {"section": section, "name": name}
            yield Problem("unused", "warning", position_of(library, section, name), values)


def _expired(library: Library, today: date | None) -> Iterator[Problem]:
    """Grants whose last day is past: look-ups under them are not made any more."""
    for name, grant in sorted(library.grants.items()):
        if today is not None and grant.until and grant.until < today.isoformat():
            values = {"name": name, "resource": grant.resource, "event": grant.event, "found": grant.until}
            yield Problem("expired", "warning", position_of(library, "grants", name, "until"), values)


def _papers(library: Library) -> Iterator[str]:
    for service in library.services.values():
        yield from service.issues
        for document in service.evidence:
            yield from (meet.certificate for meet in document.met_by)


def _spoken_elements(library: Library) -> Iterator[str]:
    for resource in library.resources.values():
        yield from elements_of(resource.parties, (*resource.keys, *resource.gives))
    for certificate in library.certificates.values():
        yield from elements_of(certificate.parties, certificate.facts)
    for service in library.services.values():
        yield from elements_of(service.parties, _spoken_of(service))
    for event in library.events.values():
        whens = [slot.when for slot in event.parties.values()]
        whens += [relation.when for relation in event.relations]
        whens += [use.when for use in event.services]
        whens += [situation.when for situation in event.situations.values()]
        yield from elements_of(event.parties, _in_conditions(whens))


def _spoken_of(service: Service) -> Iterator[Field]:
    if service.region is not None:
        yield service.region
    whens = [service.when, service.automatic]
    for need in service.needs:
        yield need.field
        whens.append(need.when)
    for output in service.gives:
        yield output.field
        whens.append(output.when)
    for document in service.evidence:
        whens.append(document.when)
        yield from (fact for meet in document.met_by for fact in meet.facts)
    yield from _in_conditions(whens)


def _in_conditions(whens: Iterable[Predicate | None]) -> Iterator[Field]:
    return (field for when in whens if when is not None for field in fields(when))
