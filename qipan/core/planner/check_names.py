"""Whether the names in a library meet: everything spoken of is declared, and of the right kind."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from qipan.core.declarations import (
    CertificateType,
    Library,
    LifeEvent,
    MeetKind,
    PartySlot,
    Relation,
    Resource,
    Service,
    ServiceUse,
)
from qipan.core.elements import ElementType, Field, PartyKind, element_name
from qipan.core.plan import Problem
from qipan.core.planner.ground import certificate_party, holders
from qipan.core.planner.index import position_of
from qipan.core.predicates import Predicate, fields, parties

_MAX_SUGGESTIONS = 3
_MAX_SUGGESTED = 100
Slots = Mapping[str, PartySlot]
Path = tuple[str, ...]


def check_names(library: Library) -> Iterator[Problem]:
    """Every name that nothing declares, and every one of the wrong kind."""
    names = _Names(library)
    for element in library.elements.values():
        if element.type is ElementType.CODE or element.codes is not None:
            yield from names.refer("codes", element.codes or "", ("elements", element.name, "codes"))
    for resource in library.resources.values():
        yield from _check_resource(names, resource)
    for certificate in library.certificates.values():
        yield from _check_certificate(names, certificate)
    for service in library.services.values():
        yield from _check_service(names, service)
    for event in library.events.values():
        yield from _check_event(names, event)
    for grant in library.grants.values():
        path = ("grants", grant.name)
        yield from names.refer("resources", grant.resource, (*path, "resource"))
        yield from names.refer("events", grant.event, (*path, "event"))
        for granted in sorted(grant.elements or ()):
            yield from names.refer("elements", granted, (*path, "fields", granted))


@dataclass(slots=True)
class _Names:
    """Checks names; suggestions cost time, so only the first unknown names get some."""

    library: Library
    unknowns: int = 0

    def refer(self, section: str, name: str, path: Path) -> Iterator[Problem]:
        """Check a name of a section."""
        declared = getattr(self.library, section)
        if name not in declared:
            yield self.unknown(section, name, path, declared)

    def unknown(self, section: str, name: str, path: Path, declared: Iterable[str]) -> Problem:
        self.unknowns += 1
        near = _nearest(name, sorted(declared)) if self.unknowns <= _MAX_SUGGESTED else []
        values = {"section": section, "name": name, "where": list(path), "suggestions": near}
        return Problem("unknown-name", "error", position_of(self.library, *path), values)

    def wrong_kind(self, name: str, expected: str, found: str, path: Path) -> Problem:
        values = {"name": name, "expected": expected, "found": found, "where": list(path)}
        return Problem("wrong-kind", "error", position_of(self.library, *path), values)

    def element(self, kind: PartyKind, word: str, name: str, path: Path) -> Iterator[Problem]:
        """Check that an element belongs to a kind of party; ``name`` is what was written."""
        if element_name(kind, word) in self.library.elements:
            return
        other = next((one for one in PartyKind if element_name(one, word) in self.library.elements), None)
        if other is not None:
            yield self.wrong_kind(name, kind, other, path)
        else:
            yield self.unknown("elements", element_name(kind, word), path, self.library.elements)

    def knows(self, slots: Slots, field: Field) -> bool:
        """Whether a field is declared: nearly always so, and then nothing is to be said about it."""
        return self.library.element(slots, field) is not None

    def field(self, slots: Slots, field: Field, path: Path) -> Iterator[Problem]:
        """Check a field of some parties."""
        yield from self.party(slots, field.party, path)
        if field.party in slots:
            yield from self.element(slots[field.party].kind, field.word, str(field), path)

    def party(self, slots: Slots, party: str, path: Path) -> Iterator[Problem]:
        if party not in slots:
            yield self.unknown("parties", party, path, slots)

    def condition(self, slots: Slots, when: Predicate | None, path: Path) -> Iterator[Problem]:
        """Check what a predicate speaks of."""
        if when is None:
            return
        for field in sorted(fields(when)):
            yield from self.field(slots, field, path)
        for party in sorted(parties(when) - {field.party for field in fields(when)}):
            yield from self.party(slots, party, path)

    def relation(self, slots: Slots, relation: Relation, path: Path) -> Iterator[Problem]:
        """Check a relation between parties."""
        yield from self.refer("relations", relation.name, path)
        kind = self.library.relations.get(relation.name)
        for place, party in enumerate(relation.parties):
            yield from self.party(slots, party, path)
            if kind is not None and party in slots and slots[party].kind is not kind.kinds[place]:
                yield self.wrong_kind(party, kind.kinds[place], slots[party].kind, path)


def _nearest(name: str, declared: Iterable[str]) -> list[str]:
    """The likeliest names first; of elements, those of the same kind of party by their own word."""
    kind, dot, word = name.rpartition(".")
    others = [one.removeprefix(kind + dot) for one in declared if one.startswith(kind + dot)]
    return [f"{kind}{dot}{near}" for near in get_close_matches(word, others, _MAX_SUGGESTIONS)]


def _check_resource(names: _Names, resource: Resource) -> Iterator[Problem]:
    path = ("resources", resource.name)
    yield from names.refer("agencies", resource.agency, (*path, "agency"))
    for part, listed in (("keys", resource.keys), ("gives", resource.gives)):
        for field in listed:
            if not names.knows(resource.parties, field):
                yield from names.field(resource.parties, field, (*path, part, str(field)))
    if resource.relation is not None:
        yield from names.relation(resource.parties, resource.relation, (*path, "relation"))
    for element in sorted(resource.record_of):
        yield from names.refer("elements", element, (*path, "record_of", element))


def _check_certificate(names: _Names, certificate: CertificateType) -> Iterator[Problem]:
    path = ("certificates", certificate.name)
    yield from names.refer("agencies", certificate.agency, (*path, "agency"))
    for fact in certificate.facts:
        yield from names.field(certificate.parties, fact, (*path, "facts", str(fact)))
    if certificate.until is not None:
        yield from names.field(certificate.parties, certificate.until, (*path, "until"))
    if certificate.relation is not None:
        yield from names.relation(certificate.parties, certificate.relation, (*path, "relation"))


# Services


def _check_service(names: _Names, service: Service) -> Iterator[Problem]:
    path = ("services", service.name)
    slots = service.parties
    yield from names.refer("agencies", service.agency, (*path, "agency"))
    if service.region is not None:
        yield from names.field(slots, service.region, (*path, "region"))
    yield from names.condition(slots, service.when, (*path, "when"))
    yield from names.condition(slots, service.automatic, (*path, "automatic"))
    for need in service.needs:
        if not names.knows(slots, need.field):
            yield from names.field(slots, need.field, (*path, "needs", str(need.field)))
        if need.when is not None:
            yield from names.condition(slots, need.when, (*path, "needs", str(need.field), "when"))
    for output in service.gives:
        where = (*path, "gives", str(output.field))
        yield from names.field(slots, output.field, where)
        yield from names.condition(slots, output.when, (*where, "when"))
        for field in output.assign.fields if output.assign else ():
            yield from names.field(slots, field, (*where, "assign"))
    yield from _check_papers(names, service)


def _check_papers(names: _Names, service: Service) -> Iterator[Problem]:
    path = ("services", service.name)
    for certificate in service.issues:
        where = (*path, "issues", certificate)
        yield from names.refer("certificates", certificate, where)
        yield from _check_binding(
            names, service, certificate, holders(names.library, certificate, service), where
        )
    for document in service.evidence:
        where = (*path, "evidence", document.name)
        yield from names.condition(service.parties, document.when, (*where, "when"))
        for meet in document.met_by:
            for fact in meet.facts:
                yield from names.field(service.parties, fact, (*where, "met_by", str(fact)))
            if meet.kind is MeetKind.CERTIFICATE:
                at = (*where, "met_by", meet.certificate)
                yield from names.refer("certificates", meet.certificate, at)
                yield from _check_binding(names, service, meet.certificate, meet.parties, at)


def _check_binding(
    names: _Names, service: Service, name: str, given: Mapping[str, str], path: Path
) -> Iterator[Problem]:
    """Check that each party of a certificate has its counterpart in the service."""
    certificate = names.library.certificates.get(name)
    if certificate is None:
        return
    for party in sorted(given.keys() - certificate.parties.keys()):
        yield names.unknown("parties", party, path, certificate.parties)
    for party, slot in sorted(certificate.parties.items()):
        own = certificate_party(certificate, party, given, service)
        if own is None or own not in service.parties:
            yield names.unknown("parties", own or party, path, service.parties)
        elif service.parties[own].kind is not slot.kind:
            yield names.wrong_kind(own, slot.kind, service.parties[own].kind, path)


# Events


def _check_event(names: _Names, event: LifeEvent) -> Iterator[Problem]:
    path = ("events", event.name)
    slots = event.parties
    for slot in slots.values():
        yield from names.condition(slots, slot.when, (*path, "parties", slot.name, "when"))
    for part, listed in (("known", event.known), ("typical", tuple(event.typical))):
        for field in listed:
            yield from names.field(slots, field, (*path, part, str(field)))
    for relation in event.relations:
        where = (*path, "relations", f"{relation.name}({', '.join(relation.parties)})")
        yield from names.relation(slots, relation, where)
        yield from names.condition(slots, relation.when, (*where, "when"))
    for situation in event.situations.values():
        yield from names.condition(slots, situation.when, (*path, "situations", situation.name, "when"))
    seen: set[str] = set()
    for use in event.services:
        where = (*path, "services", use.service)
        if use.service in seen:
            values = {"section": "services", "name": use.service, "event": event.name}
            yield Problem("duplicate", "error", position_of(names.library, *where), values)
        seen.add(use.service)
        yield from names.refer("services", use.service, where)
        yield from names.condition(slots, use.when, (*where, "when"))
        yield from _check_use(names, slots, use, where)


def _check_use(names: _Names, slots: Slots, use: ServiceUse, path: Path) -> Iterator[Problem]:
    """Check that each party of the service has its counterpart in the event."""
    service = names.library.services.get(use.service)
    if service is None:
        return
    for party in sorted(use.parties.keys() - service.parties.keys()):
        yield names.unknown("parties", party, (*path, "parties", party), service.parties)
    for party, slot in sorted(service.parties.items()):
        other = use.parties.get(party, party)
        where = (*path, "parties", party)
        if other in slots:
            if slots[other].kind is not slot.kind:
                yield names.wrong_kind(other, slot.kind, slots[other].kind, where)
        elif party in use.parties or not slot.optional:
            yield names.unknown("parties", other, where, slots)
