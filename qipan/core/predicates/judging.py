"""Judging a predicate in Kleene's three-valued logic."""

from collections.abc import Callable, Collection, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from qipan.core.elements import Field, Value
from qipan.core.predicates.tree import (
    And,
    Comparison,
    Constant,
    Known,
    Leaf,
    Membership,
    Not,
    Or,
    Predicate,
    Present,
    fields_of,
)


class Truth(Enum):
    """Kleene's three values."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __invert__(self) -> "Truth":
        return _NOT[self]


_TRUTHS = {None: Truth.UNKNOWN, True: Truth.TRUE, False: Truth.FALSE}
_NOT = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


class World(NamedTuple):
    """What a predicate is judged by: values, who takes part (None: not known; missing: takes part), what is known."""

    values: Mapping[Field, Value]
    present: Mapping[str, bool | None]
    known: Collection[Field]


def evaluate(
    predicate: Predicate,
    values: Mapping[Field, Value],
    present: Mapping[str, bool | None],
    known: Collection[Field],
) -> Truth:
    """Judge ``predicate``; ``known`` only answers ``known(field)``."""
    return judge(predicate, World(values, present, known))


def judge(predicate: Predicate, world: World) -> Truth:
    """Judge ``predicate`` in a world."""
    match predicate:
        case Comparison() | Membership():
            return _fact_holds(predicate, world)
        case And(parts):
            return _strongest((judge(part, world) for part in parts), Truth.FALSE, Truth.TRUE)
        case Or(parts):
            return _strongest((judge(part, world) for part in parts), Truth.TRUE, Truth.FALSE)
        case Not(part):
            return ~judge(part, world)
        case Present(party):
            return _TRUTHS[world.present.get(party, True)]
        case Known(field):
            return _TRUTHS[field in world.known]
        case Constant(truth):
            return _TRUTHS[truth]


def _strongest(truths: Iterator[Truth], absorbing: Truth, neutral: Truth) -> Truth:
    result = neutral
    for truth in truths:
        if truth is absorbing:
            return absorbing
        if truth is Truth.UNKNOWN:
            result = truth
    return result


def _fact_holds(predicate: Comparison | Membership, world: World) -> Truth:
    taking_part = _TRUTHS[all_present(fields_of(predicate), world.present)]
    if taking_part is Truth.FALSE:
        return Truth.FALSE
    value = world.values.get(predicate.field)
    other = _other_side(predicate, world)
    if value is None or other is None:
        return Truth.UNKNOWN
    return _strongest(
        iter((taking_part, _TRUTHS[_holds(predicate, value, other)])),
        Truth.FALSE,
        Truth.TRUE,
    )


def all_present(fields: Collection[Field], present: Mapping[str, bool | None]) -> bool | None:
    """Whether every party of ``fields`` takes part; None where that is not known."""
    states = [present.get(field.party, True) for field in fields]
    return False if False in states else (None if None in states else True)


def _other_side(predicate: Comparison | Membership, world: World) -> Value | tuple[Value, ...] | None:
    if isinstance(predicate, Membership):
        return predicate.values
    return world.values.get(predicate.value) if isinstance(predicate.value, Field) else predicate.value


def _holds(predicate: Comparison | Membership, value: Value, other: Value | tuple[Value, ...]) -> bool:
    if isinstance(predicate, Membership):
        candidates = other if isinstance(other, tuple) else (other,)
        return any(_compare("==", value, candidate) for candidate in candidates) is not predicate.negated
    return not isinstance(other, tuple) and _compare(predicate.operator, value, other)


_ORDERS: Mapping[str, Callable[[float], bool]] = {
    "==": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def _compare(operator: str, left: Value, right: Value) -> bool:
    """Compare within one sort of value; across sorts (text, number, truth) only ``!=`` holds."""
    if isinstance(left, str) and isinstance(right, str):
        return _ORDERS[operator]((left > right) - (left < right))
    same_sort = isinstance(left, bool) is isinstance(right, bool)
    if isinstance(left, str) or isinstance(right, str) or not same_sort:
        return operator == "!="
    return _ORDERS[operator]((left > right) - (left < right))


class Undecided(NamedTuple):
    """What an undetermined predicate still turns on: values of fields, and whether parties take part."""

    fields: frozenset[Field]
    parties: frozenset[str]


_SETTLED = Undecided(frozenset(), frozenset())


def undecided(predicate: Predicate, world: World, supposed: World | None = None) -> Undecided:
    """Say what must be learned to settle the predicate; whether a party takes part comes before its facts.

    ``supposed`` is a world that knows more, by assumption: then this is what would have to be confirmed
    for the predicate to come out as it does there, and no more.
    """
    if judge(predicate, world) is not Truth.UNKNOWN:
        return _SETTLED
    outcome = judge(predicate, supposed or world)
    match predicate:
        case And(parts):
            return _join(parts, Truth.FALSE, outcome, world, supposed)
        case Or(parts):
            return _join(parts, Truth.TRUE, outcome, world, supposed)
        case Not(part):
            return undecided(part, world, supposed)
        case _:
            return _undecided_leaf(predicate, world)


def _join(
    parts: tuple[Predicate, ...], absorbing: Truth, outcome: Truth, world: World, supposed: World | None
) -> Undecided:
    """One part that absorbs is enough; otherwise every part has its say."""
    if outcome is absorbing:
        parts = next((part,) for part in parts if judge(part, supposed or world) is absorbing)
    open_parts = [undecided(part, world, supposed) for part in parts]
    return Undecided(
        frozenset().union(*(part.fields for part in open_parts)),
        frozenset().union(*(part.parties for part in open_parts)),
    )


def _undecided_leaf(leaf: Leaf, world: World) -> Undecided:
    named = {leaf.party} if isinstance(leaf, Present) else {field.party for field in fields_of(leaf)}
    waiting = frozenset(party for party in named if world.present.get(party, True) is None)
    missing = frozenset(field for field in fields_of(leaf) if field not in world.values)
    return Undecided(frozenset() if waiting else missing, waiting)
