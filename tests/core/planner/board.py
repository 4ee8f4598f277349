"""A board to play on: small libraries, written tersely.

Fields are written as in a library; every element spoken of is declared by itself, as a text about a person that may be asked
at burden 2, unless ``silent``, ``burdens`` or ``elements`` say otherwise.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from qipan.core.declarations import (
    Agency,
    CertificateType,
    Evidence,
    GrantDeclaration,
    Level,
    Library,
    LifeEvent,
    Limits,
    Meet,
    MeetKind,
    Need,
    Output,
    PartySlot,
    Position,
    Relation,
    RelationKind,
    Resource,
    Service,
    ServiceUse,
    Share,
    Situation,
    Visits,
)
from qipan.core.elements import Checks, CodeList, Element, Field, PartyKind, Text
from qipan.core.plan import Plan, PlannedService
from qipan.core.predicates import Predicate, fields, parse

P = PartyKind.PERSON
EVENT = "event"
Declaration = TypeVar("Declaration", Resource, Service)
Item = str | tuple[str, str | Checks]


def f(text: str) -> Field:
    """A field from its text."""
    return Field.parse(text)


def fs(text: str) -> tuple[Field, ...]:
    """Fields from a text with blanks between."""
    return tuple(f(one) for one in text.split())


def _when(text: str) -> Predicate | None:
    return parse(text) if text else None


def _slots(names: Iterable[str], optional: str = "") -> dict[str, PartySlot]:
    return {name: PartySlot(name, P, optional=name in optional.split()) for name in sorted(set(names))}


def relation(text: str) -> Relation:
    """``spouse(a, b)``, perhaps with `` when …``."""
    head, _, condition = text.partition(" when ")
    match = re.fullmatch(r"(\w+)\((\w+), (\w+)\)", head)
    assert match
    return Relation(match[1], (match[2], match[3]), _when(condition))


def resource(text: str, *, parties: str = "", record_of: str = "", **more: object) -> Resource:
    """``spouse(a, b): a.id -> b.id b.name`` or ``p.id -> p.name``; the name is set by ``library``."""
    head, _, gives = text.rpartition("->")
    related, _, keys = head.rpartition(":")
    found = fs(keys) + fs(gives)
    return Resource(
        "",
        Text(""),
        "office",
        _slots((*(one.party for one in found), *parties.split())),
        fs(keys),
        fs(gives),
        relation(related) if related else None,
        frozenset(f"Person.{word}" for word in record_of.split()),
        **more,  # type: ignore[arg-type]
    )


def conditional(text: str) -> Resource:
    """A resource that needs a grant."""
    return resource(text, share=Share.CONDITIONAL)


def _need(item: Item) -> Need:
    if isinstance(item, str):
        return Need(f(item))
    field, what = item
    return Need(f(field), what) if isinstance(what, Checks) else Need(f(field), when=parse(what))


def _output(item: Item) -> Output:
    if isinstance(item, str):
        return Output(f(item))
    assert isinstance(item[1], str)
    return Output(f(item[0]), parse(item[1]))


def items(given: str | Iterable[Item]) -> list[Item]:
    """Needs or outputs from a text, or from a list with conditions and checks."""
    return list(given.split()) if isinstance(given, str) else list(given)


def document(*ways: str, when: str = "") -> Evidence:
    """Ways are ``upload``, ``certificate:name`` (with ``,a=mother`` for its parties) and ``facts:a.b,c.d``."""
    return Evidence("", Text(""), tuple(_way(way) for way in ways), _when(when))


def _way(text: str) -> Meet:
    kind, _, rest = text.partition(":")
    if kind == "upload":
        return Meet(MeetKind.UPLOAD)
    parts = rest.split(",")
    if kind == "facts":
        return Meet(MeetKind.FACTS, facts=tuple(f(part) for part in parts))
    parties = dict(part.split("=") for part in parts[1:])
    return Meet(MeetKind.CERTIFICATE, parts[0], parties)


def service(
    needs: str | Iterable[Item] = "",
    gives: str | Iterable[Item] = "",
    *,
    parties: str = "",
    optional: str = "",
    documents: Mapping[str, Evidence] | None = None,
    issues: str = "",
    when: str = "",
    region: str = "",
    days: tuple[int, int] = (1, 1),
    visits: tuple[int, int] = (1, 0),
) -> Service:
    """A service whose parties are those it speaks of; ``days`` are promised and statutory."""
    wanted, given = [_need(one) for one in items(needs)], [_output(one) for one in items(gives)]
    papers = documents or {}
    named = {need.field.party for need in wanted} | {output.field.party for output in given}
    named |= set(parties.split())
    named |= {fact.party for one in papers.values() for way in one.met_by for fact in way.facts}
    return Service(
        "",
        Text(""),
        "office",
        Level.CITY,
        _slots((*named, *optional.split()), optional),
        tuple(wanted),
        tuple(given),
        tuple(Evidence(name, Text(name), one.met_by, one.when) for name, one in papers.items()),
        tuple(issues.split()),
        region=f(region) if region else None,
        when=_when(when),
        limits=Limits(days[1], days[0]),
        visits=Visits(*visits),
    )


def use(name: str, when: str = "", *, optional: bool = False, **parties: str) -> ServiceUse:
    """A service in the event."""
    return ServiceUse(name, parties, _when(when), optional)


def library(
    services: Mapping[str, Service],
    *,
    parties: str = "mother child",
    whens: Mapping[str, str] | None = None,
    known: str = "mother.id",
    relations: Iterable[str] = (),
    uses: Iterable[ServiceUse] | None = None,
    resources: Mapping[str, Resource] | None = None,
    certificates: Mapping[str, str] | None = None,
    grants: Mapping[str, GrantDeclaration] | None = None,
    situations: Mapping[str, str] | None = None,
    typical: Mapping[str, str] | None = None,
    silent: str = "",
    burdens: Mapping[str, int] | None = None,
    elements: Mapping[str, Element] | None = None,
    codes: Mapping[str, CodeList] | None = None,
    lines: Mapping[tuple[str, ...], int] | None = None,
) -> Library:
    """One event, named ``event``, of all the services; the first party applies."""
    event = LifeEvent(
        EVENT,
        Text(EVENT),
        {
            name: PartySlot(name, P, applicant=place == 0, when=_when((whens or {}).get(name, "")))
            for place, name in enumerate(parties.split())
        },
        tuple(uses) if uses is not None else tuple(ServiceUse(name) for name in services),
        fs(known),
        tuple(relation(one) for one in relations),
        {name: Situation(name, Text(name), parse(when)) for name, when in (situations or {}).items()},
        {f(name): value for name, value in (typical or {}).items()},
    )
    found = Library(
        resources={name: _named(one, name) for name, one in (resources or {}).items()},
        certificates={name: _certificate(name, text) for name, text in (certificates or {}).items()},
        services={name: _named(one, name) for name, one in services.items()},
        events={EVENT: event},
        grants=dict(grants or {}),
        relations={
            "spouse": RelationKind("spouse", (P, P), symmetric=True),
            "parent": RelationKind("parent", (P, P)),
        },
        agencies={"office": Agency("office", Text("office"), (Level.CITY,))},
        codes=dict(codes or {}),
        positions={path: Position("board.yaml", line) for path, line in (lines or {}).items()},
    )
    declared = {
        f"Person.{word}": Element(
            P, word, Text(word), burden=(burdens or {}).get(word, 2), ask=word not in silent.split()
        )
        for word in sorted(_words(found))
    }
    declared |= {f"Person.{word}": one for word, one in (elements or {}).items()}
    return replace(found, elements=declared)


def element(word: str, **more: object) -> Element:
    """An element with particulars."""
    return Element(P, word, Text(word), **more)  # type: ignore[arg-type]


def _named(declaration: Declaration, name: str) -> Declaration:
    return replace(declaration, name=name, title=Text(name))


def _certificate(name: str, text: str) -> CertificateType:
    """Facts, perhaps after a relation: ``spouse(a, b): a.name b.name``."""
    related, _, facts = text.rpartition(":")
    carried = fs(facts)
    about = relation(related) if related else None
    parties = (*(fact.party for fact in carried), *(about.parties if about else ()))
    return CertificateType(name, Text(name), "office", _slots(parties), carried, about)


def _words(given: Library) -> set[str]:
    spoken = {one.word for found in given.resources.values() for one in (*found.keys, *found.gives)}
    spoken |= {fact.word for paper in given.certificates.values() for fact in paper.facts}
    for held in given.services.values():
        spoken |= {need.field.word for need in held.needs} | {output.field.word for output in held.gives}
        spoken |= {fact.word for paper in held.evidence for way in paper.met_by for fact in way.facts}
        spoken |= _in([held.when, *(need.when for need in held.needs), *(one.when for one in held.gives)])
        spoken |= _in(paper.when for paper in held.evidence)
        spoken |= {held.region.word} if held.region else set()
    for event in given.events.values():
        spoken |= {one.word for one in (*event.known, *event.typical)}
        spoken |= _in(slot.when for slot in event.parties.values())
        spoken |= _in(one.when for one in event.relations) | _in(one.when for one in event.services)
        spoken |= _in(one.when for one in event.situations.values())
    return spoken


def _in(whens: Iterable[Predicate | None]) -> set[str]:
    return {field.word for when in whens if when is not None for field in fields(when)}


# Reading plans


def asked(plan: Plan) -> set[str]:
    """The fields a plan asks."""
    return {str(one.field) for one in plan.questions}


def codes_of(plan: Plan) -> set[str]:
    """The codes of a plan's problems."""
    return {one.code for one in plan.problems}


def why_left(plan: Plan) -> dict[str, str]:
    """Why each service that is left out is, by code."""
    return {one.service: one.reason.code for one in plan.left if one.what == "service"}


def planned(plan: Plan, name: str) -> PlannedService:
    """One service of a plan."""
    return next(one for one in plan.services if one.service == name)


def looked_up(plan: Plan) -> dict[str, int]:
    """The look-ups of a plan with their stages."""
    return {one.name: one.stage for one in plan.fetches}
