"""What can be read of a library with misshapen declarations, and what else is surely wrong with it.

A mistake of shape must not hide that names elsewhere do not meet; nor may it bring about reports that vanish once it is put right.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from qipan.core.declarations import Library
from qipan.core.plan import Problem
from qipan.core.planner import check_library

Declared = tuple[str, str]
_NAMES: Final = frozenset({"unknown-name", "wrong-kind", "duplicate", "two-records", "withheld-without-law"})
_SUPPLIES: Final = frozenset({"codes", "elements", "relations", "resources", "certificates", "grants"})


@dataclass(frozen=True)
class Readable:
    """A library without what is misshapen in it; ``misshapen`` are the sections and names of what is not whole.

    An empty name there stands for one that could not be told, as where two declarations have the same.
    """

    library: Library
    misshapen: frozenset[Declared]

    def problems(self) -> tuple[Problem, ...]:
        """The errors of the rest that do not come from what is misshapen."""
        return tuple(
            problem
            for problem in check_library(self.library)
            if problem.severity == "error" and self._surely(problem)
        )

    def _surely(self, problem: Problem) -> bool:
        if problem.code == "unknown-name":
            return self._unknown(problem)
        if problem.code in _NAMES:
            return self.misshapen.isdisjoint(_spoken_of(problem))
        return self._supplies_whole() and self.misshapen.isdisjoint(self._involved(problem))

    def _unknown(self, problem: Problem) -> bool:
        """An empty name in the library stands in for one that could not be read."""
        section, name = str(problem.values["section"]), str(problem.values["name"])
        if section == "levels" and not self.misshapen.isdisjoint(_where(problem) | self._agencies(problem)):
            return False
        return bool(name) and self.misshapen.isdisjoint({(section, name), (section, "")})

    def _agencies(self, problem: Problem) -> set[Declared]:
        """The agency of the services that a problem stands in."""
        named = (
            self.library.services.get(name) for section, name in _where(problem) if section == "services"
        )
        return {("agencies", service.agency) for service in named if service}

    def _supplies_whole(self) -> bool:
        return all(section not in _SUPPLIES for section, _ in self.misshapen)

    def _involved(self, problem: Problem) -> Iterator[Declared]:
        yield from _spoken_of(problem)
        event = self.library.events.get(str(problem.values.get("event", "")))
        for use in event.services if event else ():
            yield "services", use.service


def _spoken_of(problem: Problem) -> Iterator[Declared]:
    """The declarations that a problem names."""
    for section, key in (("events", "event"), ("services", "service"), ("resources", "resource")):
        if key in problem.values:
            yield section, str(problem.values[key])
    for section in ("services", "resources"):
        names = problem.values.get(section, ())
        for name in names if isinstance(names, Iterable) and not isinstance(names, str) else ():
            yield section, str(name)
    if problem.code not in _NAMES:
        yield from _where(problem)


def _where(problem: Problem) -> set[Declared]:
    """The declaration in which a problem stands."""
    where = problem.values.get("where", ())
    whole = isinstance(where, list | tuple) and len(where) > 1
    return {(str(where[0]), str(where[1]))} if whole else set()  # type: ignore[index]
