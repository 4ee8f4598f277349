"""Posts: what nobody may hold together, who may act as what at a moment, and what is left after a leave."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from qipan.core.posts import (
    APART,
    FACTOR_HOLDS,
    OF_WEIGHT,
    Duty,
    Leave,
    Period,
    Power,
    Tenure,
    are_apart,
    clash,
    conflict,
    duty,
    factor_holds,
    is_away,
    is_weighty,
    seats_at,
    stands_in,
)
from qipan.core.sharing import Role

START = datetime(2026, 11, 23, tzinfo=UTC)
HERE, THERE = "330106.health", "330106.hospital"
ANN, BEN, CAT = 1, 2, 3


def day(number: float) -> datetime:
    return START + timedelta(days=number)


moments = some.integers(0, 12).map(day)
edges = some.none() | moments
periods = some.builds(Period, edges, edges)
powers = some.frozensets(some.sampled_from(Power), min_size=1, max_size=2)
leaves = some.builds(
    Leave, some.builds(Period, moments, moments), some.none() | some.sampled_from([ANN, BEN, CAT])
)
tenures = some.builds(
    Tenure,
    some.sampled_from([ANN, BEN, CAT]),
    some.integers(1, 5),
    some.sampled_from([HERE, THERE]),
    powers,
    periods,
    some.lists(leaves, max_size=2).map(tuple),
)
many = some.lists(tenures, max_size=5)


def test_manager_operator_and_auditor_are_apart() -> None:
    for one, other in combinations(Power, 2):
        assert are_apart(one, other) or duty(one) is duty(other) is Duty.OPERATOR
    assert frozenset({Power.MANAGER, Power.AUDITOR}) in APART
    assert frozenset({Power.HANDLE, Power.SERVE}) not in APART


def test_of_the_roles_in_the_pool_nobody_has_two() -> None:
    assert all(frozenset(map(Power, pair)) in APART for pair in combinations(Role, 2))


def test_whoever_keeps_a_seal_does_not_approve_it() -> None:
    assert conflict([Power.SEAL_APPROVER, Power.HANDLE, Power.SEAL_KEEPER]) == (
        Power.SEAL_KEEPER,
        Power.SEAL_APPROVER,
    )


@given(some.frozensets(some.sampled_from(Power)))
def test_a_conflict_is_found_exactly_where_two_are_apart(held: frozenset[Power]) -> None:
    found = conflict(held)
    assert (found is not None) == any(pair <= held for pair in APART)
    assert found is None or frozenset(found) in APART


@given(periods, periods)
def test_periods_meet_where_some_moment_lies_in_both(one: Period, other: Period) -> None:
    sampled = [day(number / 2) for number in range(-1, 27)]
    assert one.meets(other) == any(one.holds(at) and other.holds(at) for at in sampled)
    assert one.meets(other) == other.meets(one)


@given(many, moments)
def test_nobody_acts_but_in_a_running_post_of_their_own_or_of_one_who_is_away(
    held: list[Tenure], at: datetime
) -> None:
    for who in (ANN, BEN, CAT):
        for seat in seats_at(who, held, at):
            behind = [one for one in held if one.post == seat.post and one.period.holds(at)]
            away = [one for one in behind if any(leave.period.holds(at) for leave in one.leaves)]
            if seat.stands_in_for is None:
                assert any(one.official == who for one in behind)
                assert not seat.powers or any(one not in away for one in behind)
            else:
                assert seat.stands_in_for != who
                assert any(one.official == seat.stands_in_for for one in away)


@given(many, moments)
def test_after_a_leave_nothing_of_it_remains(held: list[Tenure], at: datetime) -> None:
    over = [
        one._replace(leaves=tuple(leave for leave in one.leaves if not leave.period.holds(at)))
        for one in held
    ]
    for who in (ANN, BEN, CAT):
        assert all(seat.stands_in_for is None and seat.powers for seat in seats_at(who, over, at))


@given(many)
def test_whoever_clashes_nowhere_never_has_two_powers_that_are_apart(held: list[Tenure]) -> None:
    for who in (ANN, BEN, CAT):
        if clash(who, held):
            continue
        for half in range(-1, 26):
            seats = seats_at(who, held, day(half / 2))
            for agency in (HERE, THERE):
                had = frozenset().union(*(seat.powers for seat in seats if seat.agency == agency))
                assert conflict(had) is None


def test_in_another_agency_or_at_another_time_one_may_do_the_other_duty() -> None:
    first = Tenure(ANN, 1, HERE, frozenset({Power.HANDLE}), Period(None, day(2)))
    later = Tenure(ANN, 2, HERE, frozenset({Power.AUDITOR}), Period(day(2)))
    elsewhere = Tenure(ANN, 3, THERE, frozenset({Power.MANAGER}), Period())
    assert clash(ANN, [first, later, elsewhere]) is None
    assert clash(ANN, [first, later._replace(period=Period(day(1)))]) == (Power.HANDLE, Power.AUDITOR)


def test_standing_in_gives_a_power_that_may_not_be_joined_either() -> None:
    leave = Leave(Period(day(1), day(3)), BEN)
    manager = Tenure(ANN, 1, HERE, frozenset({Power.MANAGER}), Period(), (leave,))
    operator = Tenure(BEN, 2, HERE, frozenset({Power.HANDLE}), Period())
    assert clash(BEN, [manager, operator]) == (Power.HANDLE, Power.MANAGER)
    assert clash(BEN, [manager._replace(agency=THERE), operator]) is None
    assert clash(ANN, [manager]) is None


def test_whoever_is_away_rests_and_whoever_stands_in_has_their_powers_until_they_are_back() -> None:
    leave = Leave(Period(day(1), day(3)), BEN)
    post = Tenure(ANN, 1, HERE, frozenset({Power.HANDLE}), Period(), (leave,))
    assert [seat.powers for seat in seats_at(ANN, [post], day(2))] == [frozenset()]
    assert [seat.stands_in_for for seat in seats_at(BEN, [post], day(2))] == [ANN]
    assert seats_at(BEN, [post], day(3)) == seats_at(BEN, [post], day(0)) == []
    assert [seat.powers for seat in seats_at(ANN, [post], day(3))] == [post.powers]
    ended = post._replace(period=Period(None, day(2)))
    assert seats_at(BEN, [ended], day(2)) == []
    assert is_away(ANN, [post], Period(day(2)))
    assert not is_away(ANN, [post], Period(day(3)))
    assert stands_in(BEN, [post], Period(day(2), day(9)))
    assert not stands_in(BEN, [post], Period(day(3), day(9)))


@pytest.mark.parametrize("power", Power)
def test_what_decides_over_others_takes_two_managers(power: Power) -> None:
    assert is_weighty([power]) == (power in OF_WEIGHT)
    assert is_weighty([Power.HANDLE, power]) == (power in OF_WEIGHT)


def test_a_second_factor_holds_for_a_working_day() -> None:
    assert factor_holds(START, START)
    assert factor_holds(START, START + FACTOR_HOLDS - timedelta(seconds=1))
    assert not factor_holds(START, START + FACTOR_HOLDS)
    assert not factor_holds(START, START - timedelta(seconds=1))
    assert not factor_holds(None, START)
