"""The rows of accounts' queries."""

from datetime import datetime
from typing import NamedTuple


class SignedIn(NamedTuple):
    """Who is signed in on a device; ``person`` and ``name`` only once they are real-named.

    ``second_factor_at`` is when an authenticator or a passkey was last shown on it.
    """

    account: int
    phone: str
    person: int | None
    name: str
    level: int
    seen_at: datetime
    second_factor_at: datetime | None = None


class Device(NamedTuple):
    """A device that an account is signed in on; ``digest`` tells it from others and opens nothing."""

    digest: bytes
    agent: str
    address: str
    created_at: datetime
    seen_at: datetime


class AccountRow(NamedTuple):
    """An account as its owner sees it."""

    id: int
    phone: str
    person: int | None
    name: str
    id_number: str
    level: int
    has_password: bool
    email: str


class KeptSession(NamedTuple):
    """What is kept of a device's sign-in, sealed."""

    content: str


class AppRow(NamedTuple):
    """An app that people can sign in to, with its agency, and the only addresses that it may be gone back to."""

    id: str
    agency: str
    kind: str
    name_zh: str
    name_en: str
    agency_zh: str
    agency_en: str
    sector: str
    created_at: datetime
    redirects: tuple[str, ...]


class AppConsentRow(NamedTuple):
    """What an app may know of whom it is by, since when, and when it was last used."""

    app: str
    scopes: tuple[str, ...]
    since: datetime
    used_at: datetime


class AppKeyRow(NamedTuple):
    """A signing key, sealed."""

    app: str
    sealed: str
    begins_at: datetime
    ends_at: datetime | None
    created_at: datetime


class Subject(NamedTuple):
    """What an app calls somebody."""

    subject: str


class LetIn(NamedTuple):
    """Whose consent holds."""

    account: int


class KnownToApp(NamedTuple):
    """How sure the platform is of somebody, what they are called, and when they last showed that it is they."""

    level: int
    name: str
    signed_in_at: datetime
