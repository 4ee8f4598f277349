"""Who may open a page: every view names its rule, and a test walks all routes for views that do not.

A rule decides from the request alone who may come in at all. What they then see is the business of the query behind the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

PERSON = "person_id"  # session keys, written by the sign-in pages alone
OFFICIAL = "official_id"


@dataclass(frozen=True)
class Rule:
    """A named answer to "who may come in"; `sign_in` is the route to offer to those who have not signed in."""

    name: str
    allows: Callable[[HttpRequest], bool]
    sign_in: str | None = None


anyone = Rule("anyone", lambda _request: True)
signed_in_person = Rule(
    "signed_in_person", lambda request: PERSON in request.session, sign_in="portal:sign-in"
)
official = Rule("official", lambda request: OFFICIAL in request.session, sign_in="desk:sign-in")


def access(rule: Rule) -> Callable[[View[P]], View[P]]:
    """Let in whom the rule allows; offer the others to sign in, and answer 403 where there is nothing to offer."""

    def decorate(view: View[P]) -> View[P]:
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if rule.allows(request):
                return view(request, *args, **kwargs)
            if rule.sign_in is None:
                raise PermissionDenied(rule.name)
            return HttpResponseRedirect(
                f"{reverse(rule.sign_in)}?{urlencode({'next': request.get_full_path()})}"
            )

        update_wrapper(guarded, view)
        guarded.__dict__["access_rule"] = rule
        return guarded

    return decorate


def rule_of(view: Callable[..., object]) -> Rule | None:
    """The rule a view was given, if any."""
    rule = getattr(view, "access_rule", None)
    return rule if isinstance(rule, Rule) else None
