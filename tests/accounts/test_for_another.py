"""Somebody with an account who acts for another, and looks after their account meanwhile."""

import pytest
from django.test import Client
from django.utils import timezone

from qipan.people import queries
from qipan.people.actors import Acting, Actor
from tests import acting as play
from tests.accounts.newcomer import NEWCOMER, browser, is_in, real_name, sign_in
from tests.cast import Cast

SERVING = "正在为赵敏办理"


@pytest.fixture
def agent(cast: Cast, newcomer: Client) -> Client:
    """The newcomer, who chose to act for the neighbour."""
    real_name(newcomer)
    found, at = queries.person_by_number(NEWCOMER), timezone.now()
    assert found
    mandate = play.offered(cast.neighbour, NEWCOMER, ["birth"], name="陈晨", at=at)
    play.accept(Acting(Actor("person", found.id, found.name)), mandate, at)
    newcomer.post("/delegations/act/", {"mandate": mandate})
    assert acts(newcomer)
    return newcomer


def acts(client: Client) -> bool:
    return SERVING in client.get("/events/birth/").content.decode()


def test_a_look_at_the_account_changes_nothing_about_for_whom_one_acts(agent: Client) -> None:
    for page in ("", "level/", "devices/"):
        agent.get(f"/account/{page}")
        assert acts(agent), page


@pytest.mark.parametrize("way_out", ["/account/leave/", "/sign-out/"])
def test_whoever_signs_in_again_acts_for_themselves(agent: Client, way_out: str) -> None:
    agent.post(way_out)
    sign_in(agent)
    assert is_in(agent)
    assert not acts(agent)


def test_another_browser_acts_for_nobody(agent: Client) -> None:
    elsewhere = browser()
    sign_in(elsewhere)
    assert not acts(elsewhere)
