"""The e-mail address that an account has beside its phone, so that its owner is told by two ways."""

from datetime import datetime

from qipan import reader, records
from qipan.accounts.operations.sessions import record_act

KEEP = "UPDATE accounts SET email = %s WHERE id = %s AND email <> %s"


def confirm_email(*, account: int, email: str, at: datetime) -> None:
    """Keep an address whose owner followed the link that was sent there."""
    if _keep(account, email):
        record_act(act="confirm_email", account=account, at=at)


def drop_email(*, account: int, at: datetime) -> None:
    """Write there no more."""
    if _keep(account, ""):
        record_act(act="drop_email", account=account, at=at)


def _keep(account: int, email: str) -> bool:
    with reader.as_platform():
        return records.execute(KEEP, [email, account, email]) == 1
