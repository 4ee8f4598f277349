"""Numbers for everything that plans of an event speak of, the same in every plan of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TypeVar

from qipan.core.elements import Field
from qipan.core.planner.ground import GroundEvent, GroundWay, HeldPaper

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Numbering:
    """The number of each field, of a fact *from a source* where a document may be met by it, of a certificate in hand,
    of a document being met, and of a service being done.
    """

    fields: Mapping[Field, int]
    sourced: Mapping[Field, int]
    papers: Mapping[HeldPaper, int]
    documents: Mapping[tuple[str, str], int]
    done: Mapping[str, int]
    named: Mapping[int, Field]

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return len(self.named) + len(self.papers) + len(self.documents) + len(self.done)

    def reach(self, facts: Iterable[Field]) -> tuple[int, ...]:
        """The vertices reached when sources give these facts, each once; facts of no concern are passed over."""
        found: dict[int, None] = {}
        for fact in facts:
            for table in (self.fields, self.sourced):
                if fact in table:
                    found[table[fact]] = None
        return tuple(found)

    def met_through(self, way: GroundWay) -> tuple[int, ...]:
        """The vertices by which a way meets its document; none for an upload."""
        if way.paper is not None:
            return (self.papers[way.paper],)
        return tuple(dict.fromkeys(self.sourced[fact] for fact in way.facts))


@lru_cache(maxsize=1024)
def number(ground: GroundEvent) -> Numbering:
    """Number what an event speaks of."""
    numbers = count()
    documents = [(service.name, document) for service in ground.services for document in service.evidence]
    ways = [way for _, document in documents for way in document.ways]
    papers = {*ground.issued, *(way.paper for way in ways if way.paper is not None)}
    fields = _numbered(sorted(ground.spoken_of), numbers)
    sourced = _numbered(sorted({fact for way in ways for fact in way.facts}), numbers)
    return Numbering(
        fields,
        sourced,
        _numbered(sorted(papers), numbers),
        _numbered(((service, document.name) for service, document in documents), numbers),
        _numbered((service.name for service in ground.services), numbers),
        {vertex: field for table in (fields, sourced) for field, vertex in table.items()},
    )


def _numbered(keys: Iterable[Key], numbers: "count[int]") -> dict[Key, int]:
    return {key: next(numbers) for key in dict.fromkeys(keys)}
