"""Browsers that an account was used in before.

Note [Locking out]
Whoever guesses must be slowed down, and whoever is guessed at must not be locked out by it. So an account's tries are not one count but two
(the device cookies of OWASP): those from browsers in which it never was signed in share one, and each browser in which it was has
its own, told by a cookie that we signed. Ten thousand guesses use up the first, and the owner's own phone still gets in; elsewhere, so does a
code or a passkey, which are counted apart.
"""

import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseBase

YEAR = 365 * 24 * 60 * 60
MOST = 5  # accounts that one browser is known to, as of a family
NONCE_BYTES = 12
_signer = Signer(salt="qipan.faces.account.known")


def browser_of(request: HttpRequest, phone: str) -> str:
    """What this browser is called among those that the account of this number was used in; empty for any other."""
    return _known(request).get(_signer.signature(phone)[:16], "")


def know_browser(request: HttpRequest, response: HttpResponseBase, phone: str) -> None:
    """Remember that the account of this number was used here."""
    known = _known(request)
    name = _signer.signature(phone)[:16]
    nonce = known.pop(name, "") or secrets.token_urlsafe(NONCE_BYTES)
    kept = dict([*known.items(), (name, nonce)][-MOST:])
    response.set_cookie(
        settings.KNOWN_COOKIE,
        _signer.sign_object(kept),
        max_age=YEAR,
        path="/account/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _known(request: HttpRequest) -> dict[str, str]:
    try:
        known: dict[str, str] = _signer.unsign_object(request.COOKIES.get(settings.KNOWN_COOKIE, ""))
    except BadSignature:
        return {}
    return known
