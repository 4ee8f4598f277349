"""An agency's app as its makers would write it, with Authlib: what it asks, and what it makes of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.integrations.httpx_client import OAuth2Client
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from qipan.accounts import operations

HERE = "http://testserver"
BACK = "https://bus.example.gov.cn/signed-in?way=qipan"
VERIFIER = "v" * 43
HEALTH, POLICE = "330106.health", "330106002.public_security"


@dataclass
class RelyingApp:
    """An app that knows its id and secret; ``asks`` is the scope. It speaks to the platform in this process."""

    id: str
    secret: str
    back: str = BACK
    asks: str = "openid profile"
    client: OAuth2Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = OAuth2Client(
            self.id,
            self.secret,
            scope=self.asks,
            redirect_uri=self.back,
            code_challenge_method="S256",
            transport=httpx2.MockTransport(_in_this_process),
            base_url=HERE,
        )

    def leads_to(self, **more: str) -> str:
        """Where it sends somebody to sign in."""
        address: str
        address, self.state = self.client.create_authorization_url(
            f"{HERE}/account/openid/authorise",
            nonce="nonce-1",
            code_verifier=VERIFIER,
            **more,
        )
        return address.removeprefix(HERE)

    def token(self, answer: str, **more: str) -> Mapping[str, Any]:
        """Fetch a token for what somebody came back with; Authlib compares the state."""
        given: Mapping[str, Any] = self.client.fetch_token(
            f"{HERE}/account/openid/token",
            authorization_response=answer,
            state=self.state,
            **{"code_verifier": VERIFIER, **more},
        )
        return given

    def claims(self, token: Mapping[str, Any]) -> Mapping[str, Any]:
        """Verify an ID token against the published keys, and read it."""
        keys = KeySet.import_key_set(Client().get("/.well-known/jwks.json").json())
        read = jwt.decode(token["id_token"], keys, algorithms=["RS256"])
        checked = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": HERE},
            aud={"essential": True, "value": self.id},
            nonce={"essential": True, "value": "nonce-1"},
            exp={"essential": True},
        )
        checked.validate(read.claims)
        return read.claims

    def person(self) -> Mapping[str, Any]:
        """Ask who it is."""
        found: Mapping[str, Any] = self.client.get("/account/openid/userinfo").raise_for_status().json()
        return found


def _in_this_process(request: httpx2.Request) -> httpx2.Response:
    """Answer as the site would, within the test's own transaction."""
    sent = dict(request.headers)
    answer = Client().generic(
        request.method,
        request.url.raw_path.decode(),
        request.content,
        content_type=sent.pop("content-type", "application/octet-stream"),
        headers={name: value for name, value in sent.items() if name in {"authorization", "accept"}},
    )
    return httpx2.Response(answer.status_code, headers=dict(answer.items()), content=answer.content)


def registered(
    agency: str = HEALTH, name: str = "掌上公交", sector: str = "", back: str = BACK
) -> RelyingApp:
    """Register an app."""
    with transaction.atomic():
        known = operations.register_app(
            agency=agency,
            name_zh=name,
            name_en="City Bus",
            sector=sector,
            redirects=[back],
            at=timezone.now(),
        )
    return RelyingApp(known.id, known.secret, back)


def agree(browser: Client, address: str, answer: str = "yes") -> str:
    """Answer the page that asks; give where it leads back to."""
    return went_back(browser.post(address, {"answer": answer}))


def went_back(response: HttpResponseBase) -> str:
    """Where somebody is led back to, by a redirect or by a page that goes on by itself."""
    if response.status_code == httpx2.codes.FOUND:
        return response.headers["Location"]
    assert isinstance(response, HttpResponse)
    page = response.content.decode()
    assert 'http-equiv="refresh"' in page, page
    return page.split('content="0; url=')[1].split('"')[0].replace("&amp;", "&")


def said(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
