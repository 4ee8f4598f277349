"""An official sees the cases of their own agency and services, of each only its own service's fields, and acts on no other."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.applications import queries
from qipan.applications.models import Case, Upload
from qipan.applications.plans import stored
from qipan.applications.queries.desks import chosen_cases, handled_since, in_hand_by_service
from qipan.core.elements import Field
from qipan.core.posts import Power
from qipan.people.actors import Acting, Actor
from tests import cast as play
from tests.cast import Cast
from tests.desk.conftest import At

ACTS = ("accept", "return", "decline", "refuse", "grant", "deliver", "retry")
FORM = {"reason": "x", "message": "x", "field": "child.name", "reviewed": "yes"}
SERVICES = ("birth_certificate", "household_registration", "social_card", "insurance", "guidance")
TODAY = date(2026, 11, 23)
NOBODYS = UUID(int=4)  # no case and no upload has it; the same wherever the tests are collected


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Three applications, each a step further than the one before, so that every service has a case in hand or behind it."""
    found: list[Case] = []
    for step in range(3):
        application = play.running(cast).application
        if step:
            play.granted(cast, application, "birth_certificate", "hospital")
        if step > 1:
            play.granted(cast, application, "household_registration", "police")
        found += Case.objects.filter(application_id=application)
    return found


def officials() -> st.SearchStrategy[Actor]:
    agencies = st.sampled_from([*play.AGENCIES.values(), "330000.public_security", "330106", "", "%"])
    services = st.lists(st.sampled_from([*SERVICES, "", "%"]), max_size=3, unique=True).map(tuple)
    kinds = st.sampled_from(["official", "official", "official", "person", "system"])
    powers = st.frozensets(st.sampled_from(Power), max_size=2) | st.just(frozenset({Power.HANDLE}))
    return st.builds(
        Actor, kind=kinds, id=st.integers(1, 9), agency=agencies, services=services, powers=powers
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(official=officials())
def test_every_read_gives_a_subset_of_what_is_theirs(cases: list[Case], official: Actor) -> None:
    own = {case.id for case in cases if Acting(official).handles(case.agency, case.service)}
    listed = {row.id for row in queries.inbox(official, limit=100)}
    for case in cases:
        listed |= {row.id for row in queries.inbox(official, search=number_of(case))}
    named = {row.id for row in chosen_cases(official, [case.id for case in cases])}
    opened = {case.id for case in cases if queries.case_for_official(case.id, official, "zh", TODAY)}
    assert listed <= own
    assert named <= own
    assert opened == {case.id for case in cases if case.id in own and case.state != "waiting"}
    assert {row.case for row in handled_since(official, play.MONDAY, 100)} <= own
    assert sum(in_hand_by_service(official, TODAY)[""][1:5]) <= len(own)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(official=officials(), data=st.data())
def test_a_case_holds_its_own_fields_alone(cases: list[Case], official: Actor, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(cases))
    view = queries.case_for_official(case.id, official, "en", TODAY)
    if view is None:
        return
    planned = stored(case.application.plan).service(case.service)
    assert planned is not None
    assert {Field.parse(fact.field) for fact in view.facts} <= set(planned.needs)
    assert {Field.parse(output.field) for output in view.outputs} <= set(planned.gives)
    assert {document.service for document in view.documents} <= {case.service}


def test_a_page_shows_nothing_of_what_other_agencies_need(at: At, cases: list[Case]) -> None:
    """The mother's identity number is the birth certificate's to know, the bank is the social card's."""
    for case in cases:
        for name in play.AGENCIES:
            body = at(name).get(f"/desk/cases/{case.id}").content.decode()
            assert (play.MOTHER in body) <= (case.service == "birth_certificate")
            assert (play.FATHER in body) <= (case.service == "household_registration")
            assert ("甲银行" in body) <= (case.service == "social_card")


def test_what_is_not_theirs_does_not_exist_and_does_not_change(at: At, cast: Cast, cases: list[Case]) -> None:
    for name, client, case in strangers(at, cast, cases):
        before = play.states(case.application_id)
        assert client.get(f"/desk/cases/{case.id}").status_code == 404, name
        for act in ACTS:
            assert client.post(f"/desk/cases/{case.id}/{act}", FORM).status_code == 404, (name, act)
        for act in ("accept", "grant", "grant-reviewed"):
            assert client.post("/desk/batch", {"case": str(case.id), "act": act}).status_code == 302
        assert play.states(case.application_id) == before


def strangers(at: At, cast: Cast, cases: list[Case]) -> Iterator[tuple[str, Client, Case]]:
    for name, acting in cast.officials.items():
        client = at(name)
        for case in cases:
            if not acting.handles(case.agency, case.service):
                yield name, client, case


def test_a_case_that_is_not_there_looks_like_one_that_is_not_theirs(at: At, cases: list[Case]) -> None:
    client = at("health")
    foreign = next(case for case in cases if case.service == "birth_certificate")
    theirs, nobodys = (client.get(f"/desk/cases/{case}") for case in (foreign.id, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert without_tokens(theirs.content) == without_tokens(nobodys.content)


def test_a_document_is_seen_only_by_its_own_service(at: At, cast: Cast, application: UUID) -> None:
    sent = Upload.objects.create(
        id=uuid4(), person=cast.mother_id, application=application, service="birth_certificate", evidence="x",
        filename="身份证.pdf", media_type="application/pdf", size=4, sha256=b"", content=b"%PDF", sent_at=play.MONDAY,
    )  # fmt: skip
    own = at("hospital").get(f"/desk/uploads/{sent.id}")
    assert own.content == b"%PDF"
    assert "sandbox" in own.headers["Content-Security-Policy"]
    for name in ("police", "human_resources", "medical_insurance", "health", "clerk"):
        assert at(name).get(f"/desk/uploads/{sent.id}").status_code == 404, name


@pytest.mark.parametrize("path", ["", "today", "agency", "window", f"cases/{NOBODYS}", f"uploads/{NOBODYS}"])
def test_nobody_comes_in_without_signing_in(cast: Cast, path: str) -> None:
    visitor = Client()
    assert visitor.get(f"/desk/{path}").headers["Location"].startswith("/desk/sign-in?next=")


def test_a_resident_is_no_official(cast: Cast) -> None:
    resident = Client()
    resident.post("/sign-in/", {"person": cast.mother_id})
    assert resident.get("/desk/").status_code == 302


def number_of(case: Case) -> str:
    return str(case.application.number)


def without_tokens(page: bytes) -> str:
    lines = page.decode().splitlines()
    return "\n".join(
        line for line in lines if "csrfmiddlewaretoken" not in line and 'name="next"' not in line
    )
