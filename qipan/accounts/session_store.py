"""The session of account pages: kept here and not in the browser, as it holds codes and counts wrong ones.

Note [Two sessions]
A page reads who is signed in with the one statement that finds the person, and needs nothing else of a session: what a choice of sample
resident or an official's desk keeps stays in a signed cookie (decision 0002). A sign-in under way is another thing: allauth
keeps the code it sent, how often a wrong one was typed and a passkey's challenge in the session. In a cookie the code could be read,
and an older cookie sent again would count from nothing. So account pages, and they alone, have a session in a row, whose key is in a
cookie of its own; once signed in, that row is the device.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from qipan.accounts import operations, queries
from qipan.core.posts import FACTORS

KEY_BYTES = 32
SHOWN = "account_authentication_methods"  # allauth's


class AccountSession(SessionBase):
    """A session in ``account_sessions``; ``agent`` and ``address`` are what its device says of itself."""

    def __init__(self, session_key: str | None = None, *, agent: str = "", address: str = "") -> None:
        super().__init__(session_key)
        self._agent, self._address = agent, address

    def load(self) -> dict[str, Any]:
        """Read it; an empty one where it is over, or was never there."""
        sealed = queries.kept_session(self.session_key, timezone.now()) if self.session_key else None
        if sealed is None:
            self._session_key = None
            return {}
        try:
            content: dict[str, Any] = self.decode(_box().decrypt(sealed.encode()).decode())
        except InvalidToken:
            return {}
        return content

    def create(self) -> None:
        """Begin one under a new key, with what it holds already."""
        self._session_key = secrets.token_urlsafe(KEY_BYTES)
        self.modified = True
        self.save(must_create=True)

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 -- as Django calls it
        """Keep it, and whose it is once they are signed in; raises UpdateError where it was ended meanwhile."""
        if self.session_key is None:
            self.create()
            return
        content = {} if must_create and not hasattr(self, "_session_cache") else dict(self.items())
        now, account = timezone.now(), content.get(SESSION_KEY)
        kept = operations.keep_session(
            key=self.session_key,
            new=must_create,
            account=int(account) if account else None,
            content=_box().encrypt(self.encode(content).encode()).decode(),
            agent=self._agent,
            address=self._address,
            at=now,
            until=now + timedelta(seconds=settings.SESSION_COOKIE_AGE),
            second_factor_at=_factor_shown(content.get(SHOWN, ())) if account else None,
        )
        if not kept:
            raise UpdateError

    def exists(self, session_key: str) -> bool:
        """Whether a key is in use."""
        return queries.kept_session(session_key, timezone.now()) is not None

    def delete(self, session_key: str | None = None) -> None:
        """End it."""
        key = session_key or self.session_key
        if key:
            operations.drop_session(key=key)


def _factor_shown(shown: Sequence[Mapping[str, Any]]) -> datetime | None:
    """When one of the second factors that open a desk was last shown, by what allauth notes of a sign-in."""
    times = [one["at"] for one in shown if one.get("method") == "mfa" and one.get("type") in FACTORS]
    return datetime.fromtimestamp(max(times), UTC) if times else None


@lru_cache(maxsize=1)
def _box() -> Fernet:
    key = salted_hmac("qipan.accounts.session_store", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
