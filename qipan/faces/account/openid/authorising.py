"""Where an app sends somebody to sign in: they agree or not, and go back to it.

Note [Going back to an app]
Our pages let forms lead to this site alone (`form-action`), and browsers hold every redirect after a form to that. Whoever comes here
from a form of ours (signing in, agreeing) is therefore given a page that goes on by itself; whoever comes from the app, a redirect.
"""

from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.account.internal.flows.login import get_authentication_records
from allauth.idp.oidc.internal.oauthlib.server import get_server
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from qipan.accounts import operations, queries
from qipan.accounts.rows import AccountRow
from qipan.catalogue import queries as catalogue
from qipan.core.assurance import Assurance
from qipan.faces.account.entering import show_again
from qipan.faces.account.holder import the_account
from qipan.faces.account.limits import APP, spend_as
from qipan.faces.account.openid.adapter import name_may_go_to
from qipan.faces.account.openid.app_lines import app_line
from qipan.faces.account.openid.asking import Asked, Origin, Refused, Unanswerable, read
from qipan.faces.account.phone_numbers import shown

BAD_REQUEST, FOUND = 400, 302


@require_http_methods(["GET", "HEAD", "POST"])
def authorise(request: HttpRequest) -> HttpResponseBase:
    """Answer what an app asks, as far as its address is its own."""
    try:
        asked = read(request.GET)
        return _answer(request, asked)
    except Unanswerable:
        return render(request, "account/openid/unknown.html", status=BAD_REQUEST)
    except Refused as no:
        return _back(request, no.origin, {"error": no.error, "error_description": no.words})


def _answer(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return _come_in(request, asked)
    spend_as(APP, f"account:{the_account(request).id}")
    if _too_long_ago(request, asked):
        return _come_in(request, asked)
    account = queries.account(the_account(request).id)
    if account is None:
        return _come_in(request, asked)
    if request.method == "POST" and request.POST.get("answer") != "yes":
        raise Refused(asked.origin, "access_denied", "The person said no.")
    if account.level < asked.level:
        return _higher(request, asked, account)
    return _let_in(request, asked, account)


def _come_in(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """Sign in, or show again that it is they, and come back here."""
    if asked.silently:
        raise Refused(asked.origin, "login_required", "Nobody is signed in, or not lately enough.")
    query = request.GET.copy()
    query["prompt"] = " ".join(sorted(asked.prompt - {"login", "select_account"}))
    query.pop("max_age", None)
    back = f"{request.path}?{query.urlencode()}"
    if request.user.is_authenticated:
        return show_again(request, back)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


def _too_long_ago(request: HttpRequest, asked: Asked) -> bool:
    age = (timezone.now() - _signed_in_at(request)).total_seconds()
    return "login" in asked.prompt or (asked.max_age is not None and age > asked.max_age)


def _signed_in_at(request: HttpRequest) -> datetime:
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]  # they are signed in
    return datetime.fromtimestamp(max((one["at"] for one in records), default=0), UTC)


def _higher(request: HttpRequest, asked: Asked, account: AccountRow) -> HttpResponseBase:
    if asked.silently:
        error = "unmet_authentication_requirements"
        raise Refused(asked.origin, error, "The account is not of this level.")
    verify_at = f"{reverse('account_higher')}?{urlencode({'next': request.get_full_path()})}"
    values = {
        "app": app_line(asked.origin.app, asked.origin.redirect),
        "account": account,
        "level": int(asked.level),
        "verify_at": verify_at,
    }
    return render(request, "account/openid/higher.html", values)


def _let_in(request: HttpRequest, asked: Asked, account: AccountRow) -> HttpResponseBase:
    app, at, scopes = asked.origin.app.id, timezone.now(), _scopes(asked, account)
    agreed = request.method == "POST"
    with transaction.atomic():
        if agreed:
            operations.agree(
                account=account.id, app=app, scopes=scopes, signed_in_at=_signed_in_at(request), at=at
            )
            return _back(request, asked.origin, _code(request, asked, scopes))
        if "consent" not in asked.prompt and operations.sign_in_to_app(
            account=account.id, app=app, scopes=scopes, signed_in_at=_signed_in_at(request), at=at
        ):
            return _back(request, asked.origin, _code(request, asked, scopes))
    if asked.silently:
        raise Refused(asked.origin, "consent_required", "The person has not agreed to so much.")
    return _ask(request, asked, account, scopes)


def _scopes(asked: Asked, account: AccountRow) -> frozenset[str]:
    """Without the name where there is none, or where no wall would let it pass."""
    passes = name_may_go_to(catalogue.current_library(), asked.origin.app.kind)
    if account.level >= Assurance.REAL_NAME and passes:
        return asked.scopes
    return asked.scopes - {"profile"}


def _ask(request: HttpRequest, asked: Asked, account: AccountRow, scopes: frozenset[str]) -> HttpResponseBase:
    before = queries.app_consents(account.id).get(asked.origin.app.id)
    values = {
        "app": app_line(asked.origin.app, asked.origin.redirect),
        "account": account,
        "phone": shown(account.phone),
        "name": account.name if "profile" in scopes else "",
        "before": before,
        "again": before is not None and scopes <= set(before.scopes),
    }
    return render(request, "account/openid/agree.html", values)


def _code(request: HttpRequest, asked: Asked, scopes: frozenset[str]) -> dict[str, str]:
    """Have allauth make a code; of what was asked, it is told what was read."""
    known = {**asked.passed_on, "scope": " ".join(sorted(scopes))}
    headers, _body, _status = get_server().create_authorization_response(
        f"{request.path}?{urlencode(known)}", "GET", "", {}, sorted(scopes), {"user": the_account(request)}
    )
    answered = urlsplit(headers["Location"]).query
    given = dict(one.split("=", 1) for one in answered.split("&"))
    return {"code": given["code"]}


def _back(request: HttpRequest, origin: Origin, said: dict[str, str]) -> HttpResponseBase:
    """Go back to the app: see Note [Going back to an app]."""
    issuer = request.build_absolute_uri("/").rstrip("/")
    more = {**said, "iss": issuer} | ({"state": origin.state} if origin.state else {})
    parts = urlsplit(origin.redirect)
    target = urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, urlencode(more)]))))
    if request.method == "POST" or request.headers.get("Sec-Fetch-Site") == "same-origin":
        values = {"app": app_line(origin.app, origin.redirect), "target": target, "agreed": "code" in said}
        return render(request, "account/openid/back.html", values)
    return HttpResponse(status=FOUND, headers={"Location": target})
