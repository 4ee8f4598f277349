"""Submitting: complete, once, and everything in one transaction."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from uuid import uuid4

import pytest
from django.db import transaction

from qipan.applications import operations
from qipan.applications.errors import NotTheirs, UnableToStart, UnableToSubmit
from qipan.applications.models import Application, Case, Draft, StoredPlan
from qipan.applications.rows import Submitted
from qipan.ledger.models import Entry
from qipan.people.actors import Acting
from tests import cast as play
from tests.cast import ANSWERS, MONDAY, Cast

EVERYTHING = {
    **ANSWERS,
    "mother.marital_status": "10",
    "mother.household_region": "330106002001",
    "child.birth_date": "2026-11-20",
    "child.sex": "2",
}


def submit(cast: Cast, **content: object) -> Submitted:
    given = {"idempotency_key": "k", "at": MONDAY, "acting": cast.mother, "person": cast.mother_id, **content}
    return operations.submit_application(**given)  # type: ignore[arg-type]


def refusal(cast: Cast, **content: object) -> UnableToSubmit:
    with pytest.raises(UnableToSubmit) as refused:
        submit(cast, **content)
    assert not Application.objects.exists()
    return refused.value


def test_a_submission_opens_what_is_ready_and_lets_the_rest_wait(cast: Cast) -> None:
    application = play.submitted(cast).application
    assert play.states(application) == {
        "birth_certificate": "submitted",
        "household_registration": "waiting",
        "social_card": "waiting",
        "insurance": "waiting",
        "guidance": "submitted",
    }


def test_each_case_lies_with_the_agency_of_its_place(cast: Cast) -> None:
    application = play.submitted(cast).application
    assert play.case_of(application, "birth_certificate").agency == "330106.hospital"
    assert play.case_of(application, "household_registration").agency == "330106002.public_security"


def test_an_application_bears_a_number_that_can_be_read_out(cast: Cast) -> None:
    assert re.fullmatch(r"QP-20261123-[0-9A-HJKMNP-TV-Z]{7}", play.submitted(cast).number)


def test_every_fact_keeps_where_it_came_from(cast: Cast) -> None:
    application = play.submitted(cast).application
    sources = {(each.kind, each.via): set(each.facts) for each in play.learned(application)}
    assert sources == {
        ("identity", ""): {"mother.name", "mother.id_number", "mother.phone"},
        ("answer", ""): set(ANSWERS),
        ("resource", "population(mother)"): {"mother.marital_status", "mother.household_region"},
        ("resource", "marriage(mother,father)"): {"father.id_number", "father.name"},
        ("resource", "birth_record(mother,child)"): {"child.birth_date", "child.sex"},
    }


def test_the_trail_tells_of_the_submission_with_its_cases_and_of_each_that_opens(cast: Cast) -> None:
    application = play.submitted(cast).application
    entries = Entry.objects.filter(act__in=["submit_application", "open_case"]).order_by("id")
    opened = {f"case:{case.id}" for case in Case.objects.exclude(state="waiting")}
    assert entries[0].subject == f"application:{application}"
    assert entries[0].details["cases"] == {case.service: str(case.id) for case in Case.objects.all()}
    assert {entry.subject for entry in entries[1:]} == opened
    assert len(opened) == 2
    assert all(entry.actor == cast.mother_id for entry in entries)


def test_no_value_of_any_field_is_in_the_trail(cast: Cast) -> None:
    play.running(cast)
    said = str(list(Entry.objects.values_list("details", flat=True)))
    for secret in (play.MOTHER, play.FATHER, "王小宝", "李强", "13800000001", "2026-11-20"):
        assert secret not in said


def test_alike_applications_share_one_plan_that_holds_no_values(cast: Cast) -> None:
    play.submitted(cast)
    play.submitted(cast)
    stored = StoredPlan.objects.get()
    assert play.MOTHER not in stored.body
    assert "王小宝" not in stored.body


def test_a_draft_is_spent_once_submitted(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    submitted = submit(cast, draft=draft)
    assert Draft.objects.get(id=draft).application == submitted.application
    with pytest.raises(NotTheirs):
        operations.save_answers(acting=cast.mother, draft=draft, answers={"child.name": "改名"}, at=MONDAY)


def test_the_same_key_gives_the_same_application(cast: Cast) -> None:
    first = submit(cast, event="birth", answers=EVERYTHING | {"mother.marital_status": "20"} | _father())
    again = submit(cast, event="birth", answers={})
    assert (first.created, again.created) == (True, False)
    assert (again.number, again.application) == (first.number, first.application)
    assert Application.objects.count() == 1


def test_another_persons_same_key_is_another_application(cast: Cast) -> None:
    submit(cast, event="birth", answers=EVERYTHING | {"mother.marital_status": "20"} | _father())
    theirs = EVERYTHING | {"mother.marital_status": "20"} | _father()
    submitted = submit(
        cast, acting=cast.neighbour, person=cast.neighbour.actor.id, event="birth", answers=theirs
    )
    assert submitted.created


def _father() -> dict[str, object]:
    return {"father.name": "李强", "father.id_number": play.FATHER}


def test_everything_missing_and_wrong_is_named_at_once(cast: Cast) -> None:
    answers = {**ANSWERS, "child.name": "x" * 30, "child.chosen_bank": "z", "child.native_place": " "}
    error = refusal(cast, draft=play.filled_draft(cast, answers=answers))
    assert error.unanswered == ("child.native_place",)
    assert {field: failure.code for field, failure in error.invalid} == {
        "child.name": "too-long",
        "child.chosen_bank": "not-in-codes",
    }


def test_a_document_not_sent_is_named(cast: Cast) -> None:
    draft = play.filled_draft(cast, sources=play.registers(married=False))
    assert refusal(cast, draft=draft).documents == (("household_registration", "statement"),)


def test_what_no_register_may_give_must_be_answered(cast: Cast) -> None:
    error = refusal(cast, event="birth", answers=ANSWERS)
    assert {"child.birth_date", "child.sex", "mother.household_region"} <= set(error.unanswered)


def test_answers_may_come_all_at_once_with_nothing_looked_up(cast: Cast) -> None:
    answers = EVERYTHING | {"mother.marital_status": "20"} | _father()
    submitted = submit(cast, event="birth", answers=answers)
    assert Case.objects.filter(application=submitted.application, state="submitted").count() == 2


def test_a_look_up_consented_to_on_submission_is_made_afterwards(cast: Cast) -> None:
    submitted = submit(cast, event="birth", answers=ANSWERS, consents=play.RESOURCES)
    assert set(play.states(submitted.application).values()) == {"waiting"}
    play.advance(submitted.application)
    assert play.states(submitted.application)["birth_certificate"] == "submitted"


def test_a_service_left_out_gets_no_case(cast: Cast) -> None:
    submitted = submit(cast, draft=play.filled_draft(cast), skipped=["guidance"])
    assert "guidance" not in play.states(submitted.application)


def test_nobody_submits_for_another(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    with pytest.raises(NotTheirs):
        submit(cast, acting=cast.neighbour, draft=draft)
    with pytest.raises(NotTheirs):
        submit(cast, acting=cast.neighbour, person=cast.neighbour.actor.id, draft=draft)
    with pytest.raises(NotTheirs):
        submit(cast, acting=cast.clerk, draft=draft)


def test_a_clerk_submits_for_the_person_present_and_the_trail_says_so(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    clerk = Acting(cast.clerk.actor, on_behalf_of=cast.mother_id, under="present, identity card shown")
    submitted = submit(cast, acting=clerk, draft=draft)
    entry = Entry.objects.get(act="submit_application")
    assert (entry.actor_kind, entry.actor, entry.on_behalf_of) == ("official", clerk.actor.id, cast.mother_id)
    assert entry.details["under"] == "present, identity card shown"
    assert play.application(submitted.application).person == cast.mother_id


def test_there_is_nothing_to_submit_without_a_draft_or_an_event(cast: Cast) -> None:
    with pytest.raises(NotTheirs):
        submit(cast, draft=uuid4())
    with pytest.raises(UnableToStart):
        submit(cast, event="coronation")


def test_a_crash_before_the_commit_leaves_nothing_at_all(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    before = Entry.objects.count()
    with suppress(RuntimeError), transaction.atomic():
        submit(cast, draft=draft)
        raise RuntimeError
    assert not Application.objects.exists()
    assert not Case.objects.exists()
    assert Entry.objects.count() == before
    assert Draft.objects.get(id=draft).application is None


def test_facts_looked_up_under_an_answer_that_changed_do_not_stay(cast: Cast) -> None:
    """The mother's draft says she is married; her own answer cannot bring in or keep a husband's facts."""
    draft = play.filled_draft(cast)
    row = Draft.objects.get(id=draft)
    row.facts["population(mother)"]["facts"]["mother.marital_status"] = "10"
    row.save()
    error = refusal(cast, draft=draft)
    assert error.documents == (("household_registration", "statement"),)
    assert error.unanswered == ()


def test_submitting_takes_the_same_few_statements_whatever_is_in_the_database(
    cast: Cast, assert_query_count: Callable[[int], AbstractContextManager[None]]
) -> None:
    play.submitted(cast)  # the plan is stored, the agencies are known
    for _ in range(2):
        draft = play.filled_draft(cast)
        with assert_query_count(2):
            submit(cast, draft=draft)
