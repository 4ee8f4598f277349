"""Nothing crosses a wall but through the valve (law 2): whatever is declared, consented to, or sent back."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.adapters.sources import Answer, FakeSources, Request
from qipan.applications import operations, queries
from qipan.applications.models import Application, Call, Draft, FactSet
from qipan.applications.prefill import prefill_draft
from qipan.catalogue.queries import library
from qipan.core.elements import Field, Value
from tests import cast as play
from tests.cast import MONDAY, Cast

SECRET = "没有人要的秘密"
GRANT = {
    "resource": "population",
    "event": "birth",
    "purpose": "办理出生一件事",
    "legal_basis": ["政务数据共享条例"],
}
EVERYTHING = {
    **play.ANSWERS, "mother.marital_status": "20", "mother.household_region": "330106002", "child.sex": "2",
    "father.id_number": play.FATHER, "father.name": "李强", "child.birth_date": "2026-11-20",
}  # fmt: skip
PROPERTY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
subsets = st.sets(st.sampled_from(sorted(play.RESOURCES)))


class Chatty(FakeSources):
    """Registers that answer more than they were asked."""

    def look_up_all(self, requests: Sequence[Request], deadline: float) -> Mapping[str, Answer]:
        """Put secrets of every party into each answer."""
        more: dict[Field, Value] = {
            Field(party, word): SECRET
            for party in ("person", "a", "b", "mother", "child", "father")
            for word in ("phone", "native_place", "chosen_bank", "card_number", "secret")
        }
        found = super().look_up_all(requests, deadline)
        return {
            name: answer if answer.facts is None else Answer({**more, **answer.facts})
            for name, answer in found.items()
        }


def started(cast: Cast, consents: Collection[str], refused: Collection[str] = ()) -> UUID:
    draft = operations.start_draft(acting=cast.mother, person=cast.mother_id, event="birth", at=MONDAY)
    operations.consent(acting=cast.mother, draft=draft, resources=consents, refused=refused, at=MONDAY)
    return draft


def enter_with(
    folder: Path, change: Mapping[str, object], grants: Mapping[str, object] | None = None
) -> Cast:
    """The cast, with the population register shared on other terms."""
    declared = yaml.safe_load((play.LIBRARY / "birth.yaml").read_text(encoding="utf-8"))
    declared["resources"]["population"].update(change)
    if grants:
        declared["grants"] = {"population": grants}
    (folder / "birth.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    return play.enter(folder)


def run_through(cast: Cast, sources: FakeSources, consents: Collection[str]) -> UUID:
    """A whole application with these consents: looked up for the draft, filled in, submitted, advanced."""
    draft = started(cast, consents)
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources)
    operations.save_answers(acting=cast.mother, draft=draft, answers=EVERYTHING, at=MONDAY)
    sent = operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
    )
    for turn in range(3):
        play.advance(sent.application, sources=sources, at=play.later(minutes=turn))
    return sent.application


# Consent


@PROPERTY
@given(consents=subsets, refused=subsets, down=subsets)
def test_nobody_is_asked_without_consent(
    cast: Cast, consents: set[str], refused: set[str], down: set[str]
) -> None:
    sources = play.registers()
    sources.down = down
    before = Call.objects.count()
    allowed = consents - refused
    draft = started(cast, consents, refused)
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=sources)
    operations.save_answers(acting=cast.mother, draft=draft, answers=EVERYTHING, at=MONDAY)
    sent = operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
    )
    play.advance(sent.application, sources=sources)
    calls = Call.objects.order_by("id")[before:]
    assert {each.resource for each in sources.asked} <= allowed
    assert {call.resource for call in calls} <= allowed
    for call in calls:
        assert call.purpose.strip()
        assert call.legal_basis.strip()


def test_who_withdraws_consent_takes_back_what_was_looked_up(cast: Cast) -> None:
    draft = started(cast, play.RESOURCES)
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=play.registers())
    operations.consent(acting=cast.mother, draft=draft, resources=[], refused=["marriage"], at=MONDAY)
    view = queries.form(draft, cast.mother_id, "zh", play.MONDAY.date())
    assert view is not None
    assert not [known for known in view.known if known.via.startswith("marriage")]


def test_what_a_service_needs_is_all_that_is_asked_for(cast: Cast) -> None:
    sources = play.registers()
    run_through(cast, sources, play.RESOURCES)
    event = library(cast.version).events["birth"]
    needed = {
        need.field.word
        for use in event.services
        for need in library(cast.version).services[use.service].needs
    }
    needed |= {"household_region", "marital_status"}  # by the cases' places, and by the situation
    assert {field.word for each in sources.asked for field in each.elements} <= needed


# What comes back


def test_what_nobody_asked_for_is_kept_nowhere(cast: Cast) -> None:
    run_through(cast, Chatty(play.registers().records), play.RESOURCES)
    assert Call.objects.filter(outcome="ok").exists()
    for table in (Draft, FactSet, Call, Application):
        assert SECRET not in str(list(table.objects.values()))


def test_a_register_of_rubbish_puts_nothing_in(cast: Cast) -> None:
    rubbish: list[Mapping[str, Value | None]] = [
        {
            "person.id_number": play.MOTHER, "person.name": "x" * 9000, "person.marital_status": "<script>",
            "person.household_region": "' OR 1=1 --",
        }
    ]  # fmt: skip
    draft = started(cast, ["population"])
    prefill_draft(acting=cast.mother, draft=draft, at=MONDAY, sources=FakeSources({"population": rubbish}))
    assert Draft.objects.get(id=draft).facts == {}


# Terms of sharing


@pytest.mark.parametrize(
    ("change", "grant"),
    [
        ({"share": "withheld", "share_law": "某法第一条"}, None),
        ({"share": "conditional", "share_condition": "经授权"}, None),
        ({"share": "conditional", "share_condition": "经授权"}, {**GRANT, "until": "2026-11-22"}),
        ({"share": "conditional", "share_condition": "经授权"}, {**GRANT, "event": "other"}),
    ],
    ids=["withheld", "no-grant", "expired", "granted-to-another-event"],
)  # fmt: skip
def test_what_is_not_shared_with_us_is_never_asked(
    db: None, tmp_path: Path, change: Mapping[str, object], grant: Mapping[str, object] | None
) -> None:
    if grant and grant["event"] == "other":
        grant = {**grant, "event": "birth", "resource": "marriage"}
    cast = enter_with(tmp_path, change, grant)
    sources = play.registers()
    application = run_through(cast, sources, play.RESOURCES)
    assert "population" not in {each.resource for each in sources.asked}
    assert not Call.objects.filter(resource="population").exclude(outcome="refused").exists()
    assert not [each for each in play.learned(application) if each.via.startswith("population")]


def test_a_grant_of_some_fields_gives_those_alone(db: None, tmp_path: Path) -> None:
    some = {**GRANT, "fields": ["Person.marital_status"]}
    cast = enter_with(tmp_path, {"share": "conditional", "share_condition": "经授权"}, some)
    sources = play.registers()
    application = run_through(cast, sources, play.RESOURCES)
    asked = {str(field) for each in sources.asked if each.resource == "population" for field in each.elements}
    assert asked == {"person.marital_status"}
    for each in play.learned(application):
        assert not each.via.startswith("population") or set(each.facts) == {"mother.marital_status"}


def test_a_grant_that_ends_while_the_form_is_filled_in_is_over(db: None, tmp_path: Path) -> None:
    cast = enter_with(
        tmp_path,
        {"share": "conditional", "share_condition": "经授权"},
        {**GRANT, "until": "2026-11-23"},
    )
    sources = play.registers()
    draft = started(cast, play.RESOURCES)
    prefill_draft(acting=cast.mother, draft=draft, at=play.later(1), sources=sources)
    assert "population" not in {each.resource for each in sources.asked}
