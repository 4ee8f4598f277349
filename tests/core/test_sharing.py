"""The life of a request for shared data, its clocks, and who is whose superior."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core.declarations import Share
from qipan.core.sharing import (
    ENDED,
    REASONED,
    ROLES,
    TRANSITIONS,
    Act,
    Days,
    Role,
    State,
    UnableToMove,
    allowed,
    due,
    is_above,
    transition,
)

MONDAY = date(2026, 11, 23)


class Weekdays:
    def is_working(self, day: date, /) -> bool:
        return day.weekday() < 5


@given(st.sampled_from(State), st.sampled_from(Act))
def test_an_act_is_allowed_or_refused_by_name(state: State, act: Act) -> None:
    if act in TRANSITIONS[state]:
        assert transition(state, act) in State
    else:
        with pytest.raises(UnableToMove, match=str(state)):
            transition(state, act)


@given(st.sampled_from(State))
def test_no_act_belongs_to_two_roles_and_the_auditor_has_none(state: State) -> None:
    every = [act for role in Role for act in allowed(state, role)]
    assert sorted(every) == sorted(TRANSITIONS[state])
    assert allowed(state, Role.AUDITOR) == ()
    assert allowed(state, "") == ()


def test_who_asks_never_decides() -> None:
    deciding = {Act.RETURN, Act.APPROVE, Act.REFUSE, Act.REVOKE, Act.UPHOLD, Act.OVERTURN, Act.ORDER}
    assert {act for act, role in ROLES.items() if role is Role.REQUESTER}.isdisjoint(deciding)
    assert deciding - {Act.APPROVE} <= REASONED


def test_every_state_is_reached_and_ends() -> None:
    reached = {after for moves in TRANSITIONS.values() for after in moves.values()}
    assert reached | {State.SUBMITTED} == set(State)
    assert {State.UPHELD, State.WITHDRAWN, State.GIVEN_UP, State.REVOKED} == ENDED


@pytest.mark.parametrize(
    ("state", "share", "paused", "day"),
    [
        (State.SUBMITTED, Share.UNCONDITIONAL, 0, date(2026, 11, 24)),
        (State.SUBMITTED, Share.CONDITIONAL, 0, date(2026, 12, 7)),
        (State.SUBMITTED, Share.CONDITIONAL, 3, date(2026, 12, 10)),
        (State.APPROVED, Share.CONDITIONAL, 0, date(2026, 12, 21)),
        (State.DISPUTED, Share.CONDITIONAL, 0, date(2026, 12, 7)),
        (State.RETURNED, Share.CONDITIONAL, 0, None),
        (State.GRANTED, Share.UNCONDITIONAL, 0, None),
    ],
)
def test_the_clock_follows_the_decree(state: State, share: Share, paused: int, day: date | None) -> None:
    assert due(state, share, Days(), MONDAY, Weekdays(), paused=paused) == day


@pytest.mark.parametrize(
    ("superior", "agencies", "above"),
    [
        ("330000.data_bureau", ("330106.health", "330000.public_security"), True),
        ("330100.data_bureau", ("330106.health", "330106002.public_security"), True),
        ("330100.data_bureau", ("330106.health", "330000.public_security"), False),
        ("330106.data_bureau", ("330100.health", "330106.civil_affairs"), False),
        ("330106002.data_bureau", ("330106002.health",), True),
        ("", ("330106.health",), False),
    ],
)
def test_a_superior_is_common_to_both(superior: str, agencies: tuple[str, ...], *, above: bool) -> None:
    assert is_above(superior, *agencies) is above
