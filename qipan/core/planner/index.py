"""An index of a library by what its resources give, built once for each library."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from qipan.core.declarations import GrantDeclaration, Library, PartySlot, Position, Resource, Share
from qipan.core.elements import Field, element_name


class ByIdentity:
    """A library as a cache key: libraries are immutable, so the same object is the same library."""

    __slots__ = ("library",)

    def __init__(self, library: Library) -> None:
        self.library = library

    def __hash__(self) -> int:
        return id(self.library)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.library is self.library


@dataclass(frozen=True, slots=True)
class LibraryIndex:
    """``givers`` pairs each resource that is shared with its own field for an element; names come in order."""

    givers: Mapping[str, tuple[tuple[Resource, Field], ...]]
    grants: Mapping[tuple[str, str], tuple[GrantDeclaration, ...]]


def index_of(library: Library) -> LibraryIndex:
    """Give the library's index."""
    return _index(ByIdentity(library))


@lru_cache(maxsize=16)
def _index(key: ByIdentity) -> LibraryIndex:
    givers: defaultdict[str, list[tuple[Resource, Field]]] = defaultdict(list)
    grants: defaultdict[tuple[str, str], list[GrantDeclaration]] = defaultdict(list)
    for _, resource in sorted(key.library.resources.items()):
        for field in resource.gives:
            if field.party in resource.parties:
                givers[element_name(resource.parties[field.party].kind, field.word)].append((resource, field))
    for _, grant in sorted(key.library.grants.items()):
        grants[grant.resource, grant.event].append(grant)
    return LibraryIndex(
        {element: tuple(pairs) for element, pairs in givers.items()},
        {where: tuple(found) for where, found in grants.items()},
    )


def usable_elements(
    resource: Resource, grants: tuple[GrantDeclaration, ...], today: str
) -> frozenset[str] | None:
    """The elements that an event may take from a resource under its grants; None: all of them.

    ``today`` is an ISO date, or empty when grants are taken as running.
    """
    if resource.share is Share.UNCONDITIONAL:
        return None
    if resource.share is Share.WITHHELD:
        return frozenset()
    running = [grant for grant in grants if not (grant.until and today) or grant.until >= today]
    if any(grant.elements is None for grant in running):
        return None
    return frozenset().union(*(grant.elements or frozenset() for grant in running))


def elements_of(slots: Mapping[str, PartySlot], fields: Iterable[Field]) -> Iterator[str]:
    """The elements of some fields; fields of parties that are not there have none."""
    for field in fields:
        if field.party in slots:
            yield element_name(slots[field.party].kind, field.word)


def position_of(library: Library, *path: str) -> Position | None:
    """Where something was declared, or the nearest thing around it."""
    for length in range(len(path), 1, -1):
        found = library.positions.get(path[:length])
        if found is not None:
            return found
    return None
