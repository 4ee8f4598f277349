"""Reads about accounts. They run as the platform: see the table of walls in docs/handbook/walls.md."""

import hashlib
from datetime import datetime

from qipan import reader, records
from qipan.accounts.rows import AccountRow, Device, KeptSession, SignedIn

SIGNED_IN = """
SELECT a.id, a.phone, p.id, coalesce(p.name, ''), a.level, s.seen_at
FROM account_sessions s JOIN accounts a ON a.id = s.account_id LEFT JOIN persons p ON p.id = a.person_id
WHERE s.digest = %s AND s.expires_at > %s AND a.is_active AND a.phone_verified
"""
ACCOUNT = """
SELECT a.id, a.phone, p.id, coalesce(p.name, ''), coalesce(p.id_number, ''), a.level, a.password NOT LIKE '!%%'
FROM accounts a LEFT JOIN persons p ON p.id = a.person_id
"""
DEVICES = """
SELECT digest, agent, address, created_at, seen_at FROM account_sessions
WHERE account_id = %s AND expires_at > %s ORDER BY seen_at DESC, digest
"""
KEPT = "SELECT content FROM account_sessions WHERE digest = %s AND expires_at > %s"


def digest_of(key: str) -> bytes:
    """Hash the key of a device as it is kept; keys are random and long, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).digest()


def signed_in(key: str, at: datetime) -> SignedIn | None:
    """Say who is signed in on the device that has this key."""
    with reader.as_platform():
        return records.first(SignedIn, SIGNED_IN, [digest_of(key), at])


def account(number: int) -> AccountRow | None:
    """Find an account."""
    with reader.as_platform():
        return records.first(AccountRow, f"{ACCOUNT} WHERE a.id = %s", [number])


def account_of_person(person: int) -> AccountRow | None:
    """Find the account of a real-named person."""
    with reader.as_platform():
        return records.first(AccountRow, f"{ACCOUNT} WHERE a.person_id = %s", [person])


def by_verified_phone(phone: str) -> AccountRow | None:
    """Find the account of a verified number."""
    with reader.as_platform():
        return records.first(AccountRow, f"{ACCOUNT} WHERE a.phone = %s AND a.phone_verified", [phone])


def devices(number: int, at: datetime) -> list[Device]:
    """List the devices that an account is signed in on, the one used last first."""
    with reader.as_platform():
        return records.rows(Device, DEVICES, [number, at])


def kept_session(key: str, at: datetime) -> str | None:
    """Read what is kept of a sign-in, sealed."""
    with reader.as_platform():
        found = records.first(KeptSession, KEPT, [digest_of(key), at])
    return found.content if found else None
