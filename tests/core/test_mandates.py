"""What a mandate permits: never more than was given, never after its end, never to another."""

from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from qipan.core.mandates import (
    LONGEST,
    SUBJECTS,
    Kind,
    Mandate,
    Standing,
    covers,
    permits,
    permitted_end,
    permitted_scope,
    standing,
)

EVENTS = ("birth", "retirement", "open_shop", "close_shop")
SUBJECT = {"birth": "person", "retirement": "person", "open_shop": "enterprise", "close_shop": "enterprise"}
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
scopes = st.lists(st.sampled_from(EVENTS), unique=True).map(tuple)
people = st.integers(1, 4)
mandates = st.builds(
    Mandate,
    id=st.integers(1, 99),
    kind=st.sampled_from(Kind),
    principal=people,
    agent=people,
    events=scopes,
    ends_on=days,
    accepted=st.booleans(),
    ended=st.booleans(),
)


@given(mandates, people, days)
def test_only_its_agent_acts_and_only_while_it_stands(mandate: Mandate, who: int, on: date) -> None:
    if permits(mandate, who, on):
        assert mandate.agent == who != mandate.principal
        assert mandate.accepted
        assert not mandate.ended
        assert on <= mandate.ends_on
        assert standing(mandate, on) is Standing.IN_FORCE


@given(mandates, days, st.integers(0, 900))
def test_what_is_over_never_begins_again(mandate: Mandate, on: date, more: int) -> None:
    over = {Standing.EXPIRED, Standing.ENDED}
    if standing(mandate, on) in over:
        assert standing(mandate, on + timedelta(days=more)) in over


@given(mandates, st.sampled_from(EVENTS))
def test_it_covers_what_it_names_and_its_subject_alone(mandate: Mandate, event: str) -> None:
    if covers(mandate, event, SUBJECT[event]):
        assert SUBJECT[event] == SUBJECTS[mandate.kind]
        assert mandate.kind is Kind.REPRESENTATIVE or event in mandate.events
    assert not covers(mandate, event, "planet")


@given(mandates, people, days)
def test_without_life_events_only_a_representative_acts(mandate: Mandate, who: int, on: date) -> None:
    assume(not mandate.events)
    assert not permits(mandate, who, on) or mandate.kind is Kind.REPRESENTATIVE


@given(st.sampled_from(Kind), st.lists(st.sampled_from((*EVENTS, "no-such-event"))))
def test_a_scope_is_part_of_what_was_wanted_and_fits_its_kind(kind: Kind, wanted: list[str]) -> None:
    scope = permitted_scope(kind, wanted, SUBJECT)
    assert set(scope) == {event for event in wanted if SUBJECT.get(event) == SUBJECTS[kind]}
    assert list(scope) == sorted(set(scope))


@given(st.sampled_from(Kind), days, st.integers(-400, 800))
def test_an_end_is_to_come_and_not_too_far(kind: Kind, on: date, distance: int) -> None:
    assert permitted_end(kind, on + timedelta(days=distance), on) == (0 <= distance <= LONGEST[kind].days)
