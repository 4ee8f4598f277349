"""What everyone may read, and the page that describes it all."""

import re

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from qipan.faces.api.service import ROUTERS
from qipan.faces.look.access import anyone, rule_of
from tests.cast import MOTHER, Cast

JSON = "application/json"
NOBODYS = "00000000-0000-0000-0000-000000000000"


def test_events_are_listed_and_shown_in_the_callers_language(cast: Cast, client: Client) -> None:
    (event,) = client.get("/api/events", headers={"Accept-Language": "en"}).json()
    assert (event["name"], event["title"]) == ("birth", "A birth")
    form = client.get("/api/events/birth").json()
    assert form["title"] == "出生一件事"
    assert form["savings"]["fields"]["after"] < form["savings"]["fields"]["before"]
    assert client.get("/api/events/coronation").status_code == 404


def test_a_plan_is_derived_from_facts_and_repeats_byte_for_byte(cast: Cast, client: Client) -> None:
    facts = {"mother.id_number": MOTHER, "mother.name": "王芳", "mother.phone": "13800000001"}
    first = client.post("/api/events/birth/plan", {"facts": facts}, content_type=JSON)
    again = client.post("/api/events/birth/plan", {"facts": facts}, content_type=JSON)
    assert first.content == again.content
    assert {one["name"] for one in first.json()["fetches"]} == {
        "population(mother)",
        "birth_record(mother,child)",
    }


def test_without_a_source_the_plan_asks_what_it_would_have_given(cast: Cast, client: Client) -> None:
    body = {"facts": {"mother.id_number": MOTHER}, "without": ["birth_record"]}
    asked = {
        one["field"]
        for one in client.post("/api/events/birth/plan", body, content_type=JSON).json()["questions"]
    }
    assert {"child.birth_date", "child.sex"} <= asked


def test_wrong_facts_are_named(cast: Cast, client: Client) -> None:
    facts = {"mother.id_number": "1", "mother.shoe_size": "2", "nonsense": "3"}
    refused = client.post("/api/events/birth/plan", {"facts": facts}, content_type=JSON)
    assert refused.status_code == 422
    faults = {one["field"]: one["code"] for one in refused.json()["errors"]}
    assert faults == {
        "mother.id_number": "gb11643-shape",
        "mother.shoe_size": "unknown-field",
        "nonsense": "unknown-field",
    }


def test_the_description_names_every_route_and_every_shape(cast: Cast, client: Client) -> None:
    document = client.get("/api/openapi.json").json()
    page = client.get("/api/docs").content.decode()
    for path, methods in document["paths"].items():
        assert path in page
        assert all(one["summary"] for one in methods.values())
    for name in document["components"]["schemas"]:
        assert name in page


def test_without_signing_in_nothing_answers_but_what_is_open_to_everyone(cast: Cast, client: Client) -> None:
    open_paths = set(ROUTERS[0][0].path_operations)
    paths = client.get("/api/openapi.json").json()["paths"]
    assert len(paths) > len(open_paths)
    for path, methods in paths.items():
        address = re.sub(r"{(\w+)}", lambda name: "birth" if name[1] == "event" else NOBODYS, path)
        for method in methods:
            answer = getattr(client, method)(address, {}, content_type=JSON)
            assert (answer.status_code == 401) == (path.removeprefix("/api") not in open_paths), address


def _routes(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for one in resolver.url_patterns:
        found += _routes(one) if isinstance(one, URLResolver) else [one]
    return found


def test_no_route_of_the_api_is_open_by_mistake() -> None:
    """Ninja names the view of each path; those outside the open router must not bear the rule for everyone."""
    open_paths = set(ROUTERS[0][0].path_operations)
    closed = {path for router, _ in ROUTERS[1:] for path in router.path_operations}
    assert not open_paths & closed
    rules = {str(one.pattern): rule_of(one.callback) for one in _routes(get_resolver())}
    for path in closed:
        shown = path.lstrip("/").replace("{", "<").replace("}", ">")
        assert rules[shown] not in {None, anyone}, path
