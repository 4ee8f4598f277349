"""What an app asks for when it sends somebody to sign in, read more strictly than OpenID Connect has to be.

The address to go back to is one that was registered, to the letter. Of the ways there are, one is open: a code for a challenge (PKCE,
S256), never without. Nothing is asked twice in one request, or in a document that would have to be fetched.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.http import QueryDict

from qipan.accounts import queries
from qipan.accounts.operations.apps import SCOPES
from qipan.accounts.rows import AppRow
from qipan.core.assurance import Assurance
from qipan.faces.account.openid.levels import asked_level

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
ONCE = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
    "response_mode", "prompt", "max_age", "acr_values", "resource", "claims",
)  # fmt: skip
NOT_SUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}


class Unanswerable(Exception):
    """The app is not known, or the address to go back to is not one of its own: nothing may be sent there."""


class Refused(Exception):
    """What the app asks for is not given; ``error`` and ``words`` are for its makers."""

    def __init__(self, origin: "Origin", error: str, words: str) -> None:
        super().__init__(words)
        self.origin, self.error, self.words = origin, error, words


class Origin(NamedTuple):
    """Which app asks, and where to go back to."""

    app: AppRow
    redirect: str
    state: str


class Asked(NamedTuple):
    """What an app asks for; ``max_age`` in seconds since somebody last showed that it is they."""

    origin: Origin
    scopes: frozenset[str]
    prompt: frozenset[str]
    level: Assurance
    max_age: int | None
    passed_on: Mapping[str, str]

    @property
    def silently(self) -> bool:
        """Whether no page may be shown."""
        return "none" in self.prompt


def read(query: QueryDict) -> Asked:
    """Read what is asked; raises Unanswerable, and Refused."""
    origin = _origin(query)
    _refuse(query, origin)
    prompt = frozenset(query.get("prompt", "").split())
    scopes = frozenset(query.get("scope", "").split()) & frozenset(SCOPES)
    if "openid" not in scopes:
        raise Refused(origin, "invalid_scope", "The scope must hold openid.")
    if not prompt <= PROMPTS or ("none" in prompt and len(prompt) > 1):
        raise Refused(
            origin, "invalid_request", "The prompt is not one that is known, or none beside another."
        )
    age = query.get("max_age", "")
    if age and not SECONDS.fullmatch(age):
        raise Refused(origin, "invalid_request", "max_age must be a number of seconds.")
    level = asked_level(query.get("acr_values", ""))
    return Asked(origin, scopes, prompt, level, int(age) if age else None, _passed_on(query))


def _origin(query: QueryDict) -> Origin:
    numbers, redirects = query.getlist("client_id"), query.getlist("redirect_uri")
    app = queries.app(numbers[0]) if len(numbers) == 1 else None
    if app is None or len(redirects) != 1 or redirects[0] not in app.redirects:
        raise Unanswerable
    return Origin(app, redirects[0], query.get("state", ""))


def _refuse(query: QueryDict, origin: Origin) -> None:
    for name, error in NOT_SUPPORTED.items():
        if name in query:
            raise Refused(origin, error, f"{name} is not supported.")
    for name in ONCE:
        if len(query.getlist(name)) > 1:
            raise Refused(origin, "invalid_request", f"{name} is given more than once.")
    if query.get("response_type") != "code":
        raise Refused(origin, "unsupported_response_type", "The response_type must be code.")
    if query.get("response_mode", "query") != "query":
        raise Refused(origin, "invalid_request", "The response_mode must be query.")
    if query.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(
        query.get("code_challenge", "")
    ):
        raise Refused(origin, "invalid_request", "PKCE is required: a code_challenge by S256.")


def _passed_on(query: QueryDict) -> dict[str, str]:
    names = ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "code_challenge_method")
    return {"response_type": "code", **{name: value for name in names if (value := query.get(name))}}
