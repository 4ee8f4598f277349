"""Whose account page it is."""

from allauth.core import context
from django.http import HttpRequest

from qipan.accounts.models import Account


class NotOnAPage(Exception):
    """Something that belongs to a page was done outside any request."""


def the_account(request: HttpRequest) -> Account:
    """Whose page it is, on one that only they may open."""
    return own(request.user)


def own(user: object) -> Account:
    """An account, where allauth and Django know only of some user."""
    if isinstance(user, Account):
        return user
    wrapped = getattr(user, "_wrapped", None)  # Django finds out who it is when first asked
    if isinstance(wrapped, Account):
        return wrapped
    raise TypeError(type(user))


def this_request() -> HttpRequest:
    """The request that allauth is answering; raises NotOnAPage."""
    request = context.request
    if not isinstance(request, HttpRequest):
        raise NotOnAPage
    return request
