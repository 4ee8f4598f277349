"""A person's whole way through the API, and each thing that stands in it."""

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qipan.applications import lookups, operations
from qipan.applications.models import Draft
from tests import cast as play
from tests.api.conftest import Visitor
from tests.cast import MONDAY, Cast

JSON = "application/json"


@pytest.fixture
def mother(cast: Cast, visitor: Visitor) -> Visitor:
    return visitor.as_person(cast.mother)


@pytest.fixture
def draft(cast: Cast) -> UUID:
    return play.filled_draft(cast)


def test_a_form_is_begun_filled_in_and_shown(mother: Visitor) -> None:
    begun = mother.post(
        "/api/drafts", {"event": "birth", "answers": {"child.name": "王小宝"}}, content_type=JSON
    )
    assert begun.status_code == 201
    address = f"/api/drafts/{begun.json()['draft']}"
    saved = mother.patch(address, {"answers": {"child.native_place": "杭州"}}, content_type=JSON)
    assert saved.status_code == 204
    form = mother.get(address).json()
    answered = {
        one["field"]: one["value"] for group in form["groups"] for one in group["questions"] if one["value"]
    }
    assert answered == {"child.name": "王小宝", "child.native_place": "杭州"}
    assert mother.delete(address).status_code == 204
    assert mother.get(address).status_code == 404


def test_without_registers_a_form_still_comes_and_asks_for_more(mother: Visitor) -> None:
    assert lookups.registers() is not None
    begun = mother.post(
        "/api/drafts", {"event": "birth", "consents": sorted(play.RESOURCES)}, content_type=JSON
    )
    form = mother.get(f"/api/drafts/{begun.json()['draft']}").json()
    assert {one["state"] for one in form["lookups"]} == {"failed"}
    asked = {one["field"] for group in form["groups"] for one in group["questions"]}
    assert {"child.birth_date", "child.sex"} <= asked


def test_a_document_is_sent_and_refused_by_its_content(mother: Visitor, draft: UUID) -> None:
    address = f"/api/drafts/{draft}/documents/household_registration/statement"
    good = mother.post(address, {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")})
    bad = mother.post(address, {"file": SimpleUploadedFile("a.pdf", b"MZ")})
    assert (good.status_code, bad.status_code) == (201, 422)
    assert bad.json()["code"] == "upload"
    assert bad.json()["values"]["reason"] == "wrong-type"


def test_an_application_is_submitted_listed_and_shown(mother: Visitor, draft: UUID) -> None:
    submitted = mother.post("/api/applications", {"draft": str(draft)}, content_type=JSON).json()
    listed = mother.get("/api/applications").json()
    assert [row["number"] for row in listed] == [submitted["number"]]
    detail = mother.get(f"/api/applications/{submitted['number']}").json()
    assert len(detail["cases"]) == 5
    assert mother.get(f"/api/applications/{submitted['number']}/status").json()["cases"] == 5


def test_what_is_returned_is_corrected(cast: Cast, mother: Visitor, draft: UUID) -> None:
    mother.post("/api/applications", {"draft": str(draft)}, content_type=JSON)
    application = Draft.objects.get(id=draft).application
    assert application is not None
    case = play.case_of(application, "birth_certificate").id
    operations.return_for_correction(
        acting=cast.official("hospital"), case=case, message="m", fields=["child.name"], at=MONDAY
    )
    address = f"/api/cases/{case}/correction"
    assert mother.post(address, {"answers": {}}, content_type=JSON).json()["errors"] == [
        {"field": "child.name", "code": "unanswered"}
    ]
    assert mother.post(address, {"answers": {"child.name": "王大宝"}}, content_type=JSON).status_code == 204
    assert play.states(application)["birth_certificate"] == "submitted"


def test_a_case_is_rated_and_an_application_withdrawn(cast: Cast, mother: Visitor) -> None:
    application = play.running(cast).application
    rating = f"/api/cases/{play.case_of(application, 'guidance').id}/rating"
    assert mother.post(rating, {"score": 4}, content_type=JSON).status_code == 204
    again = mother.post(rating, {"score": 5}, content_type=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "rated")
    address = f"/api/applications/{application}/withdrawal"
    assert mother.post(address, {"reason": "搬家"}, content_type=JSON).status_code == 204
    assert play.states(application)["birth_certificate"] == "withdrawn"


def test_data_uses_are_told(cast: Cast, mother: Visitor) -> None:
    play.running(cast)
    uses = mother.get("/api/data-uses").json()
    assert {use["kind"] for use in uses} == {"call", "case"}


ADDRESSES = (
    ("get", "/api/drafts/{draft}"),
    ("patch", "/api/drafts/{draft}"),
    ("get", "/api/applications/{number}"),
    ("get", "/api/applications/{number}/status"),
    ("post", "/api/applications/{application}/answers"),
    ("post", "/api/applications/{application}/withdrawal"),
    ("post", "/api/cases/{case}/correction"),
    ("post", "/api/cases/{case}/rating"),
)


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_what_is_anothers_does_not_exist(
    cast: Cast, visitor: Visitor, draft: UUID, method: str, address: str
) -> None:
    submitted = play.running(cast)
    case = play.case_of(submitted.application, "guidance").id
    place = address.format(draft=draft, number=submitted.number, application=submitted.application, case=case)
    visitor.as_person(cast.neighbour)
    answer = getattr(visitor, method)(place, {"score": 5}, content_type=JSON)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


@pytest.mark.parametrize(
    ("method", "address"), [*ADDRESSES, ("post", "/api/drafts"), ("get", "/api/data-uses")]
)
def test_who_is_not_signed_in_gets_nothing(visitor: Visitor, method: str, address: str) -> None:
    zero = UUID(int=0)
    place = address.format(draft=zero, number="QP-1", application=zero, case=zero)
    answer = getattr(visitor, method)(place, {}, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


def test_a_form_of_another_site_changes_nothing(cast: Cast, draft: UUID) -> None:
    strict = Visitor(enforce_csrf_checks=True).as_person(cast.mother)
    refused = strict.post("/api/applications", {"draft": str(draft)}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert Draft.objects.get(id=draft).application is None
    assert strict.get("/api/applications").status_code == 200


def test_with_the_sites_own_token_a_form_goes_through(cast: Cast, draft: UUID) -> None:
    strict = Visitor(enforce_csrf_checks=True).as_person(cast.mother)
    strict.cookies["csrftoken"] = "a" * 32
    sent = strict.post(
        "/api/applications", {"draft": str(draft)}, content_type=JSON, headers={"X-CSRFToken": "a" * 32}
    )
    assert sent.status_code == 201


def test_a_problem_speaks_the_callers_language(client: Client) -> None:
    english = client.get("/api/applications", headers={"Accept-Language": "en"}).json()
    chinese = client.get("/api/applications", headers={"Accept-Language": "zh-CN"}).json()
    assert english["code"] == chinese["code"] == "not-signed-in"
    assert english["title"] != chinese["title"] == "还没有登录"


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"draft": 1}', '{"answers": []}', '{"event": {"a": 1}, "draft": null}']
)
def test_what_makes_no_sense_is_named_as_such(mother: Visitor, body: str) -> None:
    refused = mother.generic("POST", "/api/applications", body, content_type=JSON)
    assert refused.status_code in {400, 404, 422}
    assert refused["Content-Type"] == "application/problem+json"
