"""Ask once (law 1): no question for what an authorised source gives, and none twice."""

from collections.abc import Mapping
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.adapters.sources import FakeSources
from qipan.applications import operations, queries
from qipan.applications.forms import FormView
from qipan.applications.prefill import prefill_draft
from qipan.applications.rows import ApplicationDetail
from qipan.catalogue.queries import library
from qipan.core.declarations import Library
from qipan.core.elements import Field
from qipan.core.planner.ground import ground_event
from tests import cast as play
from tests.cast import MONDAY, Cast

PROPERTY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
TODAY = MONDAY.date()
TRUTH: Mapping[str, str] = {
    **{field: str(value) for field, value in play.ANSWERS.items()},
    "mother.marital_status": "20", "mother.household_region": "330106002", "child.sex": "2",
    "child.birth_date": "2026-11-20", "father.id_number": play.FATHER, "father.name": "李强",
}  # fmt: skip
answers = st.lists(st.sampled_from(sorted(TRUTH)), unique=True)
resources = st.sets(st.sampled_from(sorted(play.RESOURCES)))


def form(cast: Cast, draft: UUID) -> FormView:
    found = queries.form(draft, cast.mother_id, "zh", TODAY)
    assert found is not None
    return found


def obtainable(published: Library, event: str, known: set[Field], shut: set[str]) -> set[Field]:
    """What the registers that may be asked can give, by forward chaining over every look-up of the event."""
    found = set(known)
    ground = ground_event(published, event)
    while True:
        new = {
            field
            for lookup in ground.lookups
            if lookup.resource.name not in shut and all(key in found for key, _ in lookup.keys)
            for field in (fact.field for fact in lookup.gives)
        } - found
        if not new:
            return found
        found |= new


@PROPERTY
@given(typed=answers, down=resources, refused=resources)
def test_no_question_is_for_what_a_register_gives(
    cast: Cast, typed: list[str], down: set[str], refused: set[str]
) -> None:
    sources = play.registers()
    sources.down = down
    draft = operations.start_draft(acting=cast.mother, person=cast.mother_id, event="birth", at=MONDAY)
    operations.consent(
        acting=cast.mother, draft=draft, resources=play.RESOURCES - refused, refused=refused, at=MONDAY
    )
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources)
    operations.save_answers(
        acting=cast.mother, draft=draft, answers={field: TRUTH[field] for field in typed}, at=MONDAY
    )
    view = form(cast, draft)
    own = set(library(cast.version).events["birth"].known)
    given_by_registers = obtainable(library(cast.version), "birth", own, down | refused) - own
    for question in view.questions:
        field = Field.parse(question.field)
        assert field not in given_by_registers
        assert field not in own
    known = {one.field for one in view.known}
    assert not known & {question.field for question in view.questions}


@PROPERTY
@given(order=st.permutations(sorted(TRUTH)), down=resources)
def test_what_was_answered_is_not_asked_again(cast: Cast, order: list[str], down: set[str]) -> None:
    """Answer one question after the other, in any order; sources fail in between, and the form plans anew each time."""
    sources = play.registers()
    draft = operations.start_draft(acting=cast.mother, person=cast.mother_id, event="birth", at=MONDAY)
    operations.consent(acting=cast.mother, draft=draft, resources=play.RESOURCES, at=MONDAY)
    answered: set[str] = set()
    for turn, field in enumerate(order):
        if turn == 3:
            sources.down = down
            prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources)
        open_questions = {one.field for one in form(cast, draft).unanswered}
        assert not open_questions & answered
        if field in open_questions:
            operations.save_answers(acting=cast.mother, draft=draft, answers={field: TRUTH[field]}, at=MONDAY)
            answered.add(field)


@PROPERTY
@given(down=resources)
def test_a_source_that_fails_later_asks_only_what_is_missing(cast: Cast, down: set[str]) -> None:
    draft = play.filled_draft(cast)
    sent = operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
    )
    known = {
        fact.field
        for fact in detail_of(cast, sent.number).facts
        if fact.kind in {"answer", "identity", "resource"}
    }
    for turn in range(4):
        play.advance(sent.application, sources=FakeSources({}, down=down), at=play.later(minutes=turn))
    assert not set(detail_of(cast, sent.number).missing) & known


def detail_of(cast: Cast, number: str) -> ApplicationDetail:
    found = queries.application_detail(cast.mother_id, number)
    assert found is not None
    return found
