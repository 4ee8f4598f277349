"""The routes of the API, below /api/. The OpenAPI document is at /api/openapi.json, and for reading at /api/docs."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, path

from qipan.faces.api.documentation import documentation, openapi
from qipan.faces.api.service import ROUTERS, api
from qipan.faces.look.access import anyone


def _ruled() -> Iterator[URLPattern | URLResolver]:
    """Ninja's routes, each with the rule that its router's guard enforces."""
    rules = {route.lstrip("/"): rule for router, rule in ROUTERS for route in router.path_operations}
    for one in api.urls[0]:
        if not str(one.pattern):
            continue  # ninja's own root, which has nothing on it
        if isinstance(one, URLPattern):
            template = str(one.pattern).replace("<", "{").replace(">", "}")
            one.callback.__dict__["access_rule"] = rules.get(template, anyone)
        yield one


app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", documentation, name="docs"),
    path("openapi.json", openapi, name="openapi"),
    *_ruled(),
]
