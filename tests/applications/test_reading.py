"""Reads: what they give, and in how many statements; none grows with rows. By which index: test_indexes.py."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from qipan.applications import operations, queries
from qipan.applications.models import Application, Case
from qipan.people import operations as people
from qipan.people import queries as people_queries
from qipan.people.rows import NewPerson
from tests import cast as play
from tests.cast import MONDAY, Cast

TODAY = MONDAY.date()
Counting = Callable[[int], AbstractContextManager[None]]


@pytest.mark.parametrize("applications", [1, 6])
def test_each_read_takes_one_statement_however_many_rows_there_are(
    cast: Cast, assert_query_count: Counting, applications: int
) -> None:
    for number in range(applications):
        found = play.running(cast, at=play.later(minutes=number))
    case = play.case_of(found.application, "birth_certificate").id
    draft = play.filled_draft(cast)
    me, hospital = cast.mother_id, cast.official("hospital").actor
    queries.application_detail(me, found.number)  # the plan is in memory from here on
    with assert_query_count(1):
        assert len(queries.applications_of(me)) == applications
    with assert_query_count(1):
        assert queries.application_detail(me, found.number)
    with assert_query_count(1):
        assert queries.submission_status(found.number, me)
    with assert_query_count(1):
        assert queries.drafts_of(me)
    with assert_query_count(2):  # the draft, and what was sent for it
        assert queries.form(draft, me, "zh", TODAY)
    with assert_query_count(2):  # which kinds no one may be told of, and the uses
        assert queries.data_uses(me)
    with assert_query_count(1):
        assert len(queries.inbox(hospital)) == applications
    with assert_query_count(1):
        assert queries.inbox_counts(hospital, TODAY).to_accept == applications
    with assert_query_count(1):
        assert queries.case_for_official(case, hospital, "zh", TODAY)


def test_a_persons_list_is_paged_newest_first(cast: Cast) -> None:
    numbers = [play.running(cast, at=play.later(minutes=minute)).number for minute in range(5)]
    first = queries.applications_of(cast.mother_id, limit=2)
    second = queries.applications_of(cast.mother_id, before=first[-1].submitted_at, limit=2)
    assert [row.number for row in (*first, *second)] == numbers[:0:-1]


def test_a_list_says_what_waits_for_the_person(cast: Cast) -> None:
    application = play.running(cast).application
    assert not queries.applications_of(cast.mother_id)[0].awaits_person
    operations.return_for_correction(
        acting=cast.official("hospital"),
        case=play.case_of(application, "birth_certificate").id,
        message="m",
        fields=["child.name"],
        at=MONDAY,
    )
    row = queries.applications_of(cast.mother_id)[0]
    assert (row.awaits_person, row.cases, row.ended) == (True, 5, 1)


def test_a_detail_tells_everything_of_the_application(cast: Cast) -> None:
    submitted = play.running(cast)
    play.granted(cast, submitted.application, "birth_certificate", "hospital")
    detail = queries.application_detail(cast.mother_id, submitted.number)
    assert detail is not None
    assert [case.service for case in detail.cases] == [
        "birth_certificate",
        "household_registration",
        "social_card",
        "insurance",
        "guidance",
    ]
    assert detail.cases[0].number == f"{submitted.number}-1"
    assert detail.cases[0].outputs == {"child.birth_certificate_number": "V330000001"}
    facts = {fact.field: (fact.value, fact.kind, fact.via) for fact in detail.facts}
    assert facts["father.name"] == ("李强", "resource", "marriage(mother,father)")
    assert facts["child.birth_certificate_number"] == ("V330000001", "service", "birth_certificate")
    assert {call.step for call in detail.calls} >= {"population(mother)", "marriage(mother,father)"}
    assert detail.plan.event == "birth"


def test_others_applications_do_not_exist(cast: Cast) -> None:
    number = play.running(cast).number
    stranger = cast.neighbour.actor.id
    assert queries.applications_of(stranger) == []
    assert queries.application_detail(stranger, number) is None
    assert queries.submission_status(number, stranger) is None
    assert queries.data_uses(stranger) == []


def test_who_used_my_data_names_register_purpose_and_agency(cast: Cast) -> None:
    submitted = play.running(cast)
    uses = queries.data_uses(cast.mother_id)
    calls = {use.via: use for use in uses if use.kind == "call"}
    assert calls["birth_record(mother,child)"].fields == ("child.birth_date", "child.sex")
    assert calls["birth_record(mother,child)"].legal_basis == "母婴保健法"
    assert calls["birth_record(mother,child)"].number == submitted.number
    cases = {use.via: use for use in uses if use.kind == "case"}
    assert set(cases) == {"birth_certificate", "guidance"}  # the others' agencies have received nothing yet
    assert "child.native_place" not in cases["birth_certificate"].fields


def test_a_husband_sees_that_his_data_was_used_in_his_wifes_application(cast: Cast) -> None:
    people.admit_persons(persons=[NewPerson(play.FATHER, "李强", sample=True)], at=MONDAY)
    play.running(cast)
    father = people_queries.person_by_number(play.FATHER)
    assert father is not None
    uses = queries.data_uses(father.id)
    assert [(use.via, use.own) for use in uses] == [("marriage(mother,father)", False)]


def test_an_inbox_goes_by_deadline_and_is_paged(cast: Cast) -> None:
    for day in (3, 0, 2, 1):
        play.running(cast, at=play.later(day))
    hospital = cast.official("hospital").actor
    first = queries.inbox(hospital, limit=3)
    second = queries.inbox(hospital, after=(first[-1].due_on, first[-1].id), limit=3)
    rows = [*first, *second]
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)
    assert len({row.id for row in rows}) == 4


def test_an_inbox_is_searched_by_the_number_on_the_receipt(cast: Cast) -> None:
    submitted = play.running(cast)
    play.running(cast)
    hospital = cast.official("hospital").actor
    for text in (submitted.number, f"{submitted.number}-1", submitted.number.lower()):
        assert [row.number for row in queries.inbox(hospital, search=text)] == [f"{submitted.number}-1"]
    assert queries.inbox(cast.official("police").actor, search=submitted.number) == []  # waits still
    assert queries.inbox(hospital, search="QP-20261123") == []


def test_an_inbox_is_sifted_by_state(cast: Cast) -> None:
    application = play.running(cast).application
    play.running(cast)
    hospital = cast.official("hospital")
    operations.accept_case(acting=hospital, case=play.case_of(application, "birth_certificate").id, at=MONDAY)
    assert [row.mine for row in queries.inbox(hospital.actor, "accepted")] == [True]
    assert len(queries.inbox(hospital.actor, "submitted")) == 1
    assert len(queries.inbox(hospital.actor)) == 2
    assert queries.inbox(hospital.actor, "nonsense") == []


def test_counts_tell_what_is_overdue_and_what_is_due_soon(cast: Cast) -> None:
    play.running(cast)
    hospital = cast.official("hospital").actor
    assert queries.inbox_counts(hospital, TODAY)._asdict() == {
        "to_accept": 1,
        "to_decide": 0,
        "to_deliver": 0,
        "awaiting_correction": 0,
        "overdue": 0,
        "due_soon": 1,
        "stuck": 0,
    }
    late = queries.inbox_counts(hospital, TODAY + timedelta(days=7))
    assert (late.overdue, late.due_soon) == (1, 0)


def test_a_stopped_clock_is_not_overdue(cast: Cast) -> None:
    application = play.running(cast).application
    case = play.case_of(application, "birth_certificate").id
    operations.return_for_correction(
        acting=cast.official("hospital"), case=case, message="m", fields=["child.name"], at=MONDAY
    )
    counts = queries.inbox_counts(cast.official("hospital").actor, TODAY + timedelta(days=30))
    assert (counts.overdue, counts.awaiting_correction) == (0, 1)


def test_rows_in_other_peoples_hands_change_no_plan_and_no_result(cast: Cast) -> None:
    play.running(cast)
    other = Application.objects.get()
    Application.objects.filter(id=other.id).update(person=cast.neighbour.actor.id)
    assert queries.applications_of(cast.mother_id) == []
    Case.objects.update(agency="330106.other")
    assert queries.inbox(cast.official("hospital").actor) == []
