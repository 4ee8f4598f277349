"""The rows of accounts' queries."""

from datetime import datetime
from typing import NamedTuple


class SignedIn(NamedTuple):
    """Who is signed in on a device; ``person`` and ``name`` only once they are real-named."""

    account: int
    phone: str
    person: int | None
    name: str
    level: int
    seen_at: datetime


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


class KeptSession(NamedTuple):
    """What is kept of a device's sign-in, sealed."""

    content: str
