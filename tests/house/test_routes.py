"""Every route says who may open it."""

from collections.abc import Callable, Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from qipan.faces.look.access import Rule, access, anyone, rule_of


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, Callable[..., object]]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one, f"{prefix}{one.pattern}")
        elif isinstance(one, URLPattern):
            yield f"{prefix}{one.pattern}", one.callback


def without_rule(resolver: URLResolver) -> list[str]:
    return [route for route, view in routes(resolver) if rule_of(view) is None]


def test_every_route_has_an_access_rule() -> None:
    missing = without_rule(get_resolver())
    assert not missing, "Put @access(<rule>) of qipan.faces.look.access on the view of each of these."


@access(anyone)
def open_page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


def test_a_view_keeps_the_rule_it_was_given() -> None:
    assert rule_of(open_page) == anyone
    assert open_page(RequestFactory().get("/")).status_code == 200


def test_a_view_without_a_rule_is_found() -> None:
    assert rule_of(lambda _request: HttpResponse()) is None


def test_whom_the_rule_refuses_is_refused() -> None:
    closed = access(Rule("nobody", lambda _request: False))(lambda _request: HttpResponse("secret"))
    with pytest.raises(PermissionDenied, match="nobody"):
        closed(RequestFactory().get("/"))
