"""The catalogue of shared resources, indexed: what answers for an element, which resources hold it, who can use a resource.

Made once for a library, which never changes; every search afterwards is a walk over what is in memory.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from qipan.core.declarations import Library, PartySlot, Resource, Share
from qipan.core.elements import Field, element_name


class Use(NamedTuple):
    """A life event of which a service needs an element that the resource answers for."""

    event: str
    service: str
    elements: frozenset[str]


class Wanted(NamedTuple):
    """What somebody looks for: words, and what they chose of agency, element and share type; empty means any."""

    words: str = ""
    agency: str = ""
    element: str = ""
    share: str = ""


@dataclass(frozen=True, slots=True)
class PoolIndex:
    """``record`` gives each element's source of record (一数一源), ``holders`` all that give it, ``uses`` who can use a resource."""

    library: Library
    elements: Mapping[str, frozenset[str]]
    record: Mapping[str, str]
    holders: Mapping[str, tuple[str, ...]]
    uses: Mapping[str, tuple[Use, ...]]
    texts: Mapping[str, str]

    def find(self, wanted: Wanted) -> tuple[Resource, ...]:
        """List the resources that are meant; those that have a word in their title first, then as declared."""
        words = wanted.words.casefold().split()
        found = [
            resource
            for resource in self.library.resources.values()
            if self._fits(resource, wanted) and all(word in self.texts[resource.name] for word in words)
        ]
        return tuple(sorted(found, key=lambda one: not _in_title(one, words)))

    def _fits(self, resource: Resource, wanted: Wanted) -> bool:
        return (
            wanted.agency in {"", resource.agency}
            and wanted.share in {"", str(resource.share)}
            and (not wanted.element or wanted.element in self.elements[resource.name])
        )


def index(library: Library) -> PoolIndex:
    """Index a library."""
    elements = {name: frozenset(_elements(one.parties, one.gives)) for name, one in library.resources.items()}
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for name, given in elements.items():
        for element in given:
            holders[element].append(name)
    record = {element: one.name for one in library.resources.values() for element in sorted(one.record_of)}
    return PoolIndex(
        library,
        elements,
        record,
        {element: tuple(names) for element, names in holders.items()},
        _uses(library, elements),
        {name: _text(library, one, elements[name]) for name, one in library.resources.items()},
    )


def may_be_asked_for(resource: Resource) -> bool:
    """Whether an agency may ask for a grant: what is withheld by law is not shared at all."""
    return resource.share is not Share.WITHHELD


def _elements(parties: Mapping[str, PartySlot], given: tuple[Field, ...]) -> Iterator[str]:
    return (element_name(parties[field.party].kind, field.word) for field in given if field.party in parties)


def _uses(library: Library, elements: Mapping[str, frozenset[str]]) -> dict[str, tuple[Use, ...]]:
    """A resource that is the source of record of something is of use for that; another, for all that it gives."""
    needed = {
        name: frozenset(_elements(service.parties, tuple(need.field for need in service.needs)))
        for name, service in library.services.items()
    }
    return {
        name: tuple(
            Use(event.name, use.service, found)
            for event in library.events.values()
            for use in event.services
            if (found := (one.record_of or elements[name]) & needed.get(use.service, frozenset()))
        )
        for name, one in library.resources.items()
    }


def _text(library: Library, resource: Resource, elements: frozenset[str]) -> str:
    """All that is said of a resource, to be searched."""
    said = [resource.title, resource.abstract, library.agencies[resource.agency].title]
    said += [library.elements[name].title for name in elements if name in library.elements]
    words = [word for text in said if text for word in (text.zh, text.en)]
    return "\n".join([resource.name, resource.code, *words]).casefold()


def _in_title(resource: Resource, words: list[str]) -> bool:
    title = f"{resource.title.zh}\n{resource.title.en}".casefold()
    return bool(words) and all(word in title for word in words)
