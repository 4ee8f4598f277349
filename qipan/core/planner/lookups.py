"""Look-ups: resources grounded over an event's parties and relations, as far as they can supply what is spoken of."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

from qipan.core.declarations import Library, LifeEvent, Resource
from qipan.core.elements import Field
from qipan.core.planner.index import index_of
from qipan.core.predicates import Predicate, either, fields


class GroundFact(NamedTuple):
    """One fact of a look-up; ``recorded`` where the resource is the source of record of the element."""

    field: Field
    own: Field
    element: str
    recorded: bool


@dataclass(frozen=True, slots=True)
class GroundLookup:
    """A resource over certain parties of the event; ``when`` is the condition of their relation."""

    name: str
    resource: Resource
    parties: tuple[tuple[str, str], ...]
    when: Predicate | None
    keys: tuple[tuple[Field, Field], ...]
    gives: tuple[GroundFact, ...]


def ground_lookups(
    library: Library, event: LifeEvent, demanded: AbstractSet[Field]
) -> tuple[GroundLookup, ...]:
    """Ground every resource that can supply a demanded field, then those that can supply its keys, and so on."""
    givers = index_of(library).givers
    found: dict[str, GroundLookup] = {}
    grounded: set[tuple[str, str, str]] = set()
    seen, queue = set(demanded), sorted(demanded)
    for field in queue:
        slot = event.parties.get(field.party)
        for resource, own in givers.get(f"{slot.kind}.{field.word}", ()) if slot else ():
            place = (resource.name, own.party, field.party)
            if place in grounded:
                continue
            grounded.add(place)
            for lookup in _groundings(library, event, resource, own.party, field.party):
                if found.setdefault(lookup.name, lookup) is lookup:
                    _demand(lookup, seen, queue)
    return tuple(_cut(found[name], seen) for name in sorted(found))


def _cut(lookup: GroundLookup, spoken_of: AbstractSet[Field]) -> GroundLookup:
    """The look-up without the facts that nothing in the event speaks of."""
    return replace(lookup, gives=tuple(fact for fact in lookup.gives if fact.field in spoken_of))


def _demand(lookup: GroundLookup, seen: set[Field], queue: list[Field]) -> None:
    wanted = {key for key, _ in lookup.keys} | (fields(lookup.when) if lookup.when else frozenset())
    new = sorted(wanted - seen)
    seen.update(new)
    queue.extend(new)


def _groundings(
    library: Library, event: LifeEvent, resource: Resource, own: str, party: str
) -> Iterator[GroundLookup]:
    """Every way of putting the event's parties in the resource's places, with ``party`` in place ``own``."""
    for related, when in _relations(library, event, resource).items():
        related_parties = dict(related)
        if related_parties.get(own, party) != party:
            continue
        bound = {**related_parties, own: party}
        rest = sorted(set(resource.parties) - set(bound))
        for others in product(*(_of_kind(event, resource.parties[name].kind) for name in rest)):
            places = {**bound, **dict(zip(rest, others, strict=True))}
            if len(set(places.values())) == len(places) and _kinds_fit(event, resource, places):
                yield _lookup(resource, places, when)


def _of_kind(event: LifeEvent, kind: str) -> list[str]:
    return sorted(slot.name for slot in event.parties.values() if slot.kind == kind)


def _kinds_fit(event: LifeEvent, resource: Resource, places: Mapping[str, str]) -> bool:
    return all(
        party in event.parties and event.parties[party].kind is resource.parties[place].kind
        for place, party in places.items()
        if place in resource.parties
    )


def _relations(
    library: Library, event: LifeEvent, resource: Resource
) -> Mapping[tuple[tuple[str, str], ...], Predicate | None]:
    """The event's relations of the resource's kind, as places of its two parties, each with its condition."""
    if resource.relation is None:
        return {(): None}
    kind = library.relations.get(resource.relation.name)
    found: dict[tuple[tuple[str, str], ...], list[Predicate | None]] = {}
    for relation in event.relations:
        if relation.name != resource.relation.name:
            continue
        orders = [relation.parties, relation.parties[::-1]] if kind and kind.symmetric else [relation.parties]
        for order in orders:
            found.setdefault(tuple(zip(resource.relation.parties, order, strict=True)), []).append(
                relation.when
            )
    return {places: _any_of(conditions) for places, conditions in sorted(found.items())}


def _any_of(conditions: list[Predicate | None]) -> Predicate | None:
    holding = [condition for condition in conditions if condition is not None]
    return either(*holding) if len(holding) == len(conditions) else None


def _lookup(resource: Resource, places: Mapping[str, str], when: Predicate | None) -> GroundLookup:
    order = dict.fromkeys((*(resource.relation.parties if resource.relation else ()), *sorted(places)))
    parties = tuple((place, places[place]) for place in order)
    return GroundLookup(
        f"{resource.name}({','.join(party for _, party in parties)})",
        resource,
        parties,
        when,
        tuple((Field(places[key.party], key.word), key) for key in resource.keys if key.party in places),
        tuple(_facts(resource, places)),
    )


def _facts(resource: Resource, places: Mapping[str, str]) -> Iterator[GroundFact]:
    for own in resource.gives:
        slot = resource.parties.get(own.party)
        if slot is not None:
            element = f"{slot.kind}.{own.word}"
            yield GroundFact(Field(places[own.party], own.word), own, element, element in resource.record_of)
