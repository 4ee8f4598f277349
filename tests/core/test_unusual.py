"""What is unusual: robust against a few strange days, never what is usual, and the tail is a real Poisson tail."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core.unusual import judge, score, tail, usual

COUNTS = st.lists(st.integers(0, 60), min_size=5, max_size=40)


@pytest.mark.parametrize(
    ("count", "rate", "chance"),
    [(0, 3.0, 1.0), (1, 3.0, 1 - math.exp(-3)), (3, 2.0, 1 - 5 * math.exp(-2)), (20, 4.0, 1.02005e-8)],
)
def test_the_tail_is_that_of_poisson(count: int, rate: float, chance: float) -> None:
    assert tail(count, rate) == pytest.approx(chance, rel=1e-3)


@given(st.integers(0, 400), st.floats(0.1, 300))
def test_more_is_never_more_likely(count: int, rate: float) -> None:
    assert tail(count + 1, rate) <= tail(count, rate) + 1e-12
    assert 0 <= tail(count, rate) <= 1
    assert tail(count, rate) <= tail(count, rate * 1.5) + 1e-9


@given(COUNTS, COUNTS, st.integers(0, 80))
def test_what_is_usual_is_never_found(own: list[int], peers: list[int], count: int) -> None:
    known = [one.most for one in (usual(own), usual(peers)) if one]
    if count <= min(known):
        assert judge(count, own, peers, 1) is None


@given(st.integers(5, 20), st.integers(1, 2), st.integers(1000, 10_000))
def test_a_few_strange_days_of_the_past_hide_nothing(steady: int, strange: int, how_strange: int) -> None:
    own = [steady] * 20
    calm, wild = (
        judge(10 * steady + 60, own, (), 1),
        judge(10 * steady + 60, own + [how_strange] * strange, (), 1),
    )
    assert calm
    assert wild
    assert calm.expected == wild.expected


def test_somebody_whose_habit_is_far_from_their_peers_is_found() -> None:
    assert judge(200, [200] * 20, [10, 12, 9, 11, 10, 8], 20) is not None
    assert judge(200, [200] * 20, [180, 220, 190, 210, 200, 205], 20) is None


def test_a_new_system_knows_nothing_and_finds_only_the_gross() -> None:
    assert judge(50, (), (), 20) is None
    assert judge(500, (), (), 20) is not None


def test_a_score_counts_zeros() -> None:
    assert (score(1e-6), score(1.0), score(0.0)) == (6.0, 0.0, 99.0)
