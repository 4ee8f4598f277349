"""The life of a request for shared data: who may do what in each state, and by when.

After the Regulations on the Sharing of Government Data (政务数据共享条例, decree 809): the provider answers within one working day where
the resource is shared unconditionally, within ten where on a condition, and provides within twenty; corrections are answered within
ten; disputes go to the common superior, who decides them and, where a node of its own speaks for the provider, orders it to share:
the provider's own node signs. Requester, approver and auditor are never one person (GB/T 39477).
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from qipan.core.declarations import Share
from qipan.core.worktime import Calendar, due_on


class Role(StrEnum):
    """What somebody does in the sharing of data; nobody has two of these."""

    REQUESTER = "requester"
    APPROVER = "approver"
    AUDITOR = "auditor"
    COORDINATOR = "coordinator"


class State(StrEnum):
    """Where a request stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    GRANTED = "granted"
    REFUSED = "refused"
    DISPUTED = "disputed"
    ORDERED = "ordered"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"
    GIVEN_UP = "given_up"
    REVOKED = "revoked"


class Act(StrEnum):
    """What can be done to a request."""

    RETURN = "return"
    RESUBMIT = "resubmit"
    APPROVE = "approve"
    REFUSE = "refuse"
    SIGN = "sign"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    OVERTURN = "overturn"
    ORDER = "order"
    WITHDRAW = "withdraw"
    GIVE_UP = "give_up"
    REVOKE = "revoke"


class Days(NamedTuple):
    """Limits in working days; ``notice`` in days before the end of a grant."""

    unconditional: int = 1
    conditional: int = 10
    provision: int = 20
    correction: int = 10
    dispute: int = 10
    notice: int = 30


class UnableToMove(Exception):
    """A request in this state does not allow this act."""

    def __init__(self, state: State, act: Act) -> None:
        super().__init__(f"a request that is {state} does not allow {act}")
        self.state = state
        self.act = act


_S, _A = State, Act
TRANSITIONS: Mapping[State, Mapping[Act, State]] = {
    _S.SUBMITTED: {
        _A.APPROVE: _S.APPROVED,
        _A.RETURN: _S.RETURNED,
        _A.REFUSE: _S.REFUSED,
        _A.WITHDRAW: _S.WITHDRAWN,
    },
    _S.RETURNED: {_A.RESUBMIT: _S.SUBMITTED, _A.WITHDRAW: _S.WITHDRAWN},
    _S.APPROVED: {_A.SIGN: _S.GRANTED, _A.DISPUTE: _S.DISPUTED, _A.WITHDRAW: _S.WITHDRAWN},
    _S.REFUSED: {_A.DISPUTE: _S.DISPUTED},
    _S.DISPUTED: {
        _A.OVERTURN: _S.APPROVED,
        _A.ORDER: _S.ORDERED,
        _A.UPHOLD: _S.UPHELD,
        _A.WITHDRAW: _S.WITHDRAWN,
    },
    _S.ORDERED: {_A.APPROVE: _S.APPROVED, _A.WITHDRAW: _S.WITHDRAWN},
    _S.GRANTED: {_A.REVOKE: _S.REVOKED, _A.GIVE_UP: _S.GIVEN_UP},
    _S.UPHELD: {},
    _S.WITHDRAWN: {},
    _S.GIVEN_UP: {},
    _S.REVOKED: {},
}
ROLES: Mapping[Act, Role] = {
    _A.RETURN: Role.APPROVER,
    _A.RESUBMIT: Role.REQUESTER,
    _A.APPROVE: Role.APPROVER,
    _A.REFUSE: Role.APPROVER,
    _A.SIGN: Role.REQUESTER,
    _A.DISPUTE: Role.REQUESTER,
    _A.UPHOLD: Role.COORDINATOR,
    _A.OVERTURN: Role.COORDINATOR,
    _A.ORDER: Role.COORDINATOR,
    _A.WITHDRAW: Role.REQUESTER,
    _A.GIVE_UP: Role.REQUESTER,
    _A.REVOKE: Role.APPROVER,
}
REASONED = frozenset(
    {_A.RETURN, _A.REFUSE, _A.DISPUTE, _A.UPHOLD, _A.OVERTURN, _A.ORDER, _A.REVOKE, _A.GIVE_UP}
)
"""Acts that say why."""
RUNNING = frozenset({_S.SUBMITTED, _S.APPROVED, _S.DISPUTED, _S.ORDERED})
"""States in which a clock runs."""
ENDED = frozenset(state for state, allowed in TRANSITIONS.items() if not allowed)


def transition(state: State, act: Act) -> State:
    """Give the state after the act; raises UnableToMove."""
    after = TRANSITIONS[state].get(act)
    if after is None:
        raise UnableToMove(state, act)
    return after


def allowed(state: State, role: str) -> tuple[Act, ...]:
    """List what somebody in this role may do in this state, in the order of the table."""
    return tuple(act for act in TRANSITIONS[state] if ROLES[act] == role)


def limit(state: State, share: Share, days: Days) -> int | None:
    """Give the limit that runs in a state, in working days; None where none runs."""
    match state:
        case State.SUBMITTED:
            return days.unconditional if share is Share.UNCONDITIONAL else days.conditional
        case State.APPROVED | State.ORDERED:
            return days.provision
        case State.DISPUTED:
            return days.dispute
        case _:
            return None


def due(
    state: State, share: Share, days: Days, since: date, calendar: Calendar, *, paused: int = 0
) -> date | None:
    """Give the last day of the limit that runs in a state which began on ``since``; ``paused`` working days do not count."""
    counted = limit(state, share, days)
    return None if counted is None else due_on(since, counted, calendar, paused)


def realm(agency: str) -> str:
    """What the codes of all agencies in an agency's division begin with: ``33`` for ``330000.data_bureau``."""
    division = agency.partition(".")[0]
    while len(division) in {4, 6} and division.endswith("00"):  # GB/T 2260: provinces and cities
        division = division[:-2]
    return division


def is_above(superior: str, *agencies: str) -> bool:
    """Whether an agency is a superior that all these have in common: its division holds theirs."""
    within = realm(superior)
    return bool(within) and all(one.startswith(within) for one in agencies)
