"""Forms begun: kept as typed, looked up with consent, and nobody else's."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction

from qipan.applications import operations, queries
from qipan.applications.errors import NotTheirs, UnableToStart
from qipan.applications.forms import FormView
from qipan.applications.models import Call, DiscardedDraft, Draft, Upload
from qipan.applications.operations.drafts import KEPT
from qipan.applications.prefill import prefill_draft
from qipan.catalogue.operations import publish_library
from tests import cast as play
from tests.cast import MONDAY, Cast

TODAY = MONDAY.date()
PDF = b"%PDF-1.4 a page"


def begun(cast: Cast, **answers: object) -> UUID:
    return operations.start_draft(
        acting=cast.mother, person=cast.mother_id, event="birth", answers=answers, at=MONDAY
    )


def seen(cast: Cast, draft: UUID) -> FormView:
    view = queries.form(draft, cast.mother_id, "zh", TODAY)
    assert view is not None
    return view


def kept(draft: UUID) -> Draft:
    return Draft.objects.get(id=draft)


def save(cast: Cast, draft: UUID, answers: dict[str, object], **more: object) -> None:
    operations.save_answers(acting=cast.mother, draft=draft, answers=answers, at=MONDAY, **more)  # type: ignore[arg-type]


def test_what_is_typed_is_kept_right_or_wrong(cast: Cast) -> None:
    draft = begun(cast)
    save(cast, draft, {"child.name": "x", "child.native_place": "杭州"})
    assert kept(draft).answers == {"child.name": "x", "child.native_place": "杭州"}
    failures = {one.field: one.failure for one in seen(cast, draft).questions if one.failure}
    assert [(field, failure.code) for field, failure in failures.items()] == [("child.name", "too-short")]


def test_an_empty_text_clears_an_answer_and_leaves_the_others(cast: Cast) -> None:
    draft = begun(cast, **{"child.name": "王小宝", "child.native_place": "杭州"})
    save(cast, draft, {"child.name": ""})
    assert kept(draft).answers == {"child.native_place": "杭州"}


def test_a_nul_and_a_book_do_not_break_the_form(cast: Cast) -> None:
    draft = begun(cast)
    save(cast, draft, {"child.name": "王\x00小宝", "child.native_place": "长" * 100_000})
    assert kept(draft).answers["child.name"] == "王小宝"
    assert len(kept(draft).answers["child.native_place"]) == 2000


def test_answers_that_nobody_asks_are_never_looked_at(cast: Cast) -> None:
    draft = begun(cast, **{"child.shoe_size": "20", "nonsense": 1, "father.phone": "x"})
    assert "father.phone" not in {question.field for question in seen(cast, draft).questions}


def test_without_consent_no_register_is_asked(cast: Cast) -> None:
    draft, sources = begun(cast), play.registers()
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources)
    assert sources.asked == []
    assert {lookup.state for lookup in seen(cast, draft).lookups} == {"to-consent"}


def test_what_a_refused_register_would_give_is_asked(cast: Cast) -> None:
    draft, sources = begun(cast), play.registers()
    operations.consent(
        acting=cast.mother,
        draft=draft,
        resources=play.RESOURCES - {"birth_record"},
        refused={"birth_record"},
        at=MONDAY,
    )
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources)
    assert "birth_record" not in {request.resource for request in sources.asked}
    assert {"child.birth_date", "child.sex"} <= {one.field for one in seen(cast, draft).questions}


def test_consent_can_be_taken_back_and_given_again(cast: Cast) -> None:
    draft = begun(cast)
    operations.consent(acting=cast.mother, draft=draft, resources={"population"}, at=MONDAY)
    operations.consent(acting=cast.mother, draft=draft, resources=(), refused={"population"}, at=MONDAY)
    assert (kept(draft).consents, kept(draft).without) == ([], ["population"])
    operations.consent(acting=cast.mother, draft=draft, resources={"population"}, at=MONDAY)
    assert (kept(draft).consents, kept(draft).without) == (["population"], [])


def test_what_a_refused_register_gave_is_forgotten_and_nothing_else(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    operations.consent(acting=cast.mother, draft=draft, resources=(), refused={"birth_record"}, at=MONDAY)
    assert set(kept(draft).facts) == {"population(mother)", "marriage(mother,father)"}
    view = seen(cast, draft)
    assert {"child.birth_date", "child.sex"} <= {one.field for one in view.questions}
    assert "father.name" in {one.field for one in view.known}


def test_what_is_known_is_shown_with_its_source_and_masked(cast: Cast) -> None:
    known = {one.field: one for one in seen(cast, play.filled_draft(cast)).known}
    assert known["father.name"].via_title == "婚姻登记"
    assert known["father.name"].agency_title == "公安局"
    assert known["father.id_number"].shown == "330***********4516"
    assert known["mother.phone"].shown == "138****0001"
    assert known["mother.marital_status"].shown == "已婚"


def test_a_filled_form_is_complete_and_asks_nothing_that_is_known(cast: Cast) -> None:
    view = seen(cast, play.filled_draft(cast))
    assert view.complete
    assert {one.field for one in view.questions} == set(play.ANSWERS)
    assert not {one.field for one in view.questions} & {one.field for one in view.known}


def test_every_look_up_is_on_record_with_its_purpose_and_basis(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    calls = Call.objects.filter(draft=draft)
    assert {(call.step, call.outcome) for call in calls} == {
        ("population(mother)", "ok"),
        ("marriage(mother,father)", "ok"),
        ("birth_record(mother,child)", "ok"),
    }
    assert all(call.purpose and call.legal_basis and call.subjects == [cast.mother_id] for call in calls)


def test_a_source_that_is_down_hurts_nobody_and_can_be_asked_again(cast: Cast) -> None:
    sources = play.registers()
    sources.down = {"birth_record"}
    draft = play.filled_draft(cast, sources=sources)
    asked = {one.field for one in seen(cast, draft).questions}
    assert {"child.birth_date", "child.sex"} <= asked
    sources.down = set()
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources, again=True)
    assert seen(cast, draft).complete


def test_a_register_without_a_record_leaves_the_question_to_the_person(cast: Cast) -> None:
    sources = play.registers()
    sources.records["birth_record"] = []
    draft = play.filled_draft(cast, sources=sources)
    asked = {one.field: one for one in seen(cast, draft).questions}
    assert "child.birth_date" in asked
    before = len(sources.asked)
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources)
    assert len(sources.asked) == before


def test_a_look_up_that_is_asked_for_more_keeps_what_it_gave(cast: Cast, tmp_path: Path) -> None:
    library = (play.LIBRARY / "birth.yaml").read_text(encoding="utf-8")
    library = library.replace("person.household_region]", "person.household_region, person.native_place]")
    library = library.replace("needs: [child.birth_date, mother.name,", "needs: [mother.native_place,")
    (tmp_path / "birth.yaml").write_text(library, encoding="utf-8")
    with transaction.atomic():
        publish_library(folder=tmp_path, at=MONDAY)
    sources = play.registers()
    known = sources.records["population"][0]
    sources.records["population"] = [{**known, "person.native_place": "杭州"}]
    draft = begun(cast)
    save(cast, draft, {}, skipped=["guidance"])
    operations.consent(acting=cast.mother, draft=draft, resources=play.RESOURCES, at=MONDAY)
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources)
    before = kept(draft).facts["population(mother)"]["facts"]
    assert set(before) == {"mother.marital_status", "mother.household_region"}
    save(cast, draft, {}, skipped=[])
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources)
    assert kept(draft).facts["population(mother)"]["facts"] == {**before, "mother.native_place": "杭州"}


def test_a_claim_stands_beside_the_fact_and_can_be_taken_back(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    save(cast, draft, {}, claims={"child.sex": "1"})
    assert next(one.claim for one in seen(cast, draft).known if one.field == "child.sex") == "1"
    save(cast, draft, {}, claims={"child.sex": ""})
    assert not any(one.claim for one in seen(cast, draft).known)


def test_an_optional_service_can_be_left_out_and_taken_in_again(cast: Cast) -> None:
    draft = play.filled_draft(cast)
    save(cast, draft, {}, skipped=["guidance"])
    assert [one.service for one in seen(cast, draft).services if one.skipped] == ["guidance"]
    save(cast, draft, {}, skipped=[])
    assert not any(one.skipped for one in seen(cast, draft).services)


def test_the_unmarried_are_asked_for_a_document_and_not_for_a_father(cast: Cast) -> None:
    view = seen(cast, play.filled_draft(cast, sources=play.registers(married=False)))
    assert [(one.service, one.evidence) for one in view.unsent] == [("household_registration", "statement")]
    shown = {one.field for one in view.questions} | {one.field for one in view.known}
    assert not any(field.startswith("father.") for field in shown)


def test_a_document_sent_meets_the_need_and_taken_out_leaves_it(cast: Cast) -> None:
    draft = play.filled_draft(cast, sources=play.registers(married=False))
    upload = operations.attach_upload(
        acting=cast.mother,
        draft=draft,
        service="household_registration",
        evidence="statement",
        filename="声明.pdf",
        content=PDF,
        at=MONDAY,
    )
    assert seen(cast, draft).complete
    operations.remove_upload(acting=cast.mother, upload=upload, at=MONDAY)
    assert not seen(cast, draft).complete


def test_nobody_begins_a_form_for_another(cast: Cast) -> None:
    with pytest.raises(NotTheirs):
        operations.start_draft(acting=cast.neighbour, person=cast.mother_id, event="birth", at=MONDAY)


def test_an_event_that_is_not_there_cannot_be_begun(cast: Cast) -> None:
    with pytest.raises(UnableToStart):
        operations.start_draft(acting=cast.mother, person=cast.mother_id, event="coronation", at=MONDAY)


def test_another_persons_draft_can_be_neither_seen_nor_touched(cast: Cast) -> None:
    draft = begun(cast)
    assert queries.form(draft, cast.neighbour.actor.id, "zh", TODAY) is None
    with pytest.raises(NotTheirs):
        operations.save_answers(acting=cast.neighbour, draft=draft, answers={"child.name": "别人"}, at=MONDAY)
    with pytest.raises(NotTheirs):
        operations.consent(acting=cast.neighbour, draft=draft, resources={"population"}, at=MONDAY)
    with pytest.raises(NotTheirs):
        prefill_draft(acting=cast.neighbour, draft=draft, at=MONDAY, sources=play.registers())
    operations.discard_draft(acting=cast.neighbour, draft=draft, at=MONDAY)
    assert kept(draft).answers == {}


def test_a_discarded_draft_takes_its_documents_along(cast: Cast) -> None:
    draft = begun(cast)
    with transaction.atomic():
        operations.attach_upload(
            acting=cast.mother, draft=draft, service="s", evidence="e", filename="f", content=PDF, at=MONDAY
        )
    operations.discard_draft(acting=cast.mother, draft=draft, at=MONDAY)
    assert not Draft.objects.exists()
    operations.forget_discarded_drafts(at=MONDAY + KEPT)
    assert Upload.objects.exists()
    operations.forget_discarded_drafts(at=MONDAY + KEPT + timedelta(seconds=1))
    assert not Upload.objects.exists()
    assert not DiscardedDraft.objects.exists()


def test_a_discarded_draft_comes_back_just_as_it_was(cast: Cast) -> None:
    draft = play.filled_draft(cast, answers={"child.name": "王😀 بيت"})
    with transaction.atomic():
        sent = operations.attach_upload(
            acting=cast.mother, draft=draft, service="s", evidence="e", filename="f", content=PDF, at=MONDAY
        )
    before = Draft.objects.values().get(id=draft)
    operations.discard_draft(acting=cast.mother, draft=draft, at=MONDAY)
    assert queries.form(draft, cast.mother_id, "zh", TODAY) is None
    assert queries.discarded_draft(draft, cast.neighbour.actor.id) is None
    with pytest.raises(NotTheirs):
        operations.restore_draft(acting=cast.neighbour, draft=draft)
    with pytest.raises(NotTheirs):
        operations.attach_upload(
            acting=cast.mother,
            draft=draft,
            service="s",
            evidence="e",
            filename="g",
            content=b"%PDF-2",
            at=MONDAY,
        )
    operations.restore_draft(acting=cast.mother, draft=draft)
    assert Draft.objects.values().get(id=draft) == before
    assert Upload.objects.get().id == sent
    with pytest.raises(NotTheirs):
        operations.restore_draft(acting=cast.mother, draft=draft)


def test_drafts_are_listed_newest_first_until_submitted(cast: Cast) -> None:
    older, newer = begun(cast), begun(cast)
    operations.save_answers(acting=cast.mother, draft=newer, answers={"child.name": "a"}, at=play.later(1))
    assert [(row.id, row.answered) for row in queries.drafts_of(cast.mother_id)] == [(newer, 1), (older, 0)]


def test_an_estimate_of_the_event_is_nobodys(cast: Cast) -> None:
    view = queries.event_view("birth", "en", TODAY)
    assert view is not None
    assert view.title == "A birth"
    assert view.known == ()
    assert view.savings["fields"].after < view.savings["fields"].before
