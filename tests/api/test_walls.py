"""Every official sees the fields of the services they handle and no others, whoever, whichever case, wherever they look."""

import json
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.applications import operations, plans, queries
from qipan.applications.errors import UnableToAct
from qipan.applications.facts import facts_of
from qipan.applications.models import Application, Case
from qipan.core.lifecycle import CaseState
from qipan.people import operations as people
from qipan.people import queries as people_queries
from qipan.people.actors import SYSTEM, Acting, Actor
from tests import cast as play
from tests.cast import MONDAY, Cast

SERVICES = ("birth_certificate", "household_registration", "social_card", "insurance", "guidance")
AGENCIES = tuple(play.AGENCIES.values())
UNRECOGNISABLE = 4  # a shorter value may stand in any text by chance
OFFICIALS = st.tuples(st.sampled_from(AGENCIES), st.sets(st.sampled_from(SERVICES), max_size=2))
ACTS = ("accept", "return", "decline", "review", "grant", "refuse", "deliver")
LOOKING = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def applications(cast: Cast) -> list[UUID]:
    """Applications at every stage, with contested facts and corrections among them."""
    found = [play.running(cast).application for _ in range(5)]
    for number, application in enumerate(found[1:], 1):
        play.granted(cast, application, "birth_certificate", "hospital")
        if number > 1:
            play.granted(cast, application, "household_registration", "police")
    operations.return_for_correction(
        acting=cast.official("hospital"),
        case=play.case_of(found[0], "birth_certificate").id,
        message="m",
        fields=["child.name"],
        at=MONDAY,
    )
    play.granted(cast, found[4], "social_card", "human_resources", **{"child.card_number": "A1234567"})
    draft = play.filled_draft(cast)
    operations.save_answers(
        acting=cast.mother, draft=draft, answers={}, claims={"child.birth_date": "2026-11-17"}, at=MONDAY
    )
    submitted = operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
    )
    play.advance(submitted.application)
    return [*found, submitted.application]


def actor_of(agency: str, services: set[str]) -> Actor:
    number = people.appoint_official(
        agency=agency, name=f"{agency} {sorted(services)}", post="经办人", services=services, at=MONDAY
    )
    actor = people_queries.actor_of_official(number, MONDAY)
    assert actor is not None
    return actor


def own_fields(case: Case) -> set[str]:
    return set(plans.stored(play.application(case.application_id).plan).visible[case.service])


def secrets(case: Case) -> Iterator[str]:
    """The values in the case's application that its service neither needs nor gives, as far as they can be told apart."""
    own = own_fields(case)
    facts = {fact.field: str(fact.value) for fact in facts_of(case.application_id)}
    shown = {value for field, value in facts.items() if field in own} | {case.agency}
    for field, value in facts.items():
        if field not in own and len(value) >= UNRECOGNISABLE and not any(value in each for each in shown):
            yield value


def may_see(actor: Actor, case: Case) -> bool:
    theirs = case.agency == actor.agency and (not actor.services or case.service in actor.services)
    return theirs and case.state != CaseState.WAITING


@LOOKING
@given(data=st.data())
def test_a_row_holds_only_what_its_reader_may_see(
    cast: Cast, applications: list[UUID], data: st.DataObject
) -> None:
    actor = actor_of(*data.draw(OFFICIALS))
    case = data.draw(st.sampled_from(list(Case.objects.order_by("id"))))
    view = queries.case_for_official(case.id, actor, data.draw(st.sampled_from(["zh", "en"])), MONDAY.date())
    assert (view is not None) == may_see(actor, case)
    if view is not None:
        own = own_fields(case)
        assert {fact.field for fact in view.facts} | {output.field for output in view.outputs} <= own
        assert not [secret for secret in secrets(case) if secret in repr(view)]
    listed = {row.id for row in queries.inbox(actor, limit=200)}
    assert listed <= {each.id for each in Case.objects.all() if may_see(actor, each)}
    number = Application.objects.get(id=case.application_id).number
    found = queries.inbox(actor, search=number)
    assert {row.id for row in found} == {
        each.id for each in Case.objects.filter(application_id=case.application_id) if may_see(actor, each)
    }


@LOOKING
@given(data=st.data())
def test_an_answer_of_the_api_holds_only_what_its_caller_may_see(
    cast: Cast, applications: list[UUID], data: st.DataObject
) -> None:
    actor = actor_of(*data.draw(OFFICIALS))
    key = people.issue_api_key(acting=SYSTEM, official=actor.id, label="x", at=MONDAY)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    case = data.draw(st.sampled_from(list(Case.objects.order_by("id"))))
    detail = client.get(f"/api/agency/cases/{case.id}")
    assert (detail.status_code == 200) == may_see(actor, case)
    listed = client.get("/api/agency/cases?limit=200")
    act = {"act": data.draw(st.sampled_from(ACTS)), "reason": "r", "fields": ["mother.id_number"]}
    with transaction.atomic():
        acted = client.post(f"/api/agency/cases/{case.id}/acts", act, content_type="application/json")
        transaction.set_rollback(True)
    said = [detail.content.decode(), acted.content.decode()]
    assert not [secret for secret in secrets(case) if any(secret in text for text in said)]
    if not may_see(actor, case):
        assert acted.status_code == 404
        assert case.service not in said[1]
    for row in json.loads(listed.content):
        assert may_see(actor, Case.objects.get(id=row["id"]))


@LOOKING
@given(data=st.data())
def test_an_error_says_nothing_of_what_it_was_about(
    cast: Cast, applications: list[UUID], data: st.DataObject
) -> None:
    acting = Acting(actor_of(*data.draw(OFFICIALS)))
    case = data.draw(st.sampled_from(list(Case.objects.order_by("id"))))
    acts: dict[str, Callable[[], None]] = {
        "grant": lambda: operations.grant_case(
            acting=acting, case=case.id, outputs={"mother.phone": "1"}, at=MONDAY
        ),
        "refuse": lambda: operations.refuse_case(acting=acting, case=case.id, reason="r", at=MONDAY),
        "deliver": lambda: operations.deliver_case(acting=acting, case=case.id, at=MONDAY),
        "answer": lambda: operations.answer_correction(acting=acting, case=case.id, answers={}, at=MONDAY),
    }
    act = acts[data.draw(st.sampled_from(sorted(acts)))]
    try:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
    except UnableToAct as error:
        every_value = {str(fact.value) for fact in facts_of(case.application_id)}
        said = f"{error} {error.values}"
        assert not [value for value in every_value if len(value) >= UNRECOGNISABLE and value in said]


def test_what_is_tried_here_could_fail(cast: Cast, applications: list[UUID]) -> None:
    """The hospital's case must hide the mother's phone, and the health office's must show it."""
    hidden = set(secrets(play.case_of(applications[0], "birth_certificate")))
    shown = set(secrets(play.case_of(applications[0], "guidance")))
    assert "13800000001" in hidden - shown
    assert play.FATHER in shown
