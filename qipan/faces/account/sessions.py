"""The session of account pages, in a row of its own: see Note [Two sessions]."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponseBase

from qipan import reader
from qipan.accounts.session_store import AccountSession
from qipan.faces.account.holder import the_account
from qipan.faces.account.known import know_browser
from qipan.faces.look.actors import MANDATE, forget_account
from qipan.faces.look.limits import address

PAGES = "/account/"


class AccountPages:
    """Middleware: below `/account/`, the session is the account's, and statements are the platform's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        if not request.path.startswith(PAGES):
            return self._get_response(request)
        of_pages = request.session
        session = AccountSession(
            request.COOKIES.get(settings.ACCOUNT_COOKIE),
            agent=request.headers.get("User-Agent", ""),
            address=address(request),
        )
        request.session = session
        try:
            with reader.as_platform():
                response = self._get_response(request)
                _keep(request, session, response)
        finally:
            request.session = of_pages
        if session.session_key and of_pages.keys() - {MANDATE}:
            of_pages.flush()  # nobody is two people at once
        elif session.session_key != request.COOKIES.get(settings.ACCOUNT_COOKIE):
            of_pages.pop(MANDATE, None)  # whoever comes or goes begins as themselves
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _keep(request: HttpRequest, session: AccountSession, response: HttpResponseBase) -> None:
    """Keep what changed, and give the browser its key; one that was ended meanwhile, or holds nothing, goes."""
    sent = request.COOKIES.get(settings.ACCOUNT_COOKIE)
    if session.modified and not session.is_empty():
        try:
            session.save()
        except UpdateError:
            session.clear()
            session._session_key = None  # noqa: SLF001 -- as Django's own stores do
    forget_account(request)
    if session.accessed and session.session_key and session.session_key != sent:
        if SESSION_KEY in session:
            know_browser(request, response, the_account(request).phone)
        response.set_cookie(
            settings.ACCOUNT_COOKIE,
            session.session_key,
            max_age=settings.SESSION_COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    elif session.accessed and sent and not session.session_key:
        response.delete_cookie(settings.ACCOUNT_COOKIE, samesite="Lax")
