"""Running: sources that fail, conditions settled late, refusals that stop what depends on them, rules that decide at once."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from qipan.applications import operations, queries
from qipan.applications.errors import NotTheirs, UnableToAnswer
from qipan.applications.models import Application, Call, FactSet
from qipan.applications.operations.running import TRIES
from qipan.ledger.models import Entry
from tests import cast as play
from tests.cast import ANSWERS, MONDAY, Cast


def submitted_before_look_ups(cast: Cast, answers: Mapping[str, object] = ANSWERS) -> Application:
    """An application whose look-ups are all still to be made."""
    submitted = operations.submit_application(
        acting=cast.mother,
        person=cast.mother_id,
        idempotency_key="k",
        event="birth",
        answers=answers,
        consents=play.RESOURCES,
        at=MONDAY,
    )
    return play.application(submitted.application)


def asking(application: Application) -> tuple[str, list[str]]:
    application.refresh_from_db()
    return application.state, application.missing


def tried_until_given_up(application: Application, down: set[str]) -> None:
    sources = play.registers()
    sources.down = down
    for minute in range(TRIES):
        play.advance(application.id, sources=sources, at=play.later(minutes=minute))


def test_look_ups_after_submission_become_facts_with_their_provenance(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    play.advance(application.id)
    learned = {each.via: each.facts for each in play.learned(application.id, kind="resource")}
    assert learned["marriage(mother,father)"] == {"father.id_number": play.FATHER, "father.name": "李强"}
    assert asking(application) == ("running", [])


def test_a_source_that_fails_is_tried_again_before_anyone_is_asked(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    sources = play.registers()
    sources.down = {"birth_record"}
    play.advance(application.id, sources=sources)
    assert asking(application) == ("running", [])
    sources.down = set()
    play.advance(application.id, sources=sources, at=play.later(minutes=1))
    assert asking(application) == ("running", [])
    assert play.states(application.id)["birth_certificate"] == "submitted"


def test_without_a_source_only_what_is_missing_is_asked(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    tried_until_given_up(application, {"birth_record"})
    assert asking(application) == ("asking", ["child.sex", "child.birth_date"])
    assert (
        Call.objects.filter(application=application.id, resource="birth_record", outcome="down").count()
        == TRIES
    )
    assert play.states(application.id)["birth_certificate"] == "waiting"


def test_what_is_answered_late_lets_the_application_go_on(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    tried_until_given_up(application, {"birth_record"})
    answers = {"child.sex": "2", "child.birth_date": "2026-11-20"}
    operations.answer_missing(acting=cast.mother, application=application.id, answers=answers, at=MONDAY)
    play.advance(application.id)
    assert asking(application) == ("running", [])
    assert play.states(application.id)["birth_certificate"] == "submitted"
    assert Entry.objects.filter(act="answer_missing", actor=cast.mother_id).count() == 1


def test_a_late_answer_is_checked_and_all_of_it_is_wanted(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    tried_until_given_up(application, {"birth_record"})
    with pytest.raises(UnableToAnswer) as refused:
        operations.answer_missing(
            acting=cast.mother, application=application.id, answers={"child.sex": "7"}, at=MONDAY
        )
    assert refused.value.unanswered == ("child.birth_date",)
    assert [field for field, _ in refused.value.invalid] == ["child.sex"]


def test_only_the_applicant_answers_and_only_when_asked(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    answers = {"child.sex": "2", "child.birth_date": "2026-11-20"}
    with pytest.raises(NotTheirs):
        operations.answer_missing(acting=cast.mother, application=application.id, answers=answers, at=MONDAY)
    tried_until_given_up(application, {"birth_record"})
    with pytest.raises(NotTheirs):
        operations.answer_missing(
            acting=cast.neighbour, application=application.id, answers=answers, at=MONDAY
        )


def test_a_register_without_a_record_is_not_asked_twice(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    sources = play.registers()
    sources.records["marriage"] = []
    play.advance(application.id, sources=sources)
    play.advance(application.id, sources=sources)
    assert Call.objects.filter(application=application.id, resource="marriage").count() == 1
    assert asking(application)[0] == "asking"
    assert "father.id_number" in asking(application)[1]


def test_a_source_that_answers_nonsense_counts_as_one_that_is_down(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    sources = play.registers()
    sources.records["birth_record"] = [*sources.records["birth_record"]] * 2  # two records of one key
    for minute in range(TRIES):
        play.advance(application.id, sources=sources, at=play.later(minutes=minute))
    assert asking(application) == ("asking", ["child.sex", "child.birth_date"])


def test_a_value_that_no_register_should_hold_is_not_believed(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    sources = play.registers()
    sources.records["birth_record"] = [
        {"mother.id_number": play.MOTHER, "child.birth_date": "not a day", "child.sex": "2"}
    ]
    play.advance(application.id, sources=sources)
    assert asking(application) == ("asking", ["child.birth_date"])


def test_an_official_sees_an_application_that_is_stuck_and_sets_it_going(cast: Cast) -> None:
    application = submitted_before_look_ups(cast)
    Application.objects.filter(id=application.id).update(trouble="failed OperationalError")
    hospital = cast.official("hospital")
    case = play.case_of(application.id, "birth_certificate")
    assert [row.service for row in queries.inbox(hospital.actor, "stuck")] == ["birth_certificate"]
    assert queries.inbox_counts(hospital.actor, MONDAY.date()).stuck == 1
    operations.retry_application(acting=hospital, case=case.id, at=MONDAY)
    assert queries.inbox(hospital.actor, "stuck") == []


def test_a_refusal_stops_what_depends_on_it_and_nothing_else(cast: Cast) -> None:
    application = play.running(cast).application
    case = play.case_of(application, "birth_certificate").id
    operations.accept_case(acting=cast.official("hospital"), case=case, at=MONDAY)
    operations.refuse_case(
        acting=cast.official("hospital"), case=case, reason="not born in this hospital", at=MONDAY
    )
    play.advance(application)
    assert play.states(application) == {
        "birth_certificate": "refused",
        "household_registration": "stopped",
        "social_card": "stopped",
        "insurance": "stopped",
        "guidance": "delivered",
    }
    stopped = play.case_of(application, "insurance")
    assert (stopped.reason, stopped.stopped_by) == ("refused", "birth_certificate")
    assert play.application(application).state == "finished"


def test_a_refusal_halfway_leaves_what_was_granted(cast: Cast) -> None:
    application = play.running(cast).application
    play.granted(cast, application, "birth_certificate", "hospital")
    case = play.case_of(application, "household_registration").id
    operations.decline_case(acting=cast.official("police"), case=case, reason="wrong station", at=MONDAY)
    play.advance(application)
    assert play.states(application) == {
        "birth_certificate": "delivered",
        "household_registration": "not_accepted",
        "social_card": "stopped",
        "insurance": "stopped",
        "guidance": "delivered",
    }


def test_outputs_feed_the_next_stage(cast: Cast) -> None:
    application = play.running(cast).application
    play.granted(cast, application, "birth_certificate", "hospital")
    view = queries.case_for_official(
        play.case_of(application, "household_registration").id,
        cast.official("police").actor,
        "zh",
        MONDAY.date(),
    )
    assert view is not None
    fact = next(one for one in view.facts if one.field == "child.birth_certificate_number")
    assert (fact.shown, fact.kind, fact.via) == ("V330000001", "service", "birth_certificate")


def test_a_number_made_for_a_girl_is_valid_and_hers(cast: Cast) -> None:
    application = play.running(cast).application
    play.granted(cast, application, "birth_certificate", "hospital")
    play.granted(cast, application, "household_registration", "police")
    number = play.case_of(application, "household_registration").outputs["child.id_number"]
    assert number.startswith("33010620261120")
    assert int(number[16]) % 2 == 0


def test_a_declared_rule_decides_at_once_and_the_trail_says_that_it_was_a_rule(cast: Cast) -> None:
    application = play.running(cast).application
    case = play.case_of(application, "guidance")
    assert (case.state, case.automatic, case.handler) == ("delivered", True, None)
    grant = Entry.objects.get(act="grant_case", subject=f"case:{case.id}")
    assert (grant.actor_kind, grant.details["automatic"]) == ("system", True)


def test_no_rule_decides_on_a_fact_that_the_person_says_is_wrong(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    operations.save_answers(
        acting=cast.mother, draft=draft, answers={}, claims={"child.birth_date": "2026-11-19"}, at=MONDAY
    )
    application = operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
    ).application
    play.advance(application)
    assert play.states(application)["guidance"] == "submitted"
    view = queries.case_for_official(
        play.case_of(application, "guidance").id, cast.official("health").actor, "zh", MONDAY.date()
    )
    assert view is not None
    assert not view.safe
    fact = next(one for one in view.facts if one.field == "child.birth_date")
    assert (fact.shown, fact.claim) == ("2026-11-20", "2026-11-19")


def test_advancing_again_changes_nothing(cast: Cast) -> None:
    application = play.running(cast).application
    before = (Entry.objects.count(), FactSet.objects.count(), Call.objects.count(), play.states(application))
    for _ in range(3):
        play.advance(application)
    assert (
        Entry.objects.count(),
        FactSet.objects.count(),
        Call.objects.count(),
        play.states(application),
    ) == before


def test_an_application_finishes_when_its_last_case_ends(cast: Cast) -> None:
    application = play.running(cast).application
    play.granted(cast, application, "birth_certificate", "hospital")
    play.granted(cast, application, "household_registration", "police")
    play.granted(cast, application, "social_card", "human_resources", **{"child.card_number": "A1234567"})
    assert play.application(application).state == "running"  # the card is still to be fetched
    operations.deliver_case(
        acting=cast.official("human_resources"), case=play.case_of(application, "social_card").id, at=MONDAY
    )
    play.advance(application, at=play.later(1))
    finished = play.application(application)
    assert (finished.state, finished.closed_at) == ("finished", play.later(1))


def test_the_plan_that_was_promised_stays_while_the_work_is_done(cast: Cast) -> None:
    application = play.running(cast).application
    promised = play.application(application).plan
    play.granted(cast, application, "birth_certificate", "hospital")
    play.granted(cast, application, "household_registration", "police")
    assert play.application(application).plan == promised
    assert not Entry.objects.filter(act="replan").exists()


def test_a_running_application_keeps_the_library_it_was_planned_with(cast: Cast, tmp_path: Path) -> None:
    application = play.running(cast).application
    text = (play.LIBRARY / "birth.yaml").read_text(encoding="utf-8")
    (tmp_path / "birth.yaml").write_text(text.replace("V33{serial:7}", "NEW{serial:7}"), encoding="utf-8")
    assert play.enter(tmp_path).version > play.application(application).version
    play.granted(cast, application, "birth_certificate", "hospital")
    outputs = play.case_of(application, "birth_certificate").outputs
    assert outputs["child.birth_certificate_number"].startswith("V33")
