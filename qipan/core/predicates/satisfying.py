"""Whether a predicate can be true at all, tried on representative values.

Between any two constants that a predicate compares with, all values judge alike; so the constants, a value on each side of
them, and the members of closed lists stand for every value. Texts without a list are taken to allow any neighbour.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import chain, combinations, pairwise

from qipan.core.checks import check_value
from qipan.core.elements import CodeList, Element, ElementType, Field, Value
from qipan.core.predicates.judging import Truth, World, judge
from qipan.core.predicates.tree import Comparison, Known, Membership, Predicate, Present, fields, leaves

MAX_NODES = 20_000
"""How many partial assignments are tried; beyond, the predicate is taken to be satisfiable."""

_LAST_DAY = date(2099, 12, 31)
_ANY_TEXT = ("\uffff", "\uffff\uffff")
_NUMBERS = frozenset({ElementType.INTEGER, ElementType.DECIMAL})


def satisfiable(
    predicate: Predicate, element_of: Callable[[Field], Element | None], codes: Mapping[str, CodeList]
) -> bool:
    """Whether some values, parties and knowledge make the predicate true; True where that cannot be told."""
    constants = _constants(predicate)
    choices = {
        field: _representatives(element_of(field), constants, codes) for field in sorted(fields(predicate))
    }
    asked_of = {leaf.party for leaf in leaves(predicate) if isinstance(leaf, Present)}
    parties = sorted(asked_of | {field.party for field in choices})
    told = sorted({leaf.field for leaf in leaves(predicate) if isinstance(leaf, Known)})
    search = _Search(predicate, list(choices.items()), parties)
    return any(search.succeeds(frozenset(known)) for known in _subsets(told))


def _subsets(told: list[Field]) -> Iterator[tuple[Field, ...]]:
    return chain.from_iterable(combinations(told, size) for size in range(len(told) + 1))


class _Search:
    """Depth first, leaving a branch as soon as it is settled."""

    def __init__(
        self, predicate: Predicate, choices: list[tuple[Field, list[Value]]], parties: list[str]
    ) -> None:
        self.predicate, self.choices, self.parties = predicate, choices, parties
        self.nodes = 0

    def succeeds(self, known: frozenset[Field]) -> bool:
        return self._try(World({}, dict.fromkeys(self.parties), known), 0)

    def _try(self, world: World, place: int) -> bool:
        self.nodes += 1
        truth = judge(self.predicate, world)
        if truth is not Truth.UNKNOWN or self.nodes > MAX_NODES:
            return truth is not Truth.FALSE
        return any(self._try(further, place + 1) for further in self._branches(world, place))

    def _branches(self, world: World, place: int) -> Iterator[World]:
        if place < len(self.parties):
            for state in (True, False):
                yield world._replace(present={**world.present, self.parties[place]: state})
        elif place - len(self.parties) < len(self.choices):
            field, values = self.choices[place - len(self.parties)]
            for value in values:
                yield world._replace(values={**world.values, field: value})


def _constants(predicate: Predicate) -> list[Value]:
    found: dict[tuple[str, Value], Value] = {}
    for leaf in leaves(predicate):
        values: Iterable[Value | Field] = ()
        if isinstance(leaf, Membership):
            values = leaf.values
        elif isinstance(leaf, Comparison):
            values = (leaf.value,)
        for value in values:
            if not isinstance(value, Field):
                found[type(value).__name__, value] = value
    return list(found.values())


def _representatives(
    element: Element | None, constants: list[Value], codes: Mapping[str, CodeList]
) -> list[Value]:
    if element is None:
        return [
            *constants,
            *chain.from_iterable(_neighbours(value) for value in constants),
            *_ANY_TEXT,
        ]
    closed = _closed_list(element, codes)
    if closed is not None:
        return [value for value in closed if _passes(value, element, codes)]
    bounds = (element.checks.minimum, element.checks.maximum)
    exact = [*constants, *(bound for bound in bounds if bound is not None and bound != "today")]
    near = [*chain.from_iterable(_neighbours(value) for value in exact), *_between(exact)]
    if element.type is ElementType.TEXT:
        allowed = [value for value in constants if _passes(value, element, codes)]
        beside = [value for value in near if isinstance(value, str) and value not in constants]
        return [*allowed, *beside, *_ANY_TEXT]
    found = [value for value in (*exact, *near) if _passes(value, element, codes)]
    return found or _anything(element)


def _closed_list(element: Element, codes: Mapping[str, CodeList]) -> Iterable[Value] | None:
    if element.type is ElementType.BOOLEAN:
        return (True, False)
    if element.checks.one_of is not None:
        return element.checks.one_of
    if element.type is ElementType.CODE and element.codes in codes:
        return codes[element.codes or ""].values
    return None


def _passes(value: Value, element: Element, codes: Mapping[str, CodeList]) -> bool:
    """Whether a value passes; nothing that must be past comes from the next century."""
    past = element.checks.maximum == "today" and element.checks.minimum != "today"
    return check_value(value, element, element.checks, codes, _LAST_DAY if past else None) is None


def _anything(element: Element) -> list[Value]:
    if element.type in _NUMBERS:
        return [0, 1]
    return ["2000-01-01", "2000-01-02"] if element.type is ElementType.DATE else list(_ANY_TEXT)


def _between(values: Iterable[Value]) -> Iterator[Value]:
    numbers = sorted(
        value for value in values if isinstance(value, int | float) and not isinstance(value, bool)
    )
    return ((low + high) / 2 for low, high in pairwise(numbers))


def _neighbours(value: Value) -> Iterator[Value]:
    """A value just below and one just above."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value - 1, value + 1)
    else:
        yield from _text_neighbours(value)


def _text_neighbours(value: str) -> Iterator[str]:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        yield f"{value[:-1]}{chr(ord(value[-1]) - 1)}\uffff" if value and ord(value[-1]) > 0 else ""
        yield f"{value}\0"
    else:
        for step in (-1, 1):
            if date.min < day < date.max:
                yield (day + timedelta(days=step)).isoformat()
