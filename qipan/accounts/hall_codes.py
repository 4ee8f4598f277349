"""What somebody shows at a hall, so that the account they hold is the one that is confirmed: eight digits, for some minutes."""

from datetime import datetime, timedelta
from hmac import compare_digest

from django.utils.crypto import salted_hmac

from qipan.accounts.models import Account
from qipan.core.assurance import Assurance

LASTS = timedelta(minutes=10)
VISIT = timedelta(minutes=30)
DIGITS = 8


def hall_code(account: int, at: datetime) -> str:
    """The code that an account shows at this time."""
    return _code(account, _slot(at))


def is_hall_code(code: str, account: int, at: datetime) -> bool:
    """Whether an account shows this code, or did just now."""
    typed, slot = "".join(code.split()).encode(), _slot(at)
    return any(compare_digest(typed, _code(account, one).encode()) for one in (slot, slot - 1))


def is_hall_visit(account: Account, at: datetime) -> bool:
    """Whether a clerk confirmed this account a short while ago, so that its owner still stands at the window."""
    if account.level < Assurance.IN_PERSON or account.level_at is None:
        return False
    return at - VISIT <= account.level_at <= at


def _slot(at: datetime) -> int:
    return int(at.timestamp() // LASTS.total_seconds())


def _code(account: int, slot: int) -> str:
    digest = salted_hmac("qipan.accounts.hall_codes", f"{account}|{slot}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"
