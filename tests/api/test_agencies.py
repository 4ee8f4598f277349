"""An agency's own system: it reads and acts as its official, by key."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import Client

from qipan.applications.models import Case
from qipan.ledger.models import Entry
from qipan.people import operations as people
from qipan.people.actors import SYSTEM
from qipan.people.models import ApiKey
from tests import cast as play
from tests.cast import MONDAY, Cast

JSON = "application/json"


def system_of(cast: Cast, name: str) -> Client:
    key = people.issue_api_key(acting=SYSTEM, official=cast.official(name).actor.id, label=name, at=MONDAY)
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def application(cast: Cast) -> UUID:
    return play.running(cast).application


@pytest.fixture
def case(application: UUID) -> Case:
    return play.case_of(application, "birth_certificate")


def act(client: Client, case: Case, act: str, **more: object) -> int:
    address = f"/api/agency/cases/{case.id}/acts"
    return client.post(address, {"act": act, **more}, content_type=JSON).status_code


def test_a_system_lists_reads_and_decides_its_cases(cast: Cast, application: UUID, case: Case) -> None:
    hospital = system_of(cast, "hospital")
    (listed,) = hospital.get("/api/agency/cases").json()
    assert listed["id"] == str(case.id)
    assert hospital.get("/api/agency/counts").json()["to_accept"] == 1
    detail = hospital.get(f"/api/agency/cases/{case.id}").json()
    assert {fact["field"] for fact in detail["facts"]} == {
        "child.name",
        "child.sex",
        "child.birth_date",
        "mother.name",
        "mother.id_number",
        "father.name",
    }
    assert act(hospital, case, "accept") == 204
    assert act(hospital, case, "grant") == 204
    play.advance(application)
    assert play.states(application)["birth_certificate"] == "delivered"


def test_what_a_system_does_is_in_the_trail_as_its_officials_by_the_api(cast: Cast, case: Case) -> None:
    act(system_of(cast, "hospital"), case, "accept")
    entry = Entry.objects.get(act="accept_case", subject=f"case:{case.id}")
    hospital = cast.official("hospital").actor
    assert (entry.actor, entry.details) == (hospital.id, {"under": "api", "post": hospital.post})


def test_an_act_sent_twice_is_done_once_and_the_second_is_told(cast: Cast, case: Case) -> None:
    hospital = system_of(cast, "hospital")
    assert [act(hospital, case, "accept") for _ in range(3)] == [204, 409, 409]
    assert Entry.objects.filter(act="accept_case", subject=f"case:{case.id}").count() == 1


def test_a_case_is_returned_with_marked_fields_and_reasons_are_wanted(cast: Cast, case: Case) -> None:
    hospital = system_of(cast, "hospital")
    assert act(hospital, case, "return", fields=["child.name"]) == 422
    assert act(hospital, case, "return", reason="名字写错了", fields=["child.name"]) == 204
    assert act(hospital, case, "decline", reason="不是本院出生") == 204
    case.refresh_from_db()
    assert (case.state, case.reason) == ("not_accepted", "不是本院出生")


def test_outputs_are_entered_and_checked(cast: Cast, application: UUID) -> None:
    play.granted(cast, application, "birth_certificate", "hospital")
    play.granted(cast, application, "household_registration", "police")
    card = play.case_of(application, "social_card")
    office = system_of(cast, "human_resources")
    assert act(office, card, "accept") == 204
    refused = office.post(f"/api/agency/cases/{card.id}/acts", {"act": "grant"}, content_type=JSON)
    assert refused.json()["errors"] == [{"field": "child.card_number", "code": "unanswered"}]
    assert act(office, card, "grant", outputs={"child.card_number": "A1234567"}) == 204
    assert act(office, card, "deliver") == 204


@pytest.mark.parametrize("address", ["/api/agency/cases", "/api/agency/counts", "/api/agency/cases/{case}"])
@pytest.mark.parametrize("key", ["", "wrong", "Basic x", "Bearer", "Bearer wrong"])
def test_without_a_good_key_nothing_is_told(case: Case, address: str, key: str) -> None:
    refused = Client().get(address.format(case=case.id), headers={"Authorization": key})
    assert (refused.status_code, refused.json()["code"]) == (401, "not-signed-in")


def test_a_revoked_key_opens_nothing(cast: Cast) -> None:
    hospital = system_of(cast, "hospital")
    assert hospital.get("/api/agency/cases").status_code == 200
    people.revoke_api_key(acting=SYSTEM, key=ApiKey.objects.get().id, at=datetime(2026, 11, 24, tzinfo=UTC))
    assert hospital.get("/api/agency/cases").status_code == 401


def test_a_key_is_no_session_and_a_session_no_key(cast: Cast, application: UUID) -> None:
    assert system_of(cast, "hospital").get("/api/applications").status_code == 401
    person = Client()
    session = person.session
    session["person_id"] = cast.mother_id
    session.save()
    assert person.get("/api/agency/cases").status_code == 401


def test_pages_follow_each_other(cast: Cast) -> None:
    for day in range(3):
        play.running(cast, at=play.later(day))
    hospital = system_of(cast, "hospital")
    first = hospital.get("/api/agency/cases?limit=2").json()
    last = first[-1]
    rest = hospital.get(
        f"/api/agency/cases?limit=2&after_due_on={last['due_on']}&after_id={last['id']}"
    ).json()
    assert len({row["id"] for row in (*first, *rest)}) == len(first) + len(rest) == 3
