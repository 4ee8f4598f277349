"""Grounding: a life event's declarations spoken in the event's own parties, once for each library and event.

Services get the event's parties for their own. Resources become look-ups, one for every way of putting the event's parties
in the resource's places; only those are made that can supply something the event speaks of, directly or as a key.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from qipan.core.declarations import (
    CertificateType,
    Evidence,
    GrantDeclaration,
    Library,
    LifeEvent,
    Meet,
    MeetKind,
    Need,
    Output,
    PartySlot,
    Service,
    ServiceUse,
)
from qipan.core.elements import Checks, Element, Field
from qipan.core.planner.index import ByIdentity, index_of
from qipan.core.planner.lookups import GroundLookup, ground_lookups
from qipan.core.predicates import Predicate, both, fields, leaves, rename
from qipan.core.predicates.tree import Known

ABSENT = ""
"""The party that a service's optional party becomes when the event has none for it; it never takes part."""


class UnableToPlan(LookupError):
    """The library has no such life event."""


class HeldPaper(NamedTuple):
    """A certificate about certain parties of the event, as a vertex."""

    certificate: str
    parties: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.certificate}({','.join(party for _, party in self.parties)})"


class GroundNeed(NamedTuple):
    """A need in the event's parties; ``own`` is the service's own field."""

    field: Field
    own: Field
    checks: Checks
    when: Predicate | None


class GroundOutput(NamedTuple):
    """An output in the event's parties; ``own`` is the service's own field."""

    field: Field
    own: Field
    when: Predicate | None


class GroundWay(NamedTuple):
    """One way to meet a document, for the parties it speaks of."""

    kind: MeetKind
    paper: HeldPaper | None
    facts: tuple[Field, ...]
    parties: frozenset[str]


class GroundEvidence(NamedTuple):
    """A document; two documents with the same ``paper`` are one paper to the person."""

    name: str
    when: Predicate | None
    ways: tuple[GroundWay, ...]
    paper: str


