"""What officials do, each act in its place; the clock stops while a correction is awaited."""

from uuid import UUID

import pytest

from qipan.applications import operations, queries
from qipan.applications.errors import (
    NotInThisState,
    NotTheirs,
    UnableToAnswer,
    UnableToGrant,
    Unreasoned,
)
from qipan.applications.models import Correction
from qipan.ledger.models import Entry
from qipan.people import operations as people
from qipan.people import queries as people_queries
from qipan.people.actors import Acting
from tests import cast as play
from tests.cast import MONDAY, Cast


@pytest.fixture
def application(cast: Cast) -> UUID:
    return play.running(cast).application


@pytest.fixture
def case(application: UUID) -> UUID:
    return play.case_of(application, "birth_certificate").id


def test_accepting_says_when_and_by_whom(cast: Cast, application: UUID, case: UUID) -> None:
    operations.accept_case(acting=cast.official("hospital"), case=case, at=play.later(1))
    row = play.case_of(application, "birth_certificate")
    assert (row.state, row.accepted_at) == ("accepted", play.later(1))
    assert row.handler == cast.official("hospital").actor.id
    assert Entry.objects.filter(act="accept_case", subject=f"case:{case}", actor=row.handler).count() == 1


def test_a_case_can_be_taken_up_for_review_before_it_is_decided(
    cast: Cast, application: UUID, case: UUID
) -> None:
    hospital = cast.official("hospital")
    operations.accept_case(acting=hospital, case=case, at=MONDAY)
    operations.review_case(acting=hospital, case=case, at=MONDAY)
    operations.grant_case(acting=hospital, case=case, at=MONDAY)
    assert play.case_of(application, "birth_certificate").state == "delivered"


def test_nothing_is_granted_that_was_not_accepted(cast: Cast, application: UUID, case: UUID) -> None:
    with pytest.raises(NotInThisState):
        operations.grant_case(acting=cast.official("hospital"), case=case, at=MONDAY)
    assert play.case_of(application, "birth_certificate").outputs == {}
    assert not play.learned(application, kind="service", via="birth_certificate")


@pytest.mark.parametrize("name", ["police", "human_resources", "health"])
def test_a_case_of_another_agency_does_not_exist(cast: Cast, case: UUID, name: str) -> None:
    with pytest.raises(NotTheirs):
        operations.accept_case(acting=cast.official(name), case=case, at=MONDAY)


def test_a_case_of_a_service_that_is_not_theirs_does_not_exist(cast: Cast, case: UUID) -> None:
    number = people.appoint_official(
        agency="330106.hospital", name="另一位", post="经办人", services=["death_certificate"], at=MONDAY
    )
    actor = people_queries.actor_of_official(number, MONDAY)
    assert actor is not None
    with pytest.raises(NotTheirs):
        operations.accept_case(acting=Acting(actor), case=case, at=MONDAY)
    assert queries.case_for_official(case, actor, "zh", MONDAY.date()) is None
    assert queries.inbox(actor) == []


def test_people_handle_no_cases_not_even_their_own(cast: Cast, case: UUID) -> None:
    with pytest.raises(NotTheirs):
        operations.accept_case(acting=cast.mother, case=case, at=MONDAY)


@pytest.mark.parametrize("reason", ["", "  ", "\x00"])
def test_no_refusal_without_a_reason(cast: Cast, case: UUID, reason: str) -> None:
    hospital = cast.official("hospital")
    with pytest.raises(Unreasoned):
        operations.decline_case(acting=hospital, case=case, reason=reason, at=MONDAY)
    with pytest.raises(Unreasoned):
        operations.return_for_correction(acting=hospital, case=case, message=reason, at=MONDAY)


def test_outputs_that_no_rule_gives_must_be_entered_and_are_checked(cast: Cast, application: UUID) -> None:
    play.granted(cast, application, "birth_certificate", "hospital")
    play.granted(cast, application, "household_registration", "police")
    case = play.case_of(application, "social_card").id
    office = cast.official("human_resources")
    operations.accept_case(acting=office, case=case, at=MONDAY)
    with pytest.raises(UnableToGrant) as refused:
        operations.grant_case(acting=office, case=case, at=MONDAY)
    assert refused.value.missing == ("child.card_number",)
    with pytest.raises(UnableToGrant) as refused:
        operations.grant_case(acting=office, case=case, outputs={"child.card_number": "A1"}, at=MONDAY)
    assert [(field, failure.code) for field, failure in refused.value.invalid] == [
        ("child.card_number", "too-short")
    ]


