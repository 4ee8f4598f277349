"""The residual core of the question problem, searched exactly by branch and bound."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_WORK = 3_000_000
"""How many ways one search may look at, about a second; beyond, the best set so far is taken. No real library comes near."""


class Way(NamedTuple):
    """An edge of the core, without what is closed already."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(slots=True)
class Part:
    """One independent part of the core: find the lightest set of questions that reaches all targets.

    ``weights`` holds what may be asked; no two sets weigh the same, so the result is unique.
    """

    ways: list[Way]
    targets: frozenset[int]
    weights: dict[int, int]
    best: frozenset[int] = frozenset()
    best_weight: int = 0
    work: int = 0
    consumers: dict[int, list[int]] = field(default_factory=dict)
    producers: dict[int, list[int]] = field(default_factory=dict)

    def solve(self) -> frozenset[int]:
        """The lightest set; all of ``weights`` together must reach every target."""
        for number, way in enumerate(self.ways):
            for vertex in way.inputs:
                self.consumers.setdefault(vertex, []).append(number)
            for vertex in way.outputs:
                self.producers.setdefault(vertex, []).append(number)
        self._begin()
        self._search()
        return self.best

    def _begin(self) -> None:
        """Start from a set of which nothing can be spared: all questions, less the heaviest one after another."""
        kept = set(self.weights)
        for vertex in sorted(kept, key=self.weights.__getitem__, reverse=True):
            if self._covers(kept - {vertex}):
                kept.remove(vertex)
        self.best, self.best_weight = frozenset(kept), self._weight(kept)

    def _search(self) -> None:
        nodes = [(frozenset[int](), frozenset(self.weights))]
        while nodes and self.work < MAX_WORK:
            nodes.extend(self._open(*nodes.pop()))

    def _open(
        self, asked: frozenset[int], free: frozenset[int]
    ) -> Iterable[tuple[frozenset[int], frozenset[int]]]:
        """Settle a node, or split it by one question: without it, then (taken up first) with it."""
        reached = self._close(asked)
        if self.targets <= reached:
            if self._weight(asked) < self.best_weight:
                self.best, self.best_weight = asked, self._weight(asked)
            return ()
        free = self._undominated(asked, free - reached)
        if not self._covers(asked | free):
            return ()
        needed = frozenset(vertex for vertex in free if not self._covers((asked | free) - {vertex}))
        asked, free = asked | needed, free - needed
        if self._weight(asked) + self._bound(asked, free) >= self.best_weight:
            return ()
        if needed:
            return ((asked, free),)
        chosen = max(free, key=lambda vertex: (len(self._close(asked | {vertex})), -self.weights[vertex]))
        return ((asked, free - {chosen}), (asked | {chosen}, free - {chosen}))

    def _close(self, start: Iterable[int]) -> set[int]:
        self.work += len(self.ways)
        waiting = [len(way.inputs) for way in self.ways]
        reached = set(start)
        queue = list(reached)
        for vertex in queue:
            for number in self.consumers.get(vertex, ()):
                waiting[number] -= 1
                if not waiting[number]:
                    new = [output for output in self.ways[number].outputs if output not in reached]
                    reached.update(new)
                    queue.extend(new)
        return reached

    def _covers(self, asked: Iterable[int]) -> bool:
        return self.targets <= self._close(asked)

    def _weight(self, asked: Iterable[int]) -> int:
        return sum(self.weights[vertex] for vertex in asked)

    def _undominated(self, asked: frozenset[int], free: frozenset[int]) -> frozenset[int]:
        """Drop what follows from a lighter question: to ask that one instead gives as much for less."""
        kept = set(free)
        for vertex in sorted(free, key=self.weights.__getitem__):
            if vertex in kept:
                follows = self._close(asked | {vertex}) & kept
                kept -= {other for other in follows if self.weights[other] > self.weights[vertex]}
        return frozenset(kept)

    def _bound(self, asked: frozenset[int], free: frozenset[int]) -> int:
        """What is still to be paid at least: for targets that draw on different questions, the lightest of each."""
        reached = self._close(asked)
        used: set[int] = set()
        total = 0
        for target in sorted(self.targets - reached):
            sources = self._sources(target, reached) & free
            if used.isdisjoint(sources):
                used |= sources
                total += min((self.weights[vertex] for vertex in sources), default=0)
        return total

    def _sources(self, target: int, reached: set[int]) -> set[int]:
        """Every vertex from which the target may follow, itself included."""
        found = {target}
        queue = [target]
        for vertex in queue:
            for number in self.producers.get(vertex, ()):
                new = [
                    source
                    for source in self.ways[number].inputs
                    if source not in reached and source not in found
                ]
                found.update(new)
                queue.extend(new)
        return found
