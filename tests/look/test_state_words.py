"""Every state has words and a tone."""

import pytest

from qipan.core.lifecycle import ApplicationState, CaseState
from qipan.faces.look.state_words import application_state, case_state

TONES = {"neutral", "active", "good", "warn", "bad"}


@pytest.mark.parametrize("state", list(CaseState))
def test_every_state_of_a_case_is_said(state: CaseState) -> None:
    said = case_state(state)
    assert said.words
    assert said.tone in TONES


@pytest.mark.parametrize("state", list(ApplicationState))
def test_every_state_of_an_application_is_said(state: ApplicationState) -> None:
    assert application_state(state).tone in TONES


def test_what_the_person_owes_comes_first() -> None:
    assert application_state("running", awaits_person=True) == application_state("asking")
    assert application_state("finished", awaits_person=True).tone == "good"
