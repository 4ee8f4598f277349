"""The life of a case: which acts each state allows, and what becomes of it.

After the Administrative Licensing Law (行政许可法): a case is submitted, then accepted, returned once for correction (which stops
the clock) or not accepted; an accepted case is reviewed and granted or refused; what is granted is delivered. A case that
waits for another service's output is stopped when that output can no longer come.
"""

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands."""

    WAITING = "waiting"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    REVIEWING = "reviewing"
    GRANTED = "granted"
    REFUSED = "refused"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class CaseAct(StrEnum):
    """What can be done to a case."""

    OPEN = "open"
    ACCEPT = "accept"
    RETURN = "return"
    ANSWER = "answer"
    DECLINE = "decline"
    REVIEW = "review"
    GRANT = "grant"
    REFUSE = "refuse"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"
    STOP = "stop"


class ApplicationState(StrEnum):
    """Where an application stands; ``asking`` waits for the person, who owes an answer that no source could give."""

    RUNNING = "running"
    ASKING = "asking"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


class ActNotAllowed(Exception):
    """This cannot be done to a case in its present state."""

    def __init__(self, state: CaseState, act: CaseAct) -> None:
        super().__init__(f"a case that is {state} does not allow {act}")
        self.state = state
        self.act = act


_S, _A = CaseState, CaseAct
TRANSITIONS: dict[CaseState, dict[CaseAct, CaseState]] = {
    _S.WAITING: {_A.OPEN: _S.SUBMITTED, _A.STOP: _S.STOPPED, _A.WITHDRAW: _S.WITHDRAWN},
    _S.SUBMITTED: {
        _A.ACCEPT: _S.ACCEPTED,
        _A.RETURN: _S.RETURNED,
        _A.DECLINE: _S.NOT_ACCEPTED,
        _A.WITHDRAW: _S.WITHDRAWN,
    },
    _S.RETURNED: {_A.ANSWER: _S.SUBMITTED, _A.DECLINE: _S.NOT_ACCEPTED, _A.WITHDRAW: _S.WITHDRAWN},
    _S.ACCEPTED: {
        _A.REVIEW: _S.REVIEWING,
        _A.GRANT: _S.GRANTED,
        _A.REFUSE: _S.REFUSED,
        _A.WITHDRAW: _S.WITHDRAWN,
    },
    _S.REVIEWING: {_A.GRANT: _S.GRANTED, _A.REFUSE: _S.REFUSED, _A.WITHDRAW: _S.WITHDRAWN},
    _S.GRANTED: {_A.DELIVER: _S.DELIVERED},
    _S.NOT_ACCEPTED: {},
    _S.REFUSED: {},
    _S.DELIVERED: {},
    _S.WITHDRAWN: {},
    _S.STOPPED: {},
}

IN_HAND = (_S.SUBMITTED, _S.RETURNED, _S.ACCEPTED, _S.REVIEWING, _S.GRANTED)
"""States in which the agency has something to do or to wait for: its inbox."""

ENDED = frozenset(state for state, allowed in TRANSITIONS.items() if not allowed)
SUCCEEDED = frozenset({_S.GRANTED, _S.DELIVERED})
FAILED = ENDED - SUCCEEDED
"""Ended without the output that other services may wait for."""


def transition(state: CaseState, act: CaseAct) -> CaseState:
    """Give the state after the act; raises ActNotAllowed."""
    after = TRANSITIONS[state].get(act)
    if after is None:
        raise ActNotAllowed(state, act)
    return after


def allowed_acts(state: CaseState) -> tuple[CaseAct, ...]:
    """List the acts that this state allows, in the order of the table."""
    return tuple(TRANSITIONS[state])
