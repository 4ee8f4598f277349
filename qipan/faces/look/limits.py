"""What is limited, for whom, and what is answered when a limit is used up.

A limit belongs to whoever is signed in, and only where nobody is, to the network address: nobody can use up what is another's.
"""

from collections.abc import Callable
from ipaddress import AddressValueError, IPv6Address, IPv6Network
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qipan.faces.look.errors import TEMPLATE, Trouble, shown
from qipan.limits import operations as limits
from qipan.people.actors import Acting

TOO_MANY = 429
SIGN_IN, SEARCH, PLAN, KEY = "sign_in", "search", "plan", "key"  # for each address
VERIFY = "verify"  # for each address
START, SUBMIT, UPLOAD, LOOK_UP, SHOW = (
    "start",
    "submit",
    "upload",
    "look_up",
    "show",
)  # for each person or official
HOME_OF_ONE = 64  # bits of an IPv6 address that belong to one household
LONGEST_ADDRESS = 45  # characters


class TooMany(Exception):
    """Somebody did something more often than the limit allows; ``seconds`` until they may again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def spend(request: HttpRequest, what: str, who: Acting | None = None) -> None:
    """Count one of these acts, by whoever acts or by the address; raises TooMany. Outside any transaction."""
    hourly = settings.QIPAN_LIMITS.get(what)
    if hourly is None:
        return
    holder = f"{who.actor.kind}:{who.actor.id}" if who else f"from:{address(request)}"
    try:
        limits.spend(holder=f"{what} {holder}", hourly=hourly, at=timezone.now())
    except limits.UnableToSpend as error:
        raise TooMany(ceil(error.wait.total_seconds())) from error


def address(request: HttpRequest) -> str:
    """Where a request comes from, as the proxies in front say; for IPv6, the household's network."""
    found = str(request.META.get("REMOTE_ADDR", ""))
    if settings.QIPAN_PROXIES:
        said = request.headers.get("X-Forwarded-For", "").split(",")
        found = said[-settings.QIPAN_PROXIES].strip() if len(said) >= settings.QIPAN_PROXIES else found
    try:
        return str(IPv6Network((int(IPv6Address(found)), HOME_OF_ONE), strict=False))
    except AddressValueError:
        return found[:LONGEST_ADDRESS]


def waiting_words(seconds: int) -> str:
    """How long to wait, as one says it."""
    minutes = ceil(seconds / 60)
    if seconds <= 60:  # noqa: PLR2004 -- a minute
        return ngettext("请过 %(num)s 秒再试。", "请过 %(num)s 秒再试。", seconds) % {"num": seconds}
    return ngettext("请过 %(num)s 分钟再试。", "请过 %(num)s 分钟再试。", minutes) % {"num": minutes}


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429: the same thing too often."""
    steps = (
        waiting_words(seconds),
        _("已经保存的内容还在，不用重填。"),
        _("急事请拨打 12345，或到就近的办事窗口。"),
    )
    trouble = Trouble(
        _("一小时内做得太多了"), _("为了让大家都能用，同一件事一小时内有次数限制。这一次没有办。"), steps
    )
    answer = render(request, TEMPLATE, shown(trouble, TOO_MANY), status=TOO_MANY)
    return retry_after(answer, seconds)


def retry_after(answer: HttpResponse, seconds: int) -> HttpResponse:
    """The answer, saying when to try again."""
    answer.headers["Retry-After"] = str(max(seconds, 1))
    return answer


class SayWhenAgain:
    """Answer 429 with a page where a limit is used up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Make the page."""
        return too_many(request, exception.seconds) if isinstance(exception, TooMany) else None
