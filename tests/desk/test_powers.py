"""Which power each route of the desk and of agencies' API needs is declared once; walked here, route by route."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from qipan.catalogue.operations import publish_library
from qipan.core.posts import Power
from qipan.faces.api.urls import urlpatterns as api_routes
from qipan.faces.desk.urls import urlpatterns as desk_routes
from qipan.faces.look.access import Rule, official, rule_of
from qipan.faces.look.actors import OFFICIAL
from qipan.people import operations as people
from qipan.people.actors import SYSTEM
from tests.cast import LIBRARY, MONDAY
from tests.house.test_routes import routes
from tests.posts_cast import LONG_AGO, out_of_office

HANDBOOK = Path(__file__).parents[2] / "docs" / "handbook" / "posts.md"
ROW = re.compile(r"^\| `(/desk/[^`]*|/api/[^`]*)` \| ([^|]+) \|", re.MULTILINE)
OPEN = {"/desk/sign-in", "/desk/sign-out"}
EVERYBODYS = "anybody in office"
PARTS = {"uuid": str(UUID(int=4)), "slug": "population", "int": "1", "str": "x", "path": "x"}
AGENCY = "330106.health"


def declared() -> Iterator[tuple[str, Rule | None]]:
    """Every route of the desk, and those below /api/agency, with their rules."""
    for route, view in routes(get_resolver()):
        if route.startswith(("/desk/", "/api/agency")):
            yield route, rule_of(view)


ROUTES = dict(declared())
WITH_POWERS = {route: rule for route, rule in ROUTES.items() if rule and rule.powers}
DESK = {route: rule for route, rule in WITH_POWERS.items() if route.startswith("/desk/")}


def said(rule: Rule) -> str:
    if rule.powers == frozenset(Power):
        return "any power"
    return ", ".join(f"`{one}`" for one in Power if one in rule.powers) or EVERYBODYS


def address(route: str) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda part: PARTS[part[1] or "str"], route)


def test_every_route_of_the_desk_and_of_agencies_names_its_powers() -> None:
    assert all(isinstance(one, URLPattern) for one in (*desk_routes, *api_routes))
    without = {route for route, rule in ROUTES.items() if not (rule and (rule.powers or rule is official))}
    assert without == OPEN, "Put @access(needs(Power.…)) on the view of each of these."
    assert len(WITH_POWERS) > 40


def test_the_handbook_says_what_is_declared() -> None:
    told = {route: powers.strip() for route, powers in ROW.findall(HANDBOOK.read_text(encoding="utf-8"))}
    assert told == {route: said(rule) for route, rule in ROUTES.items() if rule and route not in OPEN}


@pytest.fixture
def sessions(db: None) -> dict[str, Client]:
    """Somebody for each power, with that power alone; and somebody who is out of office."""
    publish_library(folder=LIBRARY, at=MONDAY)
    return {str(power): _desk(power) for power in Power} | {"": _desk(None)}


def _desk(power: Power | None) -> Client:
    name = str(power or "former")
    number = people.appoint_official(
        agency=AGENCY, name=name, post=name, powers=[power or Power.HANDLE], at=MONDAY, sample=True
    )
    if power is None:
        out_of_office(number)
    client = Client()
    session = client.session
    session[OFFICIAL] = number
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def test_whoever_lacks_the_power_is_refused_on_each_route(sessions: dict[str, Client]) -> None:
    for place, (route, rule) in enumerate(DESK.items()):
        lacking = [one for one in Power if one not in rule.powers]
        for one in {lacking[place % len(lacking)], lacking[-1]} if lacking else ():
            assert sessions[one].get(address(route)).status_code == 403, (route, one)
            assert sessions[one].post(address(route)).status_code == 403, (route, one)


def test_nobody_and_those_out_of_office_are_led_to_sign_in(sessions: dict[str, Client]) -> None:
    assert LONG_AGO.year < MONDAY.year
    for route in ROUTES:
        if route in OPEN or not route.startswith("/desk/"):
            continue
        for client in (Client(), sessions[""]):
            answer = client.post(address(route))
            assert answer.status_code == 302, route
            assert answer.headers["Location"].startswith("/desk/sign-in"), route


def test_whoever_has_the_power_comes_in(sessions: dict[str, Client]) -> None:
    inside = {
        Power.HANDLE: "/desk/", Power.SERVE: "/desk/window", Power.AUDITOR: "/desk/watch/", Power.MANAGER: "/desk/posts",
        Power.REQUESTER: "/desk/pool/requests", Power.SEAL_KEEPER: "/desk/seals/",
    }  # fmt: skip
    for power, page in inside.items():
        assert sessions[power].get(page).status_code == 200, page


def test_a_key_of_an_official_who_may_not_handle_cases_opens_no_api(sessions: dict[str, Client]) -> None:
    number = people.appoint_official(
        agency=AGENCY, name="接口", post="接口", powers=[Power.REQUESTER], at=MONDAY
    )
    key = people.issue_api_key(acting=SYSTEM, official=number, label="x", at=MONDAY)
    answer = Client().get("/api/agency/cases", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 403
