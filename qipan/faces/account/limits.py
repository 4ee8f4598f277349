"""How often somebody may try: guesses of a password, codes sent to a phone, guesses of a code. See Note [Locking out]."""

import hashlib
from math import ceil

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from qipan.faces.account.known import browser_of
from qipan.faces.look.limits import TooMany
from qipan.limits import operations as limits

GUESS, CODE, TRY, SECOND, REAL_NAME = "guess", "code", "try", "second", "real_name"
APP, TOKEN = (
    "app",
    "token",
)  # sign-ins to apps, for each account; what apps ask by themselves, for each address


def spend_for(request: HttpRequest, what: str, phone: str) -> None:
    """Count a try at the account of this number, whether there is one or not; raises TooMany."""
    browser = browser_of(request, phone)
    whose = hashlib.sha256(phone.encode()).hexdigest()[:32]
    spend_as(what, f"browser:{browser}" if browser else f"phone:{whose}")


def spend_as(what: str, holder: str) -> None:
    """Count a try; raises TooMany."""
    hourly = settings.QIPAN_LIMITS.get(what)
    if hourly is None:
        return
    try:
        limits.spend(holder=f"{what} {holder}", hourly=hourly, at=timezone.now())
    except limits.UnableToSpend as error:
        raise TooMany(ceil(error.wait.total_seconds())) from error