@dataclass(frozen=True, slots=True)
class GroundService:
    """A service in the event's parties; ``required`` parties must take part, ``unfilled`` have no counterpart."""

    name: str
    service: Service
    use: ServiceUse
    parties: tuple[tuple[str, str], ...]
    required: tuple[str, ...]
    unfilled: tuple[str, ...]
    when: Predicate | None
    region: Field | None
    needs: tuple[GroundNeed, ...]
    gives: tuple[GroundOutput, ...]
    evidence: tuple[GroundEvidence, ...]
    issues: tuple[HeldPaper, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GroundEvent:
    """All that a plan of the event can use; made once for a library and an event, so it is equal to itself only.

    ``issued`` maps certificates issued in the event to their facts, ``suppliers`` each field to the places among
    ``lookups`` of those that give it, and ``burdens`` each field that may be asked to its burden. A plan speaks of
    the fields ``spoken_of`` and no others.
    """

    library: Library
    event: LifeEvent
    services: tuple[GroundService, ...]
    lookups: tuple[GroundLookup, ...]
    issued: Mapping[HeldPaper, tuple[Field, ...]]
    spoken_of: frozenset[Field]
    suppliers: Mapping[Field, tuple[int, ...]]
    burdens: Mapping[Field, int]
    whens: Mapping[str, Predicate]
    grants: Mapping[str, tuple[GrantDeclaration, ...]]
    speaks_of_known: bool

    def element(self, field: Field) -> Element | None:
        """The element of a field; None where nothing declares it."""
        return self.library.element(self.event.parties, field)


def ground_event(library: Library, event: str) -> GroundEvent:
    """Ground a life event; raises UnableToPlan when the library does not have it."""
    return _ground_once(ByIdentity(library), event)


@lru_cache(maxsize=1024)
def _ground_once(key: ByIdentity, name: str) -> GroundEvent:
    if name not in key.library.events:
        raise UnableToPlan(name)
    return ground_partly(key.library, name, lambda _field: True)


def ground_partly(library: Library, name: str, cares: Callable[[Field], bool]) -> GroundEvent:
    """Ground an event with those look-ups only that supply a field the caller cares for."""
    event = library.events[name]
    services = tuple(_ground_services(library, event))
    whens = {slot.name: slot.when for _, slot in sorted(event.parties.items()) if slot.when is not None}
    issued = {paper: _paper_facts(library, paper) for service in services for paper in service.issues}
    demanded = _spoken_of(services, whens.values())
    demanded |= {field for facts in issued.values() for field in facts}
    lookups = ground_lookups(library, event, demanded, cares)
    demanded |= {key for lookup in lookups for key, _ in lookup.keys}
    demanded |= {field for lookup in lookups if lookup.when is not None for field in fields(lookup.when)}
    demanded |= {output.field for service in services for output in service.gives}
    grants = index_of(library).grants
    return GroundEvent(
        library,
        event,
        services,
        lookups,
        issued,
        frozenset(demanded),
        _suppliers(lookups),
        {
            field: element.burden
            for field in demanded
            if (element := library.element(event.parties, field)) and element.ask
        },
        whens,
        {lookup.resource.name: grants.get((lookup.resource.name, name), ()) for lookup in lookups},
        any(_speaks_of_known(when) for when in _conditions(services, whens.values(), lookups)),
    )


def _suppliers(lookups: Iterable[GroundLookup]) -> Mapping[Field, tuple[int, ...]]:
    found: dict[Field, list[int]] = {}
    for place, lookup in enumerate(lookups):
        for fact in lookup.gives:
            found.setdefault(fact.field, []).append(place)
    return {field: tuple(places) for field, places in found.items()}


# Services


def _ground_services(library: Library, event: LifeEvent) -> Iterator[GroundService]:
    """Services that are not declared, or used a second time, are left to the check of the library."""
    seen: set[str] = set()
    for use in event.services:
        if use.service in library.services and use.service not in seen:
            seen.add(use.service)
            yield ground_service(library, event.parties, use)


def ground_service(library: Library, parties: Mapping[str, PartySlot], use: ServiceUse) -> GroundService:
    """Put the event's parties into a service."""
    service = library.services[use.service]
    wanted = {party: use.parties.get(party, party) for party in sorted(service.parties)}
    filled = {party: other for party, other in wanted.items() if other in parties}
    names = {party: filled.get(party, ABSENT) for party in wanted}
    conditions = [use.when, rename(service.when, names) if service.when else None]
    holding = [condition for condition in conditions if condition is not None]
    return GroundService(
        name=service.name,
        service=service,
        use=use,
        parties=tuple(filled.items()),
        required=tuple(other for party, other in filled.items() if not service.parties[party].optional),
        unfilled=tuple(
            party for party in wanted if party not in filled and not service.parties[party].optional
        ),
        when=both(*holding) if holding else None,
        region=_moved(service.region, names) if service.region else None,
        needs=tuple(_ground_need(need, names) for need in service.needs),
        gives=tuple(
            _ground_output(output, names) for output in service.gives if names.get(output.field.party)
        ),
        evidence=tuple(_ground_evidence(library, service, filled, evidence) for evidence in service.evidence),
        issues=tuple(_issued(library, service, filled)),
    )


def _moved(field: Field, names: Mapping[str, str]) -> Field:
    party = names.get(field.party, ABSENT)
    return field if party == field.party else Field(party, field.word)


def _renamed(when: Predicate | None, names: Mapping[str, str]) -> Predicate | None:
    return rename(when, names) if when is not None else None


def _ground_need(need: Need, names: Mapping[str, str]) -> GroundNeed:
    return GroundNeed(_moved(need.field, names), need.field, need.checks, _renamed(need.when, names))


def _ground_output(output: Output, names: Mapping[str, str]) -> GroundOutput:
    return GroundOutput(_moved(output.field, names), output.field, _renamed(output.when, names))


def _issued(library: Library, service: Service, filled: Mapping[str, str]) -> Iterator[HeldPaper]:
    for name in service.issues:
        paper = _paper(library, name, holders(library, name, service), service, filled)
        if paper is not None:
            yield paper


# Documents


def _ground_evidence(
    library: Library, service: Service, filled: Mapping[str, str], evidence: Evidence
) -> GroundEvidence:
    ways = tuple(
        way for meet in evidence.met_by if (way := _ground_way(library, service, filled, meet)) is not None
    )
    names = {party: filled.get(party, ABSENT) for party in service.parties}
    named = next((str(way.paper) for way in ways if way.paper), None)
    about = sorted({field.party for way in ways for field in way.facts})
    paper = named or (f"{evidence.name}({','.join(about)})" if about else evidence.name)
    return GroundEvidence(evidence.name, _renamed(evidence.when, names), ways, paper)


def _ground_way(
    library: Library, service: Service, filled: Mapping[str, str], meet: Meet
) -> GroundWay | None:
    if meet.kind is MeetKind.UPLOAD:
        return GroundWay(meet.kind, None, (), frozenset())
    if meet.kind is MeetKind.CERTIFICATE:
        paper = _paper(library, meet.certificate, meet.parties, service, filled)
        return GroundWay(meet.kind, paper, (), frozenset(p for _, p in paper.parties)) if paper else None
    if any(field.party not in filled for field in meet.facts) or not meet.facts:
        return None
    facts = tuple(_moved(field, filled) for field in meet.facts)
    return GroundWay(meet.kind, None, facts, frozenset(field.party for field in facts))


def _paper(
    library: Library, name: str, given: Mapping[str, str], service: Service, filled: Mapping[str, str]
) -> HeldPaper | None:
    """Bind a certificate's parties to the event's; None where one has no counterpart."""
    certificate = library.certificates.get(name)
    if certificate is None:
        return None
    bound = {}
    for party in certificate.parties:
        own = certificate_party(certificate, party, given, service)
        if own is None or own not in filled:
            return None
        bound[party] = filled[own]
    return held_paper(library, name, bound.items())


def certificate_party(
    certificate: CertificateType, party: str, given: Mapping[str, str], service: Service
) -> str | None:
    """The service's party for a certificate's: as given, of the same name, or the only one of its kind."""
    if party in given or party in service.parties:
        return given.get(party, party)
    kind = certificate.parties[party].kind
    mine = [slot.name for slot in certificate.parties.values() if slot.kind is kind]
    theirs = [slot.name for slot in service.parties.values() if slot.kind is kind]
    return theirs[0] if len(mine) == len(theirs) == 1 else None


def holders(library: Library, name: str, service: Service) -> Mapping[str, str]:
    """Whom a certificate that a service issues is about, where names and kinds leave it open.

    It is the one party of the kind about whom the service gives a fact that the certificate carries.
    """
    certificate = library.certificates.get(name)
    found: dict[str, str] = {}
    for party, slot in certificate.parties.items() if certificate else ():
        if certificate is None or certificate_party(certificate, party, {}, service) is not None:
            continue
        carried = {fact.word for fact in certificate.facts if fact.party == party}
        given = {output.field.party for output in service.gives if output.field.word in carried}
        about = [one.name for one in service.parties.values() if one.kind is slot.kind and one.name in given]
        if len(about) == 1:
            found[party] = about[0]
    return found


def held_paper(library: Library, name: str, parties: Iterable[tuple[str, str]]) -> HeldPaper:
    """A certificate as a vertex; where its relation is symmetric, its two parties may change places."""
    bound = dict(sorted(parties))
    certificate = library.certificates.get(name)
    relation = certificate.relation if certificate else None
    kind = library.relations.get(relation.name) if relation else None
    if relation and kind and kind.symmetric and all(party in bound for party in relation.parties):
        first, second = sorted(relation.parties)
        bound[first], bound[second] = sorted((bound[first], bound[second]))
    return HeldPaper(name, tuple(bound.items()))


def _paper_facts(library: Library, paper: HeldPaper) -> tuple[Field, ...]:
    parties = dict(paper.parties)
    facts = library.certificates[paper.certificate].facts
    return tuple(Field(parties[fact.party], fact.word) for fact in facts if fact.party in parties)


# What the event speaks of


def _conditions(
    services: Iterable[GroundService], whens: Iterable[Predicate], lookups: Iterable[GroundLookup] = ()
) -> Iterator[Predicate]:
    yield from whens
    for service in services:
        guards = [service.when, *(need.when for need in service.needs)]
        guards += [output.when for output in service.gives]
        guards += [evidence.when for evidence in service.evidence]
        yield from (when for when in guards if when is not None)
    yield from (lookup.when for lookup in lookups if lookup.when is not None)


def _spoken_of(services: Iterable[GroundService], whens: Iterable[Predicate]) -> set[Field]:
    found = {field for when in _conditions(services, whens) for field in fields(when)}
    for service in services:
        found.update(need.field for need in service.needs)
        found.update(fact for evidence in service.evidence for way in evidence.ways for fact in way.facts)
        if service.region is not None:
            found.add(service.region)
    return found


def _speaks_of_known(when: Predicate) -> bool:
    return any(isinstance(leaf, Known) for leaf in leaves(when))
