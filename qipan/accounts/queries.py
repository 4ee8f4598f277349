"""Reads about accounts. They run as the platform: see the table of walls in docs/handbook/walls.md."""

import hashlib
from datetime import datetime

from qipan import reader, records
from qipan.accounts.rows import (
    AccountRow,
    AppConsentRow,
    AppKeyRow,
    AppRow,
    Device,
    KeptSession,
    KnownToApp,
    LetIn,
    SignedIn,
    Subject,
)

SIGNED_IN = """
SELECT a.id, a.phone, p.id, coalesce(p.name, ''), a.level, s.seen_at, s.second_factor_at
FROM account_sessions s JOIN accounts a ON a.id = s.account_id LEFT JOIN persons p ON p.id = a.person_id
WHERE s.digest = %s AND s.expires_at > %s AND a.is_active AND a.phone_verified
"""
ACCOUNT = """
SELECT a.id, a.phone, p.id, coalesce(p.name, ''), coalesce(p.id_number, ''), a.level, a.password NOT LIKE '!%%', a.email
FROM accounts a LEFT JOIN persons p ON p.id = a.person_id
"""
DEVICES = """
SELECT digest, agent, address, created_at, seen_at FROM account_sessions
WHERE account_id = %s AND expires_at > %s ORDER BY seen_at DESC, digest
"""
KEPT = "SELECT content FROM account_sessions WHERE digest = %s AND expires_at > %s"

APP = """
SELECT a.id, a.agency, coalesce(g.kind, ''), a.name_zh, a.name_en, coalesce(g.name_zh, a.agency), coalesce(g.name_en, ''),
  a.sector, a.created_at, string_to_array(c.redirect_uris, chr(10))
FROM apps a JOIN allauth_idp_oidc_client c ON c.id = a.id LEFT JOIN agencies g ON g.code = a.agency
WHERE a.ended_at IS NULL
"""
CONSENTS = "SELECT app_id, scopes, since, used_at FROM app_consents WHERE account_id = %s"
KEYS = "SELECT app_id, sealed, begins_at, ends_at, created_at FROM app_keys WHERE ends_at IS NULL OR ends_at > %s ORDER BY id"
SUBJECT = """
SELECT s.subject FROM app_subjects s JOIN apps a ON a.sector = s.sector WHERE s.account_id = %s AND a.id = %s
"""
LET_IN = """
SELECT c.account_id FROM app_subjects s JOIN apps a ON a.sector = s.sector
JOIN app_consents c ON c.account_id = s.account_id AND c.app_id = a.id
WHERE s.subject = %s AND a.id = %s AND a.ended_at IS NULL FOR SHARE OF c
"""
KNOWN = """
SELECT a.level, coalesce(p.name, ''), c.signed_in_at
FROM app_consents c JOIN accounts a ON a.id = c.account_id LEFT JOIN persons p ON p.id = a.person_id
WHERE c.account_id = %s AND c.app_id = %s
"""


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


def to_check(before: datetime, most: int) -> list[AccountRow]:
    """List the accounts of people whom the register was not asked for since, longest ago first."""
    due = "a.person_id IS NOT NULL AND a.is_active AND (a.checked_at IS NULL OR a.checked_at < %s)"
    with reader.as_platform():
        ordered = f"{ACCOUNT} WHERE {due} ORDER BY a.checked_at NULLS FIRST, a.id LIMIT %s"
        return records.rows(AccountRow, ordered, [before, most])


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


def app(number: str) -> AppRow | None:
    """Find an app that people can sign in to."""
    return records.first(AppRow, f"{APP} AND a.id = %s", [number])


def apps() -> list[AppRow]:
    """List the apps that people can sign in to, by agency and name."""
    return records.rows(AppRow, f"{APP} ORDER BY a.agency, a.name_zh, a.id")


def app_consents(account: int) -> dict[str, AppConsentRow]:
    """Give the consents of an account, by app, the one used last first."""
    with reader.as_platform():
        found = records.rows(AppConsentRow, f"{CONSENTS} ORDER BY used_at DESC, app_id", [account])
    return {one.app: one for one in found}


def app_keys(at: datetime) -> list[AppKeyRow]:
    """List the signing keys that are read now, also those that have not begun."""
    with reader.as_platform():
        return records.rows(AppKeyRow, KEYS, [at])


def subject_of(account: int, app: str) -> str:
    """What an app calls this account; empty before its owner agreed to an app of that sector."""
    with reader.as_platform():
        found = records.first(Subject, SUBJECT, [account, app])
    return found.subject if found else ""


def let_in(subject: str, app: str) -> int | None:
    """The account that an app calls so, while its owner's consent holds; in a transaction, it is not withdrawn before its end."""
    with reader.as_platform():
        found = records.first(LetIn, LET_IN, [subject, app])
    return found.account if found else None


def known_to_app(account: int, app: str) -> KnownToApp | None:
    """What can be told an app whose user consented to it."""
    with reader.as_platform():
        return records.first(KnownToApp, KNOWN, [account, app])
