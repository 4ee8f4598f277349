"""Nobody reaches what is another's, by any route, and learns nothing by trying."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.applications import operations
from qipan.applications.models import Case, Upload
from qipan.applications.plans import stored
from qipan.faces.look.actors import OFFICIAL, PERSON
from qipan.ledger.models import Entry
from qipan.mandates import operations as mandates
from qipan.people import operations as people
from qipan.people.models import ApiKey
from qipan.people.queries import person_by_number
from qipan.people.rows import NewPerson
from qipan.posts.models import Tenure
from tests import cast as play
from tests.cast import MONDAY, Cast
from tests.posts_cast import away

PDF = b"%PDF-1.7 private"
PRIVATE = (play.MOTHER, play.FATHER, "王芳", "李强", "王小宝", "13800000001", "private", "秘密.pdf")
METHODS = ("get", "post", "patch", "delete")
FORM = {
    "reason": "x",
    "message": "x",
    "score": "5",
    "declared": "on",
    "reviewed": "yes",
    "child.name": "改了",
}
# Nobody's in particular: what agencies share (tried in test_pool.py), what auditors read (tried in desk/watch), and the trail's
# hashes, which are for everybody.
OTHERS = {"pk", "resource", "request_id", "notice", "function", "finding"}
# Keys of agencies, what is read only, and what is anybody's without a session.
TOKENLESS = (
    "/api/agency", "/api/events", "/api/docs", "/api/openapi", "/api/certificates/verify",
    "/account/openid/token", "/account/openid/userinfo",
)  # fmt: skip
Things = Mapping[str, str]


@pytest.fixture
def things(cast: Cast) -> Things:
    """What the mother has, by the names that routes give to it."""
    draft = play.filled_draft(cast)
    upload = operations.attach_upload(
        acting=cast.mother,
        draft=draft,
        service="x",
        evidence="x",
        filename="秘密.pdf",
        content=PDF,
        at=MONDAY,
    )
    application = play.running(cast)
    case = play.case_of(application.application, "birth_certificate").id
    operations.return_for_correction(
        acting=cast.official("hospital"), case=case, fields=["child.name"], message="改名", at=MONDAY
    )
    people.admit_persons(persons=[NewPerson(play.FATHER, "李强")], at=MONDAY)
    mandate = mandates.give_mandate(
        acting=cast.mother,
        agent_name="李强",
        agent_number=play.FATHER,
        events=["birth"],
        ends_on=MONDAY.date() + timedelta(days=9),
        at=MONDAY,
    )
    hospital = cast.official("hospital").actor
    tenure = Tenure.objects.get(official=hospital.id)
    leave = away(tenure, MONDAY, MONDAY + timedelta(days=1))
    return {
        "post": str(tenure.post_id), "tenure": str(tenure.id), "leave": str(leave.id), "act": "suspend", "token": "x",
        "mandate": str(mandate), "draft": str(draft), "upload": str(upload), "number": application.number, "case": str(case),
        "application": str(application.application), "event": "birth", "field": "child.name", "service": "x",
        "evidence": "x", "form": "pdf", "way": "link", "showing": "1", "entry": str(Entry.objects.filter(subject=f"case:{case}").latest("id").id),
    }  # fmt: skip


def signed_in(key: str, number: int, **more: object) -> Client:
    client = Client(headers={"accept-language": "zh-hans"}, raise_request_exception=True)
    session = client.session
    session[key] = number
    session.update(more)
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def strangers(cast: Cast) -> Iterator[tuple[str, Client]]:
    yield "nobody", Client()
    yield "another person", signed_in(PERSON, cast.neighbour.actor.id)
    yield "an official of another agency", signed_in(OFFICIAL, cast.official("health").actor.id)
    yield "a clerk who serves nobody", signed_in(OFFICIAL, cast.clerk.actor.id)
    yield (
        "a clerk who serves somebody else",
        signed_in(OFFICIAL, cast.clerk.actor.id, served_person_id=cast.neighbour.actor.id),
    )
    yield (
        "an official who says to serve, and is no clerk",
        signed_in(OFFICIAL, cast.official("health").actor.id, served_person_id=cast.mother_id),
    )
    yield "somebody who is gone", signed_in(PERSON, 10**9)


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one, f"{prefix}{one.pattern}")
        elif isinstance(one, URLPattern):
            yield f"{prefix}{one.pattern}"


def filled(route: str, things: Things) -> str | None:
    """The route with the mother's things in it; None where it takes none, and where anybody checks certificates or sees one shown."""
    if route.startswith(("/verify/", "/shown/")):  # test_certificates.py and test_showing.py try these
        return None
    parts = []
    for part in route.split("/"):
        if part.startswith("<"):
            name = part.strip("<>").rpartition(":")[2]
            if name in OTHERS:
                return None
            parts.append(things[name])
        elif "<" in part:
            return None
        else:
            parts.append(part)
    path = "/".join(parts)
    return path if path != route else None


