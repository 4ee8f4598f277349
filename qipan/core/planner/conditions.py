"""Conditions: what holds in an event, judged once by what is certain and once by what is supposed as well."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from qipan.core.elements import Field, Value
from qipan.core.planner.ground import ABSENT, GroundEvent
from qipan.core.planner.knowledge import Knowledge
from qipan.core.predicates import Predicate, Truth, Undecided, World, judge, undecided

_NOTHING: frozenset[Field] = frozenset()
_PRESENCE = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The certain world has the facts; the supposed one has the assumed values too. The plan follows the supposed one.

    ``guarded`` keeps what was judged, for the same condition stands at many needs.
    """

    certain: World
    supposed: World
    whens: Mapping[str, Predicate]
    guarded: dict[tuple[tuple[str, ...], Predicate | None], tuple[Truth, frozenset[Field]]] = field(
        default_factory=dict
    )

    def guard(self, parties: tuple[str, ...], when: Predicate | None) -> tuple[Truth, frozenset[Field]]:
        """Whether the parties take part and the condition holds, and the fields on which that still turns.

        These are to be learned, or, where only an assumption settles the matter, to be confirmed.
        """
        if when is None and self.supposed.present.keys().isdisjoint(parties):
            return Truth.TRUE, _NOTHING
        key = (parties, when)
        if key not in self.guarded:
            self.guarded[key] = self._judge(*key)
        return self.guarded[key]

    def _judge(self, parties: tuple[str, ...], when: Predicate | None) -> tuple[Truth, frozenset[Field]]:
        presence = self.presence(parties)
        if presence is Truth.FALSE:
            return presence, self._presence_turns_on(self.absent(parties)[:1])
        turns_on = self._presence_turns_on(parties)
        if presence is Truth.UNKNOWN or when is None:
            return presence, turns_on
        return judge(when, self.supposed), turns_on | self.turns_on(when)

    def presence(self, parties: Iterable[str]) -> Truth:
        """Whether all these parties take part."""
        states = [self.supposed.present.get(party, True) for party in parties]
        if False in states:
            return Truth.FALSE
        return Truth.UNKNOWN if None in states else Truth.TRUE

    def absent(self, parties: Iterable[str]) -> list[str]:
        """Those of the parties that take no part."""
        return [party for party in parties if self.supposed.present.get(party, True) is False]

    def turns_on(self, when: Predicate | None) -> frozenset[Field]:
        """The fields on which a condition still turns."""
        return (
            frozenset()
            if when is None
            else self._learned(undecided(when, self.certain, self.supposed), set())
        )

    def _presence_turns_on(self, parties: Iterable[str]) -> frozenset[Field]:
        open_parties = frozenset(party for party in parties if self.certain.present.get(party, True) is None)
        return self._learned(Undecided(frozenset(), open_parties), set()) if open_parties else _NOTHING

    def _learned(self, open_points: Undecided, visited: set[str]) -> frozenset[Field]:
        found = set(open_points.fields)
        for party in sorted(open_points.parties - visited):
            visited.add(party)
            found |= self._learned(undecided(self.whens[party], self.certain, self.supposed), visited)
        return frozenset(found)


def observe(ground: GroundEvent, knowledge: Knowledge, known: Collection[Field]) -> Circumstances:
    """Judge who takes part; ``known`` answers ``known(field)``."""
    facts = dict(knowledge.facts)
    return Circumstances(
        _world(ground, facts, known), _world(ground, {**knowledge.assumed, **facts}, known), ground.whens
    )


def _world(ground: GroundEvent, values: Mapping[Field, Value], known: Collection[Field]) -> World:
    """Judge the parties until nothing more is learned; each round only adds knowledge, so it ends."""
    present: dict[str, bool | None] = {ABSENT: False, **dict.fromkeys(ground.whens)}
    world = World(values, present, known)
    settled = False
    while not settled:
        learned = {party: _PRESENCE[judge(when, world)] for party, when in ground.whens.items()}
        settled = all(present[party] is learned[party] for party in learned)
        present.update(learned)
    return world
