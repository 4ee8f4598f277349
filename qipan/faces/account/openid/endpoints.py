"""What apps ask by themselves: what there is, the keys, a token for a code, and who somebody is."""

import re

from allauth.core.internal.jwkkit import load_jwk_from_pem
from allauth.idp.oidc import views
from allauth.idp.oidc.internal.oauthlib.server import OAuthLibServer, get_server
from allauth.idp.oidc.internal.oauthlib.utils import convert_response, extract_params
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.accounts import operations
from qipan.accounts.operations.apps import SCOPES
from qipan.core.assurance import Assurance
from qipan.faces.account.limits import TOKEN
from qipan.faces.account.openid.adapter import Provider
from qipan.faces.account.openid.levels import acr_of
from qipan.faces.look.limits import spend

BAD_REQUEST = 400
KEPT_SECONDS = 60 * 60
PLAIN = re.compile(r"[A-Za-z0-9_-]{0,128}", re.ASCII)


@require_safe
def configuration(request: HttpRequest) -> JsonResponse:
    """OpenID Connect Discovery 1.0."""

    def at(route: str) -> str:
        return request.build_absolute_uri(reverse(route))

    return JsonResponse(
        {
            "issuer": request.build_absolute_uri("/").rstrip("/"),
            "authorization_endpoint": at("openid_authorise"),
            "token_endpoint": at("openid_token"),
            "userinfo_endpoint": at("openid_userinfo"),
            "jwks_uri": at("openid_keys"),
            "scopes_supported": list(SCOPES),
            "claims_supported": ["sub", "acr", "auth_time", "name"],
            "acr_values_supported": [acr_of(one) for one in Assurance],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "code_challenge_methods_supported": ["S256"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": list(settings.IDP_OIDC_AUTH_METHODS),
            "prompt_values_supported": ["none", "login", "consent"],
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": True,
            "service_documentation": "https://openid.net/specs/openid-connect-core-1_0.html",
        }
    )


@require_safe
def keys(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- the same for everybody
    """The public keys of all apps, also those that have not begun."""
    found = [load_jwk_from_pem(one.pem)[0] for one in Provider().list_private_keys(is_active=True)]
    return JsonResponse({"keys": found}, headers={"Cache-Control": f"max-age={KEPT_SECONDS}"})


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponseBase:
    """A token for a code, once, to the app that it was made for."""
    spend(request, TOKEN)
    if request.POST.get("grant_type") != "authorization_code":
        return JsonResponse({"error": "unsupported_grant_type"}, status=BAD_REQUEST)
    if not all(PLAIN.fullmatch(request.POST.get(name, "")) for name in ("code", "client_id")):
        return JsonResponse({"error": "invalid_grant"}, status=BAD_REQUEST)
    with transaction.atomic():
        operations.take_turns(code=request.POST.get("code", ""))
        headers, body, status = _server().create_token_response(*extract_params(request))
    return convert_response(headers, body, status)


def _server() -> OAuthLibServer:
    """Allauth's, that gives no token to refresh with: who comes again, comes through the front."""
    server = get_server()
    server.openid_connect_auth.refresh_token = server.auth_grant.refresh_token = False
    return server


@csrf_exempt
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponseBase:
    """Who somebody is, to an app that has a token of theirs."""
    spend(request, TOKEN)
    return views.user_info(request)