def test_what_is_anothers_does_not_exist(cast: Cast, things: Things) -> None:
    paths = [path for path in (filled(route, things) for route in routes(get_resolver())) if path]
    paths = [path for path in paths if not path.strip("/").removeprefix("api/").startswith("events/")]
    assert len(paths) > 30
    before = list(Case.objects.order_by("id").values())
    for name, client in strangers(cast):
        for path in paths:
            for method in METHODS:
                given_form = {"content_type": "application/json"} if path.startswith("/api/") else {}
                data = {"act": "accept", "score": 5, "reason": "x"} if given_form else FORM
                answer = getattr(client, method)(path, None if method == "get" else data, **given_form)
                assert answer.status_code in {302, 401, 403, 404, 405, 422} or nothing_done(path, answer.status_code), (
                    name, method, path, answer.status_code,
                )  # fmt: skip
                if answer.status_code == 302:
                    where = answer.headers["Location"]
                    led = sends_away(where) or client.get(where).status_code in {403, 404}
                    assert led, (name, method, path, where)
                body = bytes(answer.content).decode()
                assert not [one for one in PRIVATE if one in body], (name, method, path)
    assert list(Case.objects.order_by("id").values()) == before
    assert Upload.objects.filter(id=things["upload"]).exists()


def nothing_done(path: str, status: int) -> bool:
    """Throwing away a draft that is not there is no error, and so tells nothing."""
    return path.startswith("/api/drafts/") and status == 204


def sends_away(location: str) -> bool:
    doors = ("/sign-in/?next=", "/account/sign-in/?next=", "/desk/sign-in?next=")
    return location.startswith(doors) or location == "/applications/"


@pytest.mark.parametrize("agency", ["health", "police", "human_resources"])
def test_by_the_api_a_foreign_case_is_like_none(cast: Cast, things: Things, agency: str) -> None:
    client = system(cast, agency)
    for path in ("/api/agency/cases/{}", "/api/agency/documents/{}"):
        foreign = client.get(path.format(things["case"] if "cases" in path else things["upload"]))
        nobodys = client.get(path.format(uuid4()))
        assert foreign.status_code == nobodys.status_code == 404
        assert foreign.content == nobodys.content
    for act in ("accept", "return", "decline", "review", "grant", "refuse", "deliver"):
        body = {"act": act, "reason": "x", "fields": ["child.name"], "outputs": {"child.card_number": "1"}}
        foreign, nobodys = (
            client.post(f"/api/agency/cases/{case}/acts", body, content_type="application/json")
            for case in (things["case"], uuid4())
        )
        assert foreign.status_code == nobodys.status_code == 404
        assert foreign.content == nobodys.content
    found = client.get("/api/agency/cases", {"number": things["number"]}).json()
    assert "birth_certificate" not in {row["service"] for row in found}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(agency=st.sampled_from(sorted(play.AGENCIES)), steps=st.integers(0, 2))
def test_by_the_api_an_agency_receives_its_own_fields_alone(cast: Cast, agency: str, steps: int) -> None:
    application = play.running(cast).application
    if steps:
        play.granted(cast, application, "birth_certificate", "hospital")
    if steps > 1:
        play.granted(cast, application, "household_registration", "police")
    client = system(cast, agency)
    for case in Case.objects.filter(application_id=application):
        answer = client.get(f"/api/agency/cases/{case.id}")
        theirs = cast.official(agency).handles(case.agency, case.service) and case.state != "waiting"
        assert (answer.status_code == 200) == theirs
        if theirs:
            planned = stored(case.application.plan).service(case.service)
            assert planned is not None
            received = {fact["field"] for fact in answer.json()["facts"]}
            assert received <= {str(field) for field in planned.needs}
            assert {one["field"] for one in answer.json()["outputs"]} <= {
                str(field) for field in planned.gives
            }
            foreign = {"mother.phone", "father.id_number", "child.chosen_bank", "mother.id_number"} - received
            values = {
                "mother.phone": "13800000001",
                "father.id_number": play.FATHER,
                "mother.id_number": play.MOTHER,
            }
            body = answer.content.decode()
            assert not [field for field in foreign if field in values and values[field] in body]


