"""Acts that come late, out of order, twice, or at once with their opposite."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from qipan.applications import operations, queries
from qipan.applications.models import Application, Draft
from qipan.applications.operations import NotInThisState, NotTheirs
from qipan.ledger.models import Entry
from qipan.people import operations as people
from qipan.people import queries as known
from qipan.people.actors import Acting
from qipan.voice import operations as voice
from qipan.voice.models import Rating
from qipan.voice.operations import RatedAlready, UnableToRate
from tests import cast as play
from tests.attacks.at_once import Act, at_once
from tests.cast import MONDAY, Cast

SERVICE = "birth_certificate"


@pytest.fixture
def stage_cast(transactional_db: None) -> Cast:
    """The cast in committed rows, which other connections see."""
    return play.enter()


def accepted(cast: Cast) -> UUID:
    """An application whose birth certificate the hospital has accepted."""
    application = play.running(cast).application
    with transaction.atomic():
        case = play.case_of(application, SERVICE).id
        operations.accept_case(acting=cast.official("hospital"), case=case, at=MONDAY)
    return application


def acts_on(case: UUID) -> list[str]:
    return list(Entry.objects.filter(subject=f"case:{case}").order_by("id").values_list("act", flat=True))


def colleagues(count: int) -> list[Acting]:
    """More officials of the hospital."""
    with transaction.atomic():
        numbers = [
            people.appoint_official(
                agency=play.AGENCIES["hospital"], name=f"同事{each}", post="经办人", at=MONDAY
            )
            for each in range(count)
        ]
    return [Acting(actor) for number in numbers if (actor := known.actor_of_official(number, MONDAY))]


# Twice


def test_a_grant_comes_once(cast: Cast) -> None:
    application = accepted(cast)
    play_case = play.case_of(application, SERVICE).id
    operations.grant_case(acting=cast.official("hospital"), case=play_case, at=MONDAY)
    before = play.case_of(application, SERVICE).outputs
    with pytest.raises(NotInThisState):
        operations.grant_case(acting=cast.official("hospital"), case=play_case, at=MONDAY)
    assert play.case_of(application, SERVICE).outputs == before
    assert acts_on(play_case).count("grant_case") == 1


def test_of_many_officials_at_once_one_grants(stage_cast: Cast) -> None:
    application = accepted(stage_cast)
    case = play.case_of(application, SERVICE).id
    officials = colleagues(6)
    outcomes = at_once(
        *(lambda who=who: operations.grant_case(acting=who, case=case, at=MONDAY) for who in officials)
    )
    assert outcomes.count(None) == 1
    assert sum(isinstance(one, NotInThisState) for one in outcomes) == 5
    assert acts_on(case).count("grant_case") == 1
    (learned,) = play.learned(application, kind="service", via=SERVICE)
    assert play.case_of(application, SERVICE).outputs == learned.facts


def test_a_grant_and_a_refusal_at_once_leave_one_decision(stage_cast: Cast) -> None:
    application = accepted(stage_cast)
    case = play.case_of(application, SERVICE).id
    first, second = colleagues(2)
    outcomes = at_once(
        lambda: operations.grant_case(acting=first, case=case, at=MONDAY),
        lambda: operations.refuse_case(acting=second, case=case, reason="材料不符", at=MONDAY),
    )
    assert outcomes.count(None) == 1
    assert len({"grant_case", "refuse_case"} & set(acts_on(case))) == 1
    state = play.case_of(application, SERVICE)
    assert bool(state.outputs) == (state.state == "delivered")


def test_a_correction_is_answered_once(stage_cast: Cast) -> None:
    application = play.running(stage_cast).application
    case = play.case_of(application, SERVICE).id
    with transaction.atomic():
        operations.return_for_correction(
            acting=stage_cast.official("hospital"),
            case=case,
            fields=["child.name"],
            message="改名",
            at=MONDAY,
        )
    answers: list[Mapping[str, object]] = [{"child.name": f"王小{each}"} for each in "甲乙丙丁"]
    outcomes = at_once(
        *(
            lambda one=one: operations.answer_correction(
                acting=stage_cast.mother, case=case, answers=one, at=play.later(1)
            )
            for one in answers
        )
    )
    assert outcomes.count(None) == 1
    assert acts_on(case).count("answer_correction") == 1
    with pytest.raises(NotTheirs), transaction.atomic():
        operations.answer_correction(
            acting=stage_cast.mother, case=case, answers=answers[0], at=play.later(1)
        )


def test_a_rating_is_given_once(stage_cast: Cast) -> None:
    application = play.running(stage_cast).application
    case = play.case_of(application, "guidance").id
    outcomes = at_once(
        *(
            lambda score=score: voice.rate_case(acting=stage_cast.mother, case=case, score=score, at=MONDAY)
            for score in (1, 2, 4, 5)
        )
    )
    assert outcomes.count(None) == 1
    assert sum(isinstance(one, RatedAlready) for one in outcomes) == 3
    assert Rating.objects.count() == 1
    assert acts_on(case).count("rate_case") == 1


def test_what_has_not_ended_is_not_rated(cast: Cast) -> None:
    application = play.running(cast).application
    for service in (SERVICE, "household_registration"):
        with pytest.raises(UnableToRate):
            voice.rate_case(
                acting=cast.mother, case=play.case_of(application, service).id, score=5, at=MONDAY
            )
    assert not Rating.objects.exists()


# Late


def test_nothing_is_granted_after_withdrawal(cast: Cast) -> None:
    application = accepted(cast)
    case = play.case_of(application, SERVICE).id
    operations.withdraw_application(acting=cast.mother, application=application, at=MONDAY)
    hospital = cast.official("hospital")
    late_acts: tuple[Act, ...] = (
        lambda: operations.grant_case(acting=hospital, case=case, at=MONDAY),
        lambda: operations.refuse_case(acting=hospital, case=case, reason="迟了", at=MONDAY),
        lambda: operations.deliver_case(acting=hospital, case=case, at=MONDAY),
    )
    for late in late_acts:
        with pytest.raises(NotInThisState):
            late()
    results = operations.grant_cases(acting=hospital, cases=[case], at=MONDAY)
    assert [type(one.problem) for one in results] == [NotInThisState]
    play.advance(application)
    assert play.case_of(application, SERVICE).outputs == {}
    assert set(play.states(application).values()) == {"withdrawn", "delivered"}


def test_nothing_is_granted_before_it_is_accepted(cast: Cast) -> None:
    application = play.running(cast).application
    case = play.case_of(application, SERVICE).id
    for early in (operations.grant_case, operations.deliver_case, operations.review_case):
        with pytest.raises(NotInThisState):
            early(acting=cast.official("hospital"), case=case, at=MONDAY)
    waiting = play.case_of(application, "household_registration").id
    with pytest.raises(NotTheirs):
        operations.accept_case(acting=cast.official("police"), case=waiting, at=MONDAY)


def test_what_is_decided_is_not_withdrawn(cast: Cast) -> None:
    application = play.running(cast).application
    play.granted(cast, application, SERVICE, "hospital")
    with pytest.raises(NotInThisState):
        operations.withdraw_case(acting=cast.mother, case=play.case_of(application, SERVICE).id, at=MONDAY)
    operations.withdraw_application(acting=cast.mother, application=application, at=MONDAY)
    assert play.states(application)[SERVICE] == "delivered"
    with pytest.raises(NotTheirs):
        operations.withdraw_application(acting=cast.mother, application=application, at=MONDAY)


def test_a_discarded_draft_is_not_submitted(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    operations.discard_draft(acting=cast.mother, draft=draft, at=MONDAY)
    with pytest.raises(NotTheirs):
        operations.submit_application(
            acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
        )
    assert not Application.objects.exists()


def test_a_submitted_form_changes_no_more(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    sent = operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
    )
    before = Draft.objects.values().get(id=draft)
    late: dict[str, Any] = {"acting": cast.mother, "draft": draft, "at": play.later(1)}
    with pytest.raises(NotTheirs):
        operations.save_answers(answers={"child.name": "王大宝"}, **late)
    with pytest.raises(NotTheirs):
        operations.consent(resources=[], refused=play.RESOURCES, **late)
    with pytest.raises(NotTheirs):
        operations.attach_upload(service=SERVICE, evidence="x", filename="x.pdf", content=b"%PDF-", **late)
    operations.discard_draft(acting=cast.mother, draft=draft, at=MONDAY)
    assert Draft.objects.values().get(id=draft) == before
    with pytest.raises(NotTheirs):
        operations.answer_missing(
            acting=cast.mother, application=sent.application, answers={"child.name": "王大宝"}, at=MONDAY
        )


def test_a_retry_after_everything_is_over_gives_the_same_application(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    submit: dict[str, Any] = {
        "acting": cast.mother,
        "person": cast.mother_id,
        "idempotency_key": "",
        "draft": draft,
    }
    first = operations.submit_application(at=MONDAY, **submit)
    operations.withdraw_application(acting=cast.mother, application=first.application, at=MONDAY)
    again = operations.submit_application(at=play.later(400), **submit)
    assert again == first._replace(created=False)


# At once with the worker


def test_withdrawing_while_workers_advance_leaves_every_case_in_one_piece(stage_cast: Cast) -> None:
    for _ in range(3):
        application = play.submitted(stage_cast).application
        outcomes = at_once(
            lambda number=application: withdraw(stage_cast, number),  # type: ignore[misc]
            *[lambda number=application: play.advance(number)] * 3,
            atomic=False,
        )
        assert outcomes == [None] * 4
        play.advance(application)
        states = play.states(application)
        assert set(states.values()) <= {"withdrawn", "delivered", "stopped"}
        for service, state in states.items():
            acts = acts_on(play.case_of(application, service).id)
            assert acts.count("withdraw_case") == (state == "withdrawn")
            assert acts.count("grant_case") == (state == "delivered")
        assert play.application(application).state == "finished"


def test_workers_that_advance_at_once_do_everything_once(stage_cast: Cast) -> None:
    application = play.submitted(stage_cast).application
    assert at_once(*[lambda: play.advance(application)] * 5, atomic=False) == [None] * 5
    assert acts_on(play.case_of(application, "guidance").id).count("grant_case") == 1
    opened = Entry.objects.filter(act="open_case", subject__startswith="case:").values_list(
        "subject", flat=True
    )
    assert len(opened) == len(set(opened))
    detail = queries.application_detail(stage_cast.mother_id, play.application(application).number)
    assert detail is not None
    assert len(detail.cases) == 5


def withdraw(cast: Cast, application: UUID) -> None:
    with transaction.atomic():
        operations.withdraw_application(acting=cast.mother, application=application, at=MONDAY)