def test_an_official_gives_only_what_their_service_gives(cast: Cast, case: UUID) -> None:
    hospital = cast.official("hospital")
    operations.accept_case(acting=hospital, case=case, at=MONDAY)
    with pytest.raises(UnableToGrant) as refused:
        operations.grant_case(acting=hospital, case=case, outputs={"mother.marital_status": "10"}, at=MONDAY)
    assert [field for field, _ in refused.value.invalid] == ["mother.marital_status"]


def test_an_entered_output_counts_before_the_rule(cast: Cast, application: UUID) -> None:
    play.granted(
        cast, application, "birth_certificate", "hospital", **{"child.birth_certificate_number": "V339999999"}
    )
    outputs = play.case_of(application, "birth_certificate").outputs
    assert outputs == {"child.birth_certificate_number": "V339999999"}


# Clocks


def test_the_clock_starts_when_the_case_reaches_its_agency(cast: Cast, application: UUID) -> None:
    row = play.case_of(application, "birth_certificate")
    assert (str(row.due_on), str(row.statutory_due_on)) == ("2026-11-24", "2026-11-26")
    assert play.case_of(application, "household_registration").due_on is None
    play.granted(cast, application, "birth_certificate", "hospital", play.later(4))  # a Friday
    row = play.case_of(application, "household_registration")
    assert (str(row.due_on), str(row.statutory_due_on)) == ("2026-12-02", "2026-12-08")


def returned(cast: Cast, case: UUID, **marked: list[str]) -> None:
    operations.return_for_correction(
        acting=cast.official("hospital"), case=case, message="名字写错了", at=MONDAY, **marked
    )


def test_a_correction_stops_the_clock_for_the_working_days_it_takes(
    cast: Cast, application: UUID, case: UUID
) -> None:
    returned(cast, case, fields=["child.name"])
    operations.answer_correction(  # a week later, with five working days between
        acting=cast.mother, case=case, answers={"child.name": "王大宝"}, at=play.later(7)
    )
    row = play.case_of(application, "birth_certificate")
    assert (row.state, row.paused_days, str(row.due_on)) == ("submitted", 5, "2026-12-01")
    assert str(row.statutory_due_on) == "2026-12-03"


def test_a_second_correction_adds_to_the_first(cast: Cast, application: UUID, case: UUID) -> None:
    for week in (0, 1):
        operations.return_for_correction(
            acting=cast.official("hospital"),
            case=case,
            message="m",
            fields=["child.name"],
            at=play.later(7 * week),
        )
        operations.answer_correction(
            acting=cast.mother, case=case, answers={"child.name": "王大宝"}, at=play.later(7 * week + 1)
        )
    row = play.case_of(application, "birth_certificate")
    assert (row.paused_days, str(row.due_on)) == (2, "2026-11-26")


def test_the_corrected_value_is_what_the_official_then_sees(cast: Cast, case: UUID) -> None:
    returned(cast, case, fields=["child.name"])
    operations.answer_correction(
        acting=cast.mother, case=case, answers={"child.name": "王大宝"}, at=play.later(1)
    )
    view = queries.case_for_official(case, cast.official("hospital").actor, "zh", MONDAY.date())
    assert view is not None
    assert next(one.shown for one in view.facts if one.field == "child.name") == "王大宝"
    assert [one.answered_at for one in view.corrections] == [play.later(1)]


def test_an_official_marks_only_their_services_own_fields(cast: Cast, case: UUID) -> None:
    with pytest.raises(NotTheirs):
        returned(cast, case, fields=["child.native_place"])
    assert not Correction.objects.exists()


def test_a_correction_is_answered_whole_and_right(cast: Cast, case: UUID) -> None:
    returned(cast, case, fields=["child.name", "child.sex"])
    with pytest.raises(UnableToAnswer) as refused:
        operations.answer_correction(acting=cast.mother, case=case, answers={"child.name": "x"}, at=MONDAY)
    assert refused.value.unanswered == ("child.sex",)
    assert [field for field, _ in refused.value.invalid] == ["child.name"]


