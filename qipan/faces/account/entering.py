"""allauth's pages behind our rules: who may come in, how often, and what is said when a message could not be sent."""

from collections.abc import Callable
from functools import wraps

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qipan.adapters.notices import NoticeNotSent
from qipan.faces.account.limits import TRY, spend_as
from qipan.faces.look.access import Rule, access, anyone
from qipan.faces.look.limits import SIGN_IN, spend

View = Callable[..., HttpResponseBase]
account_holder = Rule(
    "account_holder", lambda request: bool(request.user.is_authenticated), sign_in="account_login"
)


def entrance(route: str, view: View, name: str) -> URLPattern:
    """A page on the way in: anybody's, so many times an hour from one address."""
    return path(route, access(anyone)(_told(_counted(view, SIGN_IN))), name=name)


def code_page(route: str, view: View, name: str) -> URLPattern:
    """A page that asks for a code: so many tries of one sign-in, however many are sent at once."""
    return path(route, access(anyone)(_told(_tries(view))), name=name)


def inside(route: str, view: View, name: str) -> URLPattern:
    """A page for whoever is signed in."""
    return path(route, access(account_holder)(_told(view)), name=name)


def guarded(route: str, view: View, name: str, *, sends: bool = False) -> URLPattern:
    """A page that changes how one comes in: for whoever showed lately that it is they; one that sends a message changes nothing yet."""
    if sends:
        return path(route, access(account_holder)(_told(_fresh(_counted(view, SIGN_IN)))), name=name)
    return path(route, access(account_holder)(_told(_fresh(_whole(view)))), name=name)


def came_lately(request: HttpRequest, *methods: str) -> bool:
    """Whether they signed in during the last minutes, by one of these means, or by any."""
    since = timezone.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]  # they are signed in
    return any(one["at"] > since and (not methods or one["method"] in methods) for one in records)


def _told(view: View) -> View:
    """Where a message could not be sent, say so, and ask to try again."""

    @wraps(view)
    def tell(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NoticeNotSent:
            clear_login(request)
            messages.error(request, _("短信没有发出去，请过一两分钟再试。"))
            return HttpResponseRedirect(request.get_full_path())

    return tell


def _counted(view: View, what: str) -> View:
    @wraps(view)
    def count(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "POST":
            spend(request, what)
        return view(request, *args, **kwargs)

    return count


def _tries(view: View) -> View:
    """Allauth counts wrong codes in the session, which many requests at once would all read as before; this counts each."""

    @wraps(view)
    def count(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "POST":
            spend(request, SIGN_IN)
            spend_as(TRY, f"session:{request.session.session_key}")
        return view(request, *args, **kwargs)

    return count


def _whole(view: View) -> View:
    """What the page does, and its entry in the trail, are one transaction."""

    @wraps(view)
    def do(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return do


def show_again(request: HttpRequest, back: str) -> HttpResponseBase:
    """Lead somebody who is signed in to where they show again that it is they, and from there back."""
    flows = get_reauthentication_flows(request.user)  # type: ignore[arg-type]  # they are signed in
    if not flows:
        return _by_code_again(request, back)
    route = "account_reauthenticate" if flows[0]["id"] == "reauthenticate" else flows[0]["id"]
    return redirect(f"{reverse(route)}?{urlencode({'next': back})}")


def _by_code_again(request: HttpRequest, back: str) -> HttpResponseBase:
    logout(request)
    messages.info(request, _("为了您账号的安全，请用短信验证码再登录一次，然后接着办。"))
    return redirect(f"{reverse('account_request_login_code')}?{urlencode({'next': back})}")


def _fresh(view: View) -> View:
    """Allauth asks for the password or second factor again; whoever has neither signs in by code again."""

    @wraps(view)
    def ask(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        again = get_reauthentication_flows(request.user)  # type: ignore[arg-type]  # they are signed in
        if again or came_lately(request):
            return view(request, *args, **kwargs)
        return _by_code_again(request, request.path)

    return ask
