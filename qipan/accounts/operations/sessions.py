"""Devices that are signed in, and what is put on record about accounts."""

from datetime import datetime, timedelta

from qipan import reader, records
from qipan.accounts.queries import digest_of
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry

UNVERIFIED_KEPT = timedelta(hours=1)
LONGEST_AGENT, LONGEST_ADDRESS = 300, 45

BEGIN = """
INSERT INTO account_sessions (digest, account_id, content, agent, address, created_at, seen_at, expires_at, second_factor_at)
VALUES (%(digest)s, %(account)s, %(content)s, %(agent)s, %(address)s, %(at)s, %(at)s, %(until)s, %(factor)s)
"""
KEEP = """
UPDATE account_sessions SET account_id = %(account)s, content = %(content)s, seen_at = %(at)s, second_factor_at = %(factor)s
WHERE digest = %(digest)s AND expires_at > %(at)s
"""
SEEN = "UPDATE account_sessions SET seen_at = %s WHERE digest = %s"
END = "DELETE FROM account_sessions WHERE account_id = %s AND digest = %s"
END_OTHERS = "DELETE FROM account_sessions WHERE account_id = %s AND digest <> %s"
FORGET_SESSIONS = "DELETE FROM account_sessions WHERE expires_at < %s"
FORGET_UNVERIFIED = "DELETE FROM accounts WHERE NOT phone_verified AND created_at < %s"


def keep_session(
    *,
    key: str,
    new: bool,
    account: int | None,
    content: str,
    agent: str,
    address: str,
    at: datetime,
    until: datetime,
    second_factor_at: datetime | None = None,
) -> bool:
    """Keep a sign-in, begun or going on; say whether it was there to go on: one that was ended stays so."""
    values = {
        "digest": digest_of(key),
        "account": account,
        "content": content,
        "agent": agent[:LONGEST_AGENT],
        "address": address[:LONGEST_ADDRESS],
        "at": at,
        "until": until,
        "factor": second_factor_at,
    }
    with reader.as_platform():
        return records.execute(BEGIN if new else KEEP, values) == 1


def drop_session(*, key: str) -> None:
    """Forget a sign-in, as on signing out."""
    with reader.as_platform():
        records.execute("DELETE FROM account_sessions WHERE digest = %s", [digest_of(key)])


def see_device(*, key: str, at: datetime) -> None:
    """Note that a device is in use."""
    with reader.as_platform():
        records.execute(SEEN, [at, digest_of(key)])


def end_device(*, account: int, digest: bytes, at: datetime) -> bool:
    """Sign one of an account's devices out; say whether it was signed in."""
    with reader.as_platform():
        ended = records.execute(END, [account, digest]) == 1
    if ended:
        record_act(act="end_device", account=account, at=at)
    return ended


def end_other_devices(*, account: int, key: str, at: datetime) -> int:
    """Sign an account out everywhere but on the device of this key; give on how many."""
    with reader.as_platform():
        ended = records.execute(END_OTHERS, [account, digest_of(key)])
    record_act(act="end_other_devices", account=account, at=at, count=ended)
    return ended


def record_act(*, act: str, account: int, at: datetime, **details: object) -> None:
    """Put into the trail what somebody did with their account."""
    ledger.append([NewEntry(act, "account", account, None, f"account:{account}", details)], at)


def forget_what_is_over(*, at: datetime) -> int:
    """Drop sessions that ended and accounts whose number nobody proved to have; give how many accounts."""
    with reader.as_platform():
        records.execute(FORGET_SESSIONS, [at])
        return records.execute(FORGET_UNVERIFIED, [at - UNVERIFIED_KEPT])
