"""The whole story: from one short form through five agencies to the results."""

from tests import cast as play
from tests.cast import Cast


def test_a_birth_runs_through_every_agency_to_its_results(cast: Cast) -> None:
    application = play.running(cast).application
    assert play.states(application) == {
        "birth_certificate": "submitted",
        "household_registration": "waiting",
        "social_card": "waiting",
        "insurance": "waiting",
        "guidance": "delivered",
    }
    play.granted(cast, application, "birth_certificate", "hospital")
    assert play.states(application)["household_registration"] == "submitted"
    play.granted(cast, application, "household_registration", "police")
    assert play.states(application)["insurance"] == "delivered"
    play.granted(cast, application, "social_card", "human_resources", **{"child.card_number": "A1234567"})
    assert play.states(application)["social_card"] == "granted"
