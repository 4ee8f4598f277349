"""The port to agencies' registers: what is asked, what comes back, and what can go wrong.

The errors, all of one tree:

    SourceError                 no answer to use; the plan goes on without this source
    ├── SourceDown              unreachable, too slow, overloaded, or skipped after failing again and again
    ├── SourceNonsense          it answered, but with what cannot be a record of ours
    └── SourceMisdeclared       its declaration or its address cannot be followed; somebody must correct one of them

No message, and no chained exception, holds a key or a fact: they go to logs, and people's data do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, Protocol

from qipan.core.declarations import Library
from qipan.core.elements import CodeList, Element, Field, Value


class SourceError(Exception):
    """The source gave no answer that can be used."""


class SourceDown(SourceError):
    """The source is unreachable or too slow."""


class SourceNonsense(SourceError):
    """The source answered with something that cannot be a record of the declared shape."""


class SourceMisdeclared(SourceError):
    """The source's declaration in the library, or its address in registers.json, cannot be followed."""


class Ground(NamedTuple):
    """Why something is asked, for whom and by whom: what another node must know. Nodes' own registers need it not.

    ``case`` is ``draft:…``, ``application:…`` or ``case:…``; ``official`` the kind and number of who acts; ``basis`` all grounds known.
    """

    event: str
    services: tuple[str, ...]
    purpose: str
    basis: tuple[str, ...]
    case: str
    official: str


@dataclass(frozen=True, slots=True)
class Request:
    """One look-up. ``keys`` and ``elements`` are by the resource's own fields (``a.id_number``).

    ``elements`` says which facts to return, no others leave the register, and what each must be, as of ``today`` where given.
    ``name`` tells requests of one batch apart.
    """

    name: str
    resource: str
    source: Mapping[str, object]
    keys: Mapping[Field, Value]
    elements: Mapping[Field, Element]
    codes: Mapping[str, CodeList] = field(default_factory=dict)
    today: date | None = None
    ground: Ground | None = None


class Refused(NamedTuple):
    """A fact that the source gave and that is not believed; ``reason`` is a code, and never the value itself.

    Codes: those of ``qipan.core.checks.CheckFailure``, ``not-plain`` (a structure, or characters that no register should
    hold) and ``too-big``.
    """

    field: Field
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source said: ``facts`` is None when it has no such record, or when ``error`` says why it gave none.

    A fact that the register leaves empty is missing from ``facts``; one that is not believed is among the ``refused``.
    """

    facts: Mapping[Field, Value] | None = None
    refused: tuple[Refused, ...] = ()
    error: SourceError | None = None
    seconds: float = 0.0


class Sources(Protocol):
    """What reads registers. ``FakeSources`` stands for it in tests."""

    def look_up(self, request: Request, timeout: float) -> Answer:
        """Look one thing up within ``timeout`` seconds; raises SourceError."""
        ...

    def look_up_all(self, requests: Sequence[Request], deadline: float) -> Mapping[str, Answer]:
        """Look all up at once and give, by request name, what is there after ``deadline`` seconds; never raises.

        A source that did not answer in time, or not well, has its ``error`` set and takes nothing from the others.
        """
        ...


def look_up_in_order(sources: Sources, requests: Sequence[Request], deadline: float) -> list[Answer]:
    """Look up all for those who wait together, whatever their requests are called; the answers in the order of the requests."""
    named = [replace(one, name=str(place)) for place, one in enumerate(requests)]
    found = sources.look_up_all(named, deadline)
    return [found[one.name] for one in named]


def request_for(
    library: Library,
    resource: str,
    keys: Mapping[Field, Value],
    *,
    facts: Sequence[Field] | None = None,
    name: str = "",
    today: date | None = None,
) -> Request:
    """Make the request for a resource of this library; without ``facts``, for all that it gives.

    Raises SourceMisdeclared when the resource declares no source.
    """
    declared = library.resources[resource]
    if declared.source is None:
        raise SourceMisdeclared(f"The resource {resource} declares no source.")
    elements = {
        each: library.elements[f"{declared.parties[each.party].kind}.{each.word}"]
        for each in (declared.gives if facts is None else facts)
    }
    return Request(name or resource, resource, declared.source, keys, elements, library.codes, today)