def test_a_revoked_key_opens_nothing(cast: Cast) -> None:
    acting = cast.official("hospital")
    key = people.issue_api_key(acting=acting, official=acting.actor.id, label="x", at=MONDAY)
    client = Client(headers={"authorization": f"Bearer {key}"})
    assert client.get("/api/agency/cases").status_code == 200
    people.revoke_api_key(acting=acting, key=ApiKey.objects.get().id, at=MONDAY)
    assert client.get("/api/agency/cases").status_code == 401
    for wrong in ("", "Bearer", "Bearer ", f"Bearer {key}x", "Bearer ' OR 1=1 --", "Basic eDp5"):
        assert Client(headers={"authorization": wrong}).get("/api/agency/cases").status_code == 401


def test_a_register_search_of_ones_data_names_no_application_of_others(cast: Cast) -> None:
    """The father sees that he was looked up, not the number of the mother's application."""
    people.admit_persons(persons=[NewPerson(play.FATHER, "李强", sample=True)], at=MONDAY)
    father = person_by_number(play.FATHER)
    assert father is not None
    number = play.running(cast).number
    client = signed_in(PERSON, father.id)
    assert client.get("/api/data-uses").json()
    assert number not in client.get("/api/data-uses").content.decode()
    assert number not in client.get("/data-uses/").content.decode()


# Sessions, forgery, and being led astray


def test_every_form_needs_its_token(cast: Cast, things: Things) -> None:
    client = Client(enforce_csrf_checks=True)
    session = signed_in(PERSON, cast.mother_id)
    client.cookies = session.cookies
    for route in routes(get_resolver()):
        path = filled(route, things) or route
        if "<" in path or path.startswith(TOKENLESS):
            continue
        content: dict[str, Any] = {"content_type": "application/json"} if path.startswith("/api/") else {}
        answer = client.post(path, {} if content else FORM, **content)
        assert answer.status_code in {403, 405, 404, 302}, (path, answer.status_code)
        if answer.status_code == 302:
            assert "/sign-in" in answer.headers["Location"]
    assert Case.objects.exclude(state__in=["withdrawn"]).count() == Case.objects.count()


def test_a_session_given_beforehand_becomes_nobodys(cast: Cast) -> None:
    victim = signed_in(OFFICIAL, cast.official("hospital").actor.id)
    planted = victim.cookies["sessionid"].value
    victim.post("/sign-in/", {"person": cast.mother_id})
    assert victim.cookies["sessionid"].value != planted
    assert OFFICIAL not in victim.session
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert attacker.get("/applications/").status_code == 302


@pytest.mark.parametrize("forged", ["", "x", "eyJwZXJzb25faWQiOjF9:1:x", "\\xf0", "a" * 4000])
def test_a_forged_session_is_nobody(cast: Cast, forged: str) -> None:
    client = Client()
    client.cookies["sessionid"] = forged
    assert client.get("/applications/").status_code == 302


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "///evil.example", "javascript:alert(1)",
     "http:evil.example", "https:///evil.example", "\x01//evil.example", "/\r\nSet-Cookie: a=b", " //evil.example"],
)  # fmt: skip
def test_nobody_is_led_elsewhere(cast: Cast, target: str) -> None:
    for path, form in (("/sign-in/", {"person": str(cast.mother_id)}), ("/preferences/", {"mode": "elder"})):
        answer = Client().post(path, {**form, "next": target})
        assert answer.status_code == 302
        location = answer.headers["Location"]
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "referer", ["http://[", "//evil.example//x", "http://x//evil.example/", "\x00", "x" * 9000]
)
def test_a_strange_referer_leads_to_the_sign_in(cast: Cast, referer: str) -> None:
    answer = Client().post(f"/drafts/{uuid4()}/save/", headers={"referer": referer})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/?next=")


def system(cast: Cast, agency: str) -> Client:
    acting = cast.official(agency)
    key = people.issue_api_key(acting=acting, official=acting.actor.id, label="x", at=MONDAY)
    return Client(headers={"authorization": f"Bearer {key}"})
