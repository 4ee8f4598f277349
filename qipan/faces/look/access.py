"""Who may open a page: every view names its rule, and a test walks all routes for views that do not.

A rule decides from the request alone who may come in at all. What they then see is the business of the query behind the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from qipan.core.posts import Power
from qipan.faces.look.actors import account_of, acting_of, acts_for_another, official_of, person_of
from qipan.faces.look.kept import forget, keep
from qipan.people.actors import Acting

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class Rule:
    """A named answer to "who may come in"; `sign_in` is the route to offer to those who have not signed in.

    At the desk and in the API of agencies, one of `powers` is needed.
    """

    name: str
    allows: Callable[[HttpRequest], bool]
    sign_in: str | None = None
    powers: frozenset[Power] = frozenset()


class LacksPower(PermissionDenied):
    """The official's post carries none of the powers that the page needs."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.name)
        self.powers = rule.powers


anyone = Rule("anyone", lambda _request: True)
signed_in_person = Rule(
    "signed_in_person", lambda request: acting_of(request) is not None, sign_in="portal:sign-in"
)
in_own_right = Rule(
    "in_own_right", lambda request: _in_own_right(acting_of(request)), sign_in="portal:sign-in"
)
"""What a mandate for some life events does not open: its principal's other affairs."""
a_person = Rule(
    "a_person",
    lambda request: person_of(request) is not None or acting_of(request) is not None,
    sign_in="portal:sign-in",
)
"""Whoever is signed in, also where the mandate under which they chose to act is over."""
PERSONAL = (signed_in_person, in_own_right, a_person)
official = Rule("official", lambda request: official_of(request) is not None, sign_in="desk:sign-in")


def needs(*powers: Power) -> Rule:
    """Officials in a post that carries one of these powers, who showed their second factor."""
    wanted = frozenset(powers)

    def allows(request: HttpRequest) -> bool:
        found = official_of(request)
        return found is not None and not wanted.isdisjoint(found.powers)

    return Rule(f"power:{'|'.join(sorted(wanted))}", allows, sign_in="desk:sign-in", powers=wanted)


def access(rule: Rule) -> Callable[[View[P]], View[P]]:
    """Let in whom the rule allows; offer the others to sign in, and answer 403 where there is nothing to offer."""

    def decorate(view: View[P]) -> View[P]:
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not rule.allows(request):
                return _stranger(rule, request)
            response = view(request, *args, **kwargs)
            if request.method == "POST" and rule.sign_in is not None:
                forget(request, response)  # it has arrived
            return response

        update_wrapper(guarded, view)
        guarded.__dict__["access_rule"] = rule
        return guarded

    return decorate


def _stranger(rule: Rule, request: HttpRequest) -> HttpResponseBase:
    """Offer to sign in, keeping what was typed meanwhile."""
    if rule.sign_in is None:
        raise PermissionDenied(rule.name)
    if rule.powers and official_of(request) is not None:
        raise LacksPower(rule)
    if rule in PERSONAL and acts_for_another(request):
        return led_to(request, f"{reverse('portal:delegations')}?{urlencode({'why': _why_not(request)})}")
    back, offered = way_back(request), rule.sign_in
    if rule in PERSONAL and account_of(request) is not None:
        offered = "account_real_name"  # they have come in, and nobody knows yet who they are
    response = led_to(request, f"{reverse(offered)}?{urlencode({'next': back})}")
    if request.method == "POST":
        keep(request, response, back, ended=True)
    return response


def _in_own_right(acting: Acting | None) -> bool:
    return acting is not None and acting.in_own_right


def _why_not(request: HttpRequest) -> str:
    """Why somebody who chose to act for another may not come in: the mandate is over, or not for this page."""
    return "over" if acting_of(request) is None else "own"


def to_higher_level(request: HttpRequest, *, back: str) -> HttpResponse:
    """Lead somebody who is not known well enough to where they can be known better, and from there back."""
    return led_to(request, f"{reverse('account_higher')}?{urlencode({'next': back})}")


def led_to(request: HttpRequest, target: str) -> HttpResponse:
    """Lead on; to htmx, a redirect would mean to put the whole page into a part of the one that is open."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def way_back(request: HttpRequest) -> str:
    """The page that was asked for; after a form was sent, or for a part of a page, the page that it stood on."""
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return request.get_full_path()
    try:
        stood_on = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    return urlunsplit(("", "", stood_on.path or "/", stood_on.query, ""))


def rule_of(view: Callable[..., object]) -> Rule | None:
    """The rule a view was given, if any."""
    rule = getattr(view, "access_rule", None)
    return rule if isinstance(rule, Rule) else None
