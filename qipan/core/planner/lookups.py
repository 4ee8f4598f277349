"""Look-ups: resources grounded over an event's parties and relations, as far as they can supply what is spoken of."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from qipan.core.declarations import Library, LifeEvent, Resource
from qipan.core.elements import Field, element_name
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


class _Placed(NamedTuple):
    """A resource with parties of the event in its places."""

    resource: Resource
    places: Mapping[str, str]
    when: Predicate | None
    keys: tuple[tuple[Field, Field], ...]


def ground_lookups(
    library: Library, event: LifeEvent, demanded: AbstractSet[Field], cares: Callable[[Field], bool]
) -> tuple[GroundLookup, ...]:
    """Ground every resource that can supply a demanded field, then those that can supply its keys, and so on.

    Fields that the caller does not care for are not followed.
    """
    givers = index_of(library).givers
    grounding = _Grounding(library, event)
    found: dict[str, _Placed] = {}
    tried: set[tuple[str, str, str]] = set()
    seen, queue = set(demanded), sorted(demanded)
    for field in queue:
        slot = event.parties.get(field.party) if cares(field) else None
        for resource, own in givers.get(element_name(slot.kind, field.word), ()) if slot else ():
            place = (resource.name, own.party, field.party)
            if place not in tried:
                tried.add(place)
                for placed in grounding.place(resource, own.party, field.party):
                    if found.setdefault(_name(placed), placed) is placed:
                        _demand(placed, seen, queue)
    return tuple(_lookup(name, found[name], seen) for name in sorted(found))


def _demand(placed: _Placed, seen: set[Field], queue: list[Field]) -> None:
    wanted = {key for key, _ in placed.keys}
    if placed.when is not None:
        wanted |= fields(placed.when)
    new = sorted(wanted - seen)
    seen.update(new)
    queue.extend(new)


Places = tuple[tuple[str, str], ...]


class _Grounding:
    """Puts an event's parties in the places of resources."""

    def __init__(self, library: Library, event: LifeEvent) -> None:
        self.library, self.event = library, event
        self.related: dict[tuple[str, tuple[str, str]], Mapping[Places, Predicate | None]] = {}

    def place(self, resource: Resource, own: str, party: str) -> Iterator[_Placed]:
        """Every way with ``party`` in place ``own``."""
        for related, when in self._relations(resource).items():
            bound = dict(related)
            if bound.setdefault(own, party) != party:
                continue
            rest = sorted(set(resource.parties) - set(bound))
            for others in product(*(self._of_kind(resource.parties[name].kind) for name in rest)):
                places = {**bound, **dict(zip(rest, others, strict=True))}
                if len(set(places.values())) == len(places) and self._kinds_fit(resource, places):
                    yield _Placed(resource, _ordered(resource, places), when, tuple(_keys(resource, places)))

    def _of_kind(self, kind: str) -> list[str]:
        return sorted(slot.name for slot in self.event.parties.values() if slot.kind == kind)

    def _kinds_fit(self, resource: Resource, places: Mapping[str, str]) -> bool:
        slots = self.event.parties
        for place, party in places.items():
            slot = resource.parties.get(place)
            if party not in slots or (slot is not None and slots[party].kind is not slot.kind):
                return False
        return True

    def _relations(self, resource: Resource) -> Mapping[Places, Predicate | None]:
        """The event's relations of the resource's kind, as places of its two parties, each with its condition."""
        if resource.relation is None:
            return {(): None}
        key = (resource.relation.name, resource.relation.parties)
        if key not in self.related:
            self.related[key] = self._related(*key)
        return self.related[key]

    def _related(self, name: str, places: tuple[str, str]) -> Mapping[Places, Predicate | None]:
        kind = self.library.relations.get(name)
        found: dict[Places, list[Predicate | None]] = {}
        for relation in self.event.relations:
            orders = (
                [relation.parties, relation.parties[::-1]] if kind and kind.symmetric else [relation.parties]
            )
            for order in orders if relation.name == name else ():
                found.setdefault(tuple(zip(places, order, strict=True)), []).append(relation.when)
        return {related: _any_of(conditions) for related, conditions in sorted(found.items())}


def _any_of(conditions: list[Predicate | None]) -> Predicate | None:
    holding = [condition for condition in conditions if condition is not None]
    return either(*holding) if len(holding) == len(conditions) else None


def _ordered(resource: Resource, places: Mapping[str, str]) -> Mapping[str, str]:
    """The related parties first, in the order of the relation."""
    first = resource.relation.parties if resource.relation else ()
    return {place: places[place] for place in (*first, *sorted(places.keys() - set(first)))}


def _keys(resource: Resource, places: Mapping[str, str]) -> Iterator[tuple[Field, Field]]:
    return ((Field(places[key.party], key.word), key) for key in resource.keys if key.party in places)


def _name(placed: _Placed) -> str:
    return f"{placed.resource.name}({','.join(placed.places.values())})"


def _lookup(name: str, placed: _Placed, spoken_of: AbstractSet[Field]) -> GroundLookup:
    """The look-up with the facts that something in the event speaks of."""
    resource, places, when, keys = placed
    facts = tuple(fact for fact in _facts(resource, places) if fact.field in spoken_of)
    return GroundLookup(name, resource, tuple(places.items()), when, keys, facts)


def _facts(resource: Resource, places: Mapping[str, str]) -> Iterator[GroundFact]:
    for own in resource.gives:
        slot = resource.parties.get(own.party)
        if slot is not None:
            element = element_name(slot.kind, own.word)
            yield GroundFact(Field(places[own.party], own.word), own, element, element in resource.record_of)