def test_an_answer_beyond_what_was_marked_is_not_taken(cast: Cast, case: UUID, application: UUID) -> None:
    returned(cast, case, fields=["child.name"])
    answers = {"child.name": "王大宝", "mother.name": "别人"}
    operations.answer_correction(acting=cast.mother, case=case, answers=answers, at=MONDAY)
    assert play.learned(application, kind="answer")[-1].facts == {"child.name": "王大宝"}


def test_a_document_asked_for_again_must_be_sent_again(cast: Cast, case: UUID) -> None:
    returned(cast, case, evidence=["statement"])
    with pytest.raises(UnableToAnswer) as refused:
        operations.answer_correction(acting=cast.mother, case=case, answers={}, at=play.later(1))
    assert refused.value.documents == (("birth_certificate", "statement"),)
    operations.attach_upload_to_case(
        acting=cast.mother,
        case=case,
        service="birth_certificate",
        evidence="statement",
        filename="f.pdf",
        content=b"%PDF-",
        at=play.later(1),
    )
    operations.answer_correction(acting=cast.mother, case=case, answers={}, at=play.later(1))


def test_only_the_applicant_answers_a_correction(cast: Cast, case: UUID) -> None:
    returned(cast, case, fields=["child.name"])
    for stranger in (cast.neighbour, cast.clerk, cast.official("hospital")):
        with pytest.raises(NotTheirs):
            operations.answer_correction(
                acting=stranger, case=case, answers={"child.name": "王大宝"}, at=MONDAY
            )


def test_without_an_open_correction_there_is_nothing_to_answer(cast: Cast, case: UUID) -> None:
    with pytest.raises(NotTheirs):
        operations.answer_correction(acting=cast.mother, case=case, answers={}, at=MONDAY)


# Withdrawing


def test_a_withdrawn_case_stops_what_depends_on_it(cast: Cast, application: UUID, case: UUID) -> None:
    operations.withdraw_case(acting=cast.mother, case=case, reason="born elsewhere", at=MONDAY)
    play.advance(application)
    assert play.states(application)["birth_certificate"] == "withdrawn"
    assert play.states(application)["insurance"] == "stopped"


def test_withdrawing_an_application_withdraws_what_is_not_decided(cast: Cast, application: UUID) -> None:
    play.granted(cast, application, "birth_certificate", "hospital")
    operations.withdraw_application(acting=cast.mother, application=application, at=MONDAY)
    play.advance(application)
    assert play.states(application) == {
        "birth_certificate": "delivered",
        "household_registration": "withdrawn",
        "social_card": "withdrawn",
        "insurance": "withdrawn",
        "guidance": "delivered",
    }
    assert play.application(application).state == "finished"


def test_only_the_applicant_withdraws_and_never_what_is_decided(
    cast: Cast, application: UUID, case: UUID
) -> None:
    with pytest.raises(NotTheirs):
        operations.withdraw_case(acting=cast.neighbour, case=case, at=MONDAY)
    with pytest.raises(NotTheirs):
        operations.withdraw_application(acting=cast.neighbour, application=application, at=MONDAY)
    play.granted(cast, application, "birth_certificate", "hospital")
    with pytest.raises(NotInThisState):
        operations.withdraw_case(acting=cast.mother, case=case, at=MONDAY)


# Batches


def test_a_batch_does_what_is_safe_and_says_of_the_rest_why_not(cast: Cast) -> None:
    applications = [play.running(cast).application for _ in range(3)]
    cases = [play.case_of(one, "birth_certificate").id for one in applications]
    hospital = cast.official("hospital")
    operations.decline_case(acting=hospital, case=cases[1], reason="twice", at=MONDAY)
    stranger = play.case_of(applications[0], "guidance").id
    results = operations.grant_cases(acting=hospital, cases=[*cases, stranger], at=MONDAY)
    problems = [result.problem and result.problem.code for result in results]
    assert problems == [None, "not-in-this-state", None, "not-found"]
    assert [play.case_of(one, "birth_certificate").state for one in applications] == [
        "delivered",
        "not_accepted",
        "delivered",
    ]


def test_no_batch_grants_what_an_official_must_enter(cast: Cast, application: UUID) -> None:
    play.granted(cast, application, "birth_certificate", "hospital")
    play.granted(cast, application, "household_registration", "police")
    case = play.case_of(application, "social_card").id
    (result,) = operations.grant_cases(acting=cast.official("human_resources"), cases=[case], at=MONDAY)
    assert isinstance(result.problem, UnableToGrant)
    assert play.case_of(application, "social_card").state == "submitted"
