"""Rating a case: once, by its applicant, when it has ended."""

from uuid import UUID, uuid4

import pytest

from qipan.applications import queries
from qipan.applications.errors import NotTheirs
from qipan.ledger.models import Entry
from qipan.voice.models import Rating
from qipan.voice.operations import RatedAlready, UnableToRate, rate_case
from tests import cast as play
from tests.cast import MONDAY, Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture
def application(cast: Cast) -> UUID:
    return play.running(cast).application


@pytest.fixture
def ended(application: UUID) -> UUID:
    return play.case_of(application, "guidance").id


def test_a_rating_is_kept_with_its_words_and_leaves_a_trace(cast: Cast, ended: UUID) -> None:
    rate_case(acting=cast.mother, case=ended, score=5, tags=["fast", "kind"], comment=" 很快 ", at=MONDAY)
    rating = Rating.objects.get()
    assert (rating.score, rating.tags, rating.comment) == (5, ["fast", "kind"], "很快")
    assert Entry.objects.get(act="rate_case").subject == f"case:{ended}"
    application = queries.applications_of(cast.mother_id)[0]
    detail = queries.application_detail(cast.mother_id, application.number)
    assert detail is not None
    assert {case.service: case.rating for case in detail.cases}["guidance"] == 5


def test_a_case_is_rated_once(cast: Cast, ended: UUID) -> None:
    rate_case(acting=cast.mother, case=ended, score=5, at=MONDAY)
    with pytest.raises(RatedAlready):
        rate_case(acting=cast.mother, case=ended, score=1, at=MONDAY)
    assert Rating.objects.get().score == 5
    assert Entry.objects.filter(act="rate_case").count() == 1


@pytest.mark.parametrize("score", [0, 6, -1])
def test_scores_go_from_one_to_five(cast: Cast, ended: UUID, score: int) -> None:
    with pytest.raises(UnableToRate, match="score"):
        rate_case(acting=cast.mother, case=ended, score=score, at=MONDAY)


def test_what_is_still_in_hand_is_not_rated(cast: Cast, application: UUID) -> None:
    case = play.case_of(application, "birth_certificate").id
    with pytest.raises(UnableToRate, match="not-ended"):
        rate_case(acting=cast.mother, case=case, score=5, at=MONDAY)


def test_nobody_rates_for_another_or_what_is_not_there(cast: Cast, ended: UUID) -> None:
    for stranger in (cast.neighbour, cast.official("health"), cast.clerk):
        with pytest.raises(NotTheirs):
            rate_case(acting=stranger, case=ended, score=5, at=MONDAY)
    with pytest.raises(NotTheirs):
        rate_case(acting=cast.mother, case=uuid4(), score=5, at=MONDAY)


def test_a_long_comment_is_cut_and_a_nul_is_dropped(cast: Cast, ended: UUID) -> None:
    rate_case(acting=cast.mother, case=ended, score=3, comment="\x00" + "长" * 2000, at=MONDAY)
    assert Rating.objects.get().comment == "长" * 500
