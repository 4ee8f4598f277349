"""Whether a regular expression can be matched in bounded time: ``(a+)+b`` takes twice as long for every further ``a``.

A backtracking matcher is exponential where one text can be read in exponentially many ways: where some place of the pattern can be
left and reached again by two ways over the same text (Weber & Seidl, On the degree of ambiguity of finite automata, 1991). The
pattern becomes Glushkov's automaton, whose states are its characters, each edge counted once for every way that leads along it;
then pairs of states are walked in step. Repetitions between bounds count as unbounded, which only adds ways.

What is left takes polynomial time in the text and may still be slow: ``.*.*.*.*x``, or ``a?`` fifty times and then ``a`` fifty times. So
the ways are counted in which the longest texts that are matched at all can be read, where they say the same again and again.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import cycle, islice, product
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final, NamedTuple, TypeVar

from qipan.core.checks import LONGEST_MATCHED

_MAX_PLACES: Final = 2_000
_MAX_LOOPED: Final = 60
_MAX_COPIES: Final = 40
_MAX_TRIED: Final = 40
_MAX_STEPS: Final = 5_000_000
_LAST: Final = 0x10FFFF
_BEYOND_ASCII: Final = (0x80, _LAST)
Range = tuple[int, int]
Pair = tuple[int, int]
T = TypeVar("T", int, Pair)


class _TooIntricate(Exception):
    """A pattern too large to judge, or one that refers back to what it matched."""


@lru_cache(maxsize=4096)
def may_hang(pattern: str) -> bool:
    """Whether matching may take time exponential in the text's length, or too many steps on a short one, or that cannot be told.

    Raises re.error.
    """
    places = _Places()
    try:
        whole = places.read(parser.parse(pattern))
        return places.ambiguous() or places.laborious(whole.first)
    except (_TooIntricate, RecursionError):
        return True


class _Part(NamedTuple):
    """Where a part of the pattern can begin and end, and in how many ways it can be empty."""

    first: Counter[int]
    last: Counter[int]
    empty: int


_NOTHING: Final = _Part(Counter(), Counter(), 1)


class _Places:
    """The automaton: each place with what it matches, and how many ways lead from one to the next."""

    def __init__(self) -> None:
        self.matches: list[tuple[Range, ...]] = []
        self.ways: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self.any_case = False

    def read(self, parsed: Any) -> _Part:
        self.any_case |= bool(parsed.state.flags & re.IGNORECASE)
        whole = _NOTHING
        for op, argument in parsed:
            whole = self._then(whole, self._one(op, argument))
        return whole

    def _one(self, op: Any, argument: Any) -> _Part:
        if op in _REPEATS:
            return self._repeat(*argument)
        if op is ops.BRANCH:
            return _either([self.read(branch) for branch in argument[1]])
        if op is ops.SUBPATTERN:
            self.any_case |= bool(argument[1] & re.IGNORECASE)
            return self.read(argument[3])
        if op is ops.ATOMIC_GROUP:
            return self.read(argument)
        if op in {ops.ASSERT, ops.ASSERT_NOT}:
            self.read(argument[1])
            return _NOTHING
        return _NOTHING if op is ops.AT else self._place(_ranges(op, argument))

    def _place(self, ranges: tuple[Range, ...]) -> _Part:
        if len(self.matches) >= _MAX_PLACES:
            raise _TooIntricate
        self.matches.append(ranges)
        place = len(self.matches) - 1
        return _Part(Counter([place]), Counter([place]), 0)

    def _then(self, one: _Part, other: _Part) -> _Part:
        self._join(one.last, other.first)
        return _Part(
            one.first + _times(other.first, one.empty),
            other.last + _times(one.last, other.empty),
            min(2, one.empty * other.empty),
        )

    def _repeat(self, least: int, most: int, parsed: Any) -> _Part:
        if least == most <= _MAX_COPIES:
            whole = _NOTHING
            for _ in range(least):
                whole = self._then(whole, self.read(parsed))
            return whole
        part = self.read(parsed)
        if most > 1:
            self._join(part.last, part.first)
        return part if least else part._replace(empty=min(2, 1 + part.empty))

    def _join(self, lasts: Counter[int], firsts: Counter[int]) -> None:
        for (last, before), (first, after) in product(lasts.items(), firsts.items()):
            self.ways[last][first] = min(2, self.ways[last][first] + before * after)

    def ambiguous(self) -> bool:
        """Whether a place can be reached again from itself by two ways over one text."""
        return any(self._ambiguous_within(loop) for loop in self._loops())

    def laborious(self, starts: Iterable[int]) -> bool:
        """Whether some text of one character, or of one way round a loop, can be read in too many ways."""
        heads = dict.fromkeys(ranges[0][0] for ranges in self.matches if ranges)
        if any(self._steps(starts, [head]) > _MAX_STEPS for head in list(heads)[:_MAX_TRIED]):
            return True
        rounds = [(place, self._round(place)) for place in range(len(self.matches)) if self.ways[place]]
        tried = [(place, around) for place, around in rounds if len(around) > 1][:_MAX_TRIED]
        return any(self._steps(self.ways[place], around) > _MAX_STEPS for place, around in tried)

    def _steps(self, starts: Iterable[int], text: list[int]) -> int:
        """How many ways there are to read the beginnings of a text that says the same again and again."""
        at: Mapping[int, int] = dict.fromkeys(starts, 1)
        steps = 0
        for character in islice(cycle(text), LONGEST_MATCHED):
            after: Counter[int] = Counter()
            for place, ways in at.items():
                if self._takes(place, character):
                    steps += ways
                    for following, more in self.ways[place].items():
                        after[following] += ways * more
            if not after or steps > _MAX_STEPS:
                break
            at = after
        return steps

    def _takes(self, place: int, character: int) -> bool:
        return self.any_case or any(low <= character <= high for low, high in self.matches[place])

    def _round(self, place: int) -> list[int]:
        """Characters on the shortest way from behind a place through it again; nothing where there is none."""
        came = dict.fromkeys(self.ways[place], place)
        queue = list(came)
        for one in queue:
            new = [following for following in self.ways[one] if following not in came]
            came.update(dict.fromkeys(new, one))
            queue.extend(new)
        if place not in came:
            return []
        path = [place]
        while came[path[-1]] != place:
            path.append(came[path[-1]])
        return [self.matches[one][0][0] for one in reversed(path) if self.matches[one]]

    def _loops(self) -> Iterable[set[int]]:
        """Sets of places that reach each other."""
        back: defaultdict[int, list[int]] = defaultdict(list)
        for place, following in self.ways.items():
            for after in following:
                back[after].append(place)
        seen: set[int] = set()
        for place in range(len(self.matches)):
            if place not in seen and self.ways[place]:
                around = _reach([place], self.ways.__getitem__) & _reach([place], back.__getitem__)
                seen |= around
                yield around

    def _ambiguous_within(self, loop: set[int]) -> bool:
        inside = {place: [after for after in self.ways[place] if after in loop] for place in loop}
        if any(self.ways[place][after] > 1 for place in loop for after in inside[place]):
            return True
        if len(loop) > _MAX_LOOPED:
            raise _TooIntricate
        forth, back = self._in_step(inside)
        same = [(place, place) for place in loop]
        apart = _reach(same, forth.__getitem__) & _reach(same, back.__getitem__)
        return any(one != other for one, other in apart)

    def _in_step(
        self, inside: Mapping[int, list[int]]
    ) -> tuple[defaultdict[Pair, list[Pair]], defaultdict[Pair, list[Pair]]]:
        """Steps of two readers over the same text, forth and back."""
        forth: defaultdict[Pair, list[Pair]] = defaultdict(list)
        back: defaultdict[Pair, list[Pair]] = defaultdict(list)
        for one, other in product(inside, inside):
            for step in product(inside[one], inside[other]):
                if self._overlap(*step):
                    forth[one, other].append(step)
                    back[step].append((one, other))
        return forth, back

    def _overlap(self, one: int, other: int) -> bool:
        return self.any_case or any(
            low <= upper and lower <= high
            for (low, high), (lower, upper) in product(self.matches[one], self.matches[other])
        )


def _either(parts: Iterable[_Part]) -> _Part:
    first, last, empty = Counter[int](), Counter[int](), 0
    for part in parts:
        first, last, empty = first + part.first, last + part.last, min(2, empty + part.empty)
    return _Part(first, last, empty)


def _times(places: Counter[int], factor: int) -> Counter[int]:
    return Counter({place: min(2, ways * factor) for place, ways in places.items() if factor})


def _reach(starts: Iterable[T], following: Callable[[T], Iterable[T]]) -> set[T]:
    """Everything that can be reached, the starts included."""
    reached, waiting = set(starts), list(starts)
    while waiting:
        new = set(following(waiting.pop())) - reached
        reached |= new
        waiting += new
    return reached


# What a place matches, as ranges of code points; classes such as \d take in everything beyond ASCII


def _ranges(op: Any, argument: Any) -> tuple[Range, ...]:
    if op is ops.LITERAL:
        return ((argument, argument),)
    if op is ops.NOT_LITERAL:
        return _others([(argument, argument)])
    if op is ops.ANY:
        return ((0, _LAST),)
    if op is not ops.IN:
        raise _TooIntricate
    ranges = [each for item, value in argument if item is not ops.NEGATE for each in _listed(item, value)]
    if argument[0][0] is ops.NEGATE:
        unclear = any(item is ops.CATEGORY for item, _ in argument)
        return (*_others(ranges), _BEYOND_ASCII) if unclear else _others(ranges)
    return tuple(ranges)


def _listed(item: Any, value: Any) -> tuple[Range, ...]:
    if item is ops.RANGE:
        return (value,)
    return _CLASSES[value] if item is ops.CATEGORY else _ranges(item, value)


def _others(ranges: Iterable[Range]) -> tuple[Range, ...]:
    rest, start = [], 0
    for low, high in sorted(ranges):
        if low > start:
            rest.append((start, low - 1))
        start = max(start, high + 1)
    return (*rest, (start, _LAST)) if start <= _LAST else tuple(rest)


_DIGITS: Final = ((0x30, 0x39),)
_SPACES: Final = ((0x09, 0x0D), (0x1C, 0x20))
_WORDS: Final = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_CLASSES: Final = {
    ops.CATEGORY_DIGIT: (*_DIGITS, _BEYOND_ASCII),
    ops.CATEGORY_NOT_DIGIT: _others(_DIGITS),
    ops.CATEGORY_SPACE: (*_SPACES, _BEYOND_ASCII),
    ops.CATEGORY_NOT_SPACE: _others(_SPACES),
    ops.CATEGORY_WORD: (*_WORDS, _BEYOND_ASCII),
    ops.CATEGORY_NOT_WORD: _others(_WORDS),
}
_REPEATS: Final = {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}
