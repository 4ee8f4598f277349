"""What is unusual, by statistics that can be said in one sentence: what is usual, and how likely chance is to give this much.

What is usual is a median, and how far values usually lie from it is the median of their distances (MAD), so that a few strange days
of the past change neither (Hampel 1974). How likely chance is, is the upper tail of a Poisson distribution around the most that is usual.
"""

import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

TO_DEVIATION = 1.4826  # times the MAD is the standard deviation, where values are normal
LEAST_DAYS = 5  # days of somebody's past, or of their peers', from which anything follows
RARE = 1e-6  # chance gives it once in a million days
EXCESS = 2.0  # and it is at least twice the most that is usual
HABIT_RARE, HABIT_EXCESS = 1e-12, 5.0  # somebody whose own usual is far above everybody else's
UNKNOWN = 3.0  # times the floor is held to be usual where nothing is known yet
MOST_SCORE = 99.0


class Usual(NamedTuple):
    """What is usual: the middle of ``days`` values, and the most of them that is not strange yet."""

    middle: float
    most: float
    days: int


class Judgement(NamedTuple):
    """Why a count is unusual. ``score`` is how many zeros the chance has behind the point; None where too little is known."""

    counted: int
    own: Usual | None
    peers: Usual | None
    expected: float
    chance: float
    score: float


def usual(values: Sequence[float]) -> Usual | None:
    """Say what is usual; None of fewer than ``LEAST_DAYS`` values."""
    if len(values) < LEAST_DAYS:
        return None
    middle = median(values)
    spread = TO_DEVIATION * median(abs(one - middle) for one in values)
    return Usual(middle, middle + spread, len(values))


def tail(count: int, rate: float) -> float:
    """How likely it is that chance gives at least this many where ``rate`` are expected (Poisson)."""
    if count <= 0:
        return 1.0
    if rate <= 0:
        return 0.0
    if count <= rate:
        return 1.0 - _below(count, rate)
    term = math.exp(count * math.log(rate) - rate - math.lgamma(count + 1))
    total = 0.0
    for number in range(count + 1, count + 10_000):
        total += term
        term *= rate / number
        if term <= total * 1e-17:
            break
    return min(1.0, total)


def judge(count: int, own: Sequence[float], peers: Sequence[float], floor: float) -> Judgement | None:
    """Judge a day's count against somebody's own days and those of their peers; None for what is not unusual.

    It must be rare against the most that is usual for both, and at least twice that. Somebody whose own usual is itself far from
    everybody else's is found against peers alone. ``floor`` is the least that is ever held to be usual; where neither is known yet,
    only what is far above it is found.
    """
    mine, theirs = usual(own), usual(peers)
    known = [one.most for one in (mine, theirs) if one]
    expected = max(floor, *known) if known else UNKNOWN * floor
    chance = tail(count, expected)
    if chance < RARE and count >= EXCESS * expected:
        return Judgement(count, mine, theirs, expected, chance, score(chance))
    if theirs is None:
        return None
    expected = max(floor, theirs.most)
    chance = tail(count, expected)
    if chance < HABIT_RARE and count >= HABIT_EXCESS * expected:
        return Judgement(count, mine, theirs, expected, chance, score(chance))
    return None


def score(chance: float) -> float:
    """How many zeros a chance has behind the point."""
    return MOST_SCORE if chance <= 10**-MOST_SCORE else max(0.0, round(-math.log10(chance), 1))


def _below(count: int, rate: float) -> float:
    """How likely fewer than ``count`` are."""
    term = math.exp(-rate) if rate < 700 else 0.0  # noqa: PLR2004 -- exp() of less is 0
    if not term:
        return 0.0
    total = 0.0
    for number in range(count):
        total += term
        term *= rate / (number + 1)
    return min(1.0, total)
