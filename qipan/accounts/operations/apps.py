"""Apps of agencies, and who signs in to them: registered, agreed to, withdrawn from, ended."""

import re
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client, Token

from qipan import reader, records
from qipan.accounts.app_keys import new_key
from qipan.accounts.errors import UnknownApp, UnsafeRedirect
from qipan.accounts.operations.sessions import record_act
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

SUBJECT_BYTES = 24
PLAIN = re.compile(r"[!-~]{1,500}", re.ASCII)
HERE = frozenset({"127.0.0.1", "localhost", "::1"})  # what is not encrypted does not leave the machine
PUBLISHED_AHEAD = timedelta(hours=2)  # apps keep the list of keys for an hour
STILL_READ = timedelta(days=1)
SCOPES = ("openid", "profile")

REGISTER = """
INSERT INTO apps (id, agency, name_zh, name_en, sector, created_at)
VALUES (%(id)s, %(agency)s, %(name_zh)s, %(name_en)s, %(sector)s, %(at)s)
"""
ADD_KEY = "INSERT INTO app_keys (app_id, sealed, begins_at, created_at) VALUES (%s, %s, %s, %s)"
END_KEYS = "UPDATE app_keys SET ends_at = %(until)s WHERE app_id = %(app)s AND ends_at IS NULL"
KNOW = """
INSERT INTO app_subjects (subject, sector, account_id)
SELECT %(subject)s, sector, %(account)s FROM apps WHERE id = %(app)s ON CONFLICT (sector, account_id) DO NOTHING
"""
AGREE = """
INSERT INTO app_consents (account_id, app_id, scopes, since, used_at, signed_in_at)
SELECT %(account)s, id, %(scopes)s, %(at)s, %(at)s, %(signed_in_at)s FROM apps WHERE id = %(app)s AND ended_at IS NULL
ON CONFLICT (account_id, app_id) DO UPDATE SET scopes = excluded.scopes, since = excluded.since,
  used_at = excluded.used_at, signed_in_at = excluded.signed_in_at
"""
USE = """
UPDATE app_consents SET used_at = %(at)s, signed_in_at = %(signed_in_at)s
WHERE account_id = %(account)s AND app_id = %(app)s AND scopes @> %(scopes)s
"""
WITHDRAW = "DELETE FROM app_consents WHERE account_id = %s AND app_id = %s"
WITHDRAW_ALL = "DELETE FROM app_consents WHERE app_id = %s"
END = "UPDATE apps SET ended_at = %s WHERE id = %s AND ended_at IS NULL"
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 4085180142))"


class Registered(NamedTuple):
    """What an app needs to know; the secret is kept as its hash, and told this once."""

    id: str
    secret: str


def register_app(
    *, agency: str, name_zh: str, name_en: str, sector: str, redirects: Sequence[str], at: datetime
) -> Registered:
    """Register an app of an agency with where it may be gone back to, to the letter, and a signing key of its own.

    Raises UnsafeRedirect.
    """
    for one in redirects:
        if not _safe(one):
            raise UnsafeRedirect(one)
    known = Registered(secrets.token_hex(12), secrets.token_urlsafe(32))
    client = Client(id=known.id, name=name_zh, scopes="\n".join(SCOPES), created_at=at)
    client.set_redirect_uris(list(redirects))
    client.set_secret(known.secret)
    named = {"id": known.id, "agency": agency, "name_zh": name_zh, "name_en": name_en}
    with reader.as_platform():
        client.save(force_insert=True)
        records.execute(REGISTER, {**named, "sector": sector or agency, "at": at})
        records.execute(ADD_KEY, [known.id, new_key(), at, at])
    _record("register_app", known.id, at, agency=agency, sector=sector or agency)
    return known


def renew_secret(*, app: str, at: datetime) -> str:
    """Give an app another secret in the place of the one before, and tell it this once; raises UnknownApp."""
    secret = secrets.token_urlsafe(32)
    with reader.as_platform():
        client = Client.objects.filter(id=app).first()
        if client is None:
            raise UnknownApp
        client.set_secret(secret)
        client.save(update_fields=["secret"])
    _record("renew_app_secret", app, at)
    return secret


def rotate_key(*, app: str, at: datetime) -> None:
    """Give an app another signing key: published now, used in two hours; the one before is read for a day more. Raises UnknownApp."""
    begins = at + PUBLISHED_AHEAD
    with reader.as_platform():
        if not records.execute(END_KEYS, {"app": app, "until": begins + STILL_READ}):
            raise UnknownApp
        records.execute(ADD_KEY, [app, new_key(), begins, at])
    _record("rotate_app_key", app, at)


def end_app(*, app: str, at: datetime) -> None:
    """Nobody signs in to this app any more, and every consent to it is over; raises UnknownApp."""
    with reader.as_platform():
        if not records.execute(END, [at, app]):
            raise UnknownApp
        records.execute(END_KEYS, {"app": app, "until": at})
        records.execute(WITHDRAW_ALL, [app])
        Client.objects.filter(id=app).delete()
    _record("end_app", app, at)


def agree(*, account: int, app: str, scopes: Collection[str], signed_in_at: datetime, at: datetime) -> None:
    """Somebody agrees that an app knows so much of them, and signs in to it; raises UnknownApp."""
    values = _values(account, app, scopes, signed_in_at, at)
    with reader.as_platform():
        records.execute(KNOW, {**values, "subject": secrets.token_urlsafe(SUBJECT_BYTES)})
        if not records.execute(AGREE, values):
            raise UnknownApp
    record_act(act="agree_to_app", account=account, at=at, app=app, scopes=sorted(scopes))


def sign_in_to_app(
    *, account: int, app: str, scopes: Collection[str], signed_in_at: datetime, at: datetime
) -> bool:
    """Sign in to an app by a consent given before; say whether there is one to so much."""
    with reader.as_platform():
        used = records.execute(USE, _values(account, app, scopes, signed_in_at, at)) == 1
    if used:
        record_act(act="sign_in_to_app", account=account, at=at, app=app, scopes=sorted(scopes))
    return used


def withdraw(*, account: int, app: str, at: datetime) -> bool:
    """Take a consent back: what the app holds opens nothing any more. Say whether there was one.

    The consent goes first: whoever is making a token of it holds its row, and is waited for.
    """
    with reader.as_platform():
        withdrawn = records.execute(WITHDRAW, [account, app]) == 1
        Token.objects.filter(user_id=account, client_id=app).delete()
    if withdrawn:
        record_act(act="withdraw_from_app", account=account, at=at, app=app)
    return withdrawn


def take_turns(*, code: str) -> None:
    """Whoever brings this code waits until whoever brought it before is done, so that it is good once."""
    records.execute(TAKE_TURNS, [code])


def _safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
        plain = PLAIN.fullmatch(address) is not None and parts.hostname is not None and parts.username is None
    except ValueError:
        return False
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    return plain and encrypted and not parts.fragment


def _values(
    account: int, app: str, scopes: Collection[str], signed_in_at: datetime, at: datetime
) -> dict[str, object]:
    known = {"account": account, "app": app, "scopes": sorted(scopes)}
    return {**known, "signed_in_at": signed_in_at, "at": at}


def _record(act: str, app: str, at: datetime, **details: object) -> None:
    ledger.append([SYSTEM.entry(act, f"app:{app}", **details)], at)
