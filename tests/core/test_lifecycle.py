"""The life of a case, walked by every road there is."""

import pytest

from qipan.core.lifecycle import (
    ENDED,
    FAILED,
    IN_HAND,
    SUCCEEDED,
    TRANSITIONS,
    ActNotAllowed,
    CaseAct,
    CaseState,
    allowed_acts,
    transition,
)


def every_road(state: CaseState, walked: tuple[CaseAct, ...] = ()) -> list[tuple[CaseAct, ...]]:
    roads = [walked]
    for act, after in TRANSITIONS[state].items():
        if (act, after) != (CaseAct.RETURN, CaseState.RETURNED) or CaseAct.RETURN not in walked:
            roads += every_road(after, (*walked, act))
    return roads


def end_of(road: tuple[CaseAct, ...]) -> CaseState:
    state = CaseState.WAITING
    for act in road:
        state = transition(state, act)
    return state


ROADS = every_road(CaseState.WAITING)


def test_every_state_can_be_reached() -> None:
    assert {end_of(road) for road in ROADS} == set(CaseState)


def test_nothing_is_granted_that_was_not_accepted() -> None:
    for road in ROADS:
        if end_of(road) in SUCCEEDED:
            assert road.index(CaseAct.ACCEPT) < road.index(CaseAct.GRANT)


def test_nothing_is_delivered_that_was_not_granted() -> None:
    for road in ROADS:
        assert CaseAct.DELIVER not in road or CaseAct.GRANT in road


def test_what_has_ended_stays_so() -> None:
    for state in ENDED:
        for act in CaseAct:
            with pytest.raises(ActNotAllowed):
                transition(state, act)


def test_what_is_decided_cannot_be_withdrawn() -> None:
    for state in (CaseState.GRANTED, CaseState.REFUSED, CaseState.DELIVERED):
        assert CaseAct.WITHDRAW not in allowed_acts(state)


def test_a_returned_case_comes_back_to_where_it_was_submitted() -> None:
    returned = transition(CaseState.SUBMITTED, CaseAct.RETURN)
    assert transition(returned, CaseAct.ANSWER) is CaseState.SUBMITTED


def test_a_refusal_names_the_state_and_the_act() -> None:
    with pytest.raises(ActNotAllowed, match="delivered does not allow grant"):
        transition(CaseState.DELIVERED, CaseAct.GRANT)


def test_every_state_is_waiting_in_hand_or_ended() -> None:
    assert {CaseState.WAITING, *IN_HAND, *ENDED} == set(CaseState)
    assert not set(IN_HAND) & ENDED
    assert FAILED | {CaseState.DELIVERED} == ENDED
