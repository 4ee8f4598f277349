"""Telling people something outside the pages: a text message to a phone, or a letter to an e-mail address.

Which provider carries it is the operator's choice: a small HTTP service in front of it takes what `HttpNotices` sends. For
development, `FileNotices` writes each into a file that its owner alone can read.
"""

import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol

import httpx

SECONDS = 5.0
OURS_ALONE = 0o600


class NoticeNotSent(Exception):
    """The provider did not take the notice; the message holds neither the address nor the words."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What to tell: ``to`` is a phone number (E.164) or an e-mail address."""

    kind: Literal["sms", "email"]
    to: str
    text: str
    title: str = ""


class Notices(Protocol):
    """What carries notices."""

    def send(self, notice: Notice) -> None:
        """Hand it over; raises NoticeNotSent."""
        ...


class FileNotices:
    """Appends each notice to a file as a line of JSON, for development: nobody gets anything."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, notice: Notice) -> None:
        """Write it down; raises NoticeNotSent."""
        line = json.dumps(asdict(notice), ensure_ascii=False) + "\n"
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OURS_ALONE)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise NoticeNotSent(f"{self.path} cannot be written.") from error

    def sent(self) -> list[Notice]:
        """Read what was written, oldest first."""
        if not self.path.exists():
            return []
        return [Notice(**json.loads(line)) for line in self.path.read_text(encoding="utf-8").splitlines()]


class HttpNotices:
    """Posts each notice as JSON; ``X-Signature`` is the HMAC-SHA-256 of the body, in hexadecimal, under the shared key."""

    def __init__(self, address: str, key: str) -> None:
        self._address, self._key = address, key.encode()
        self._client = httpx.Client(timeout=SECONDS, follow_redirects=False)

    def send(self, notice: Notice) -> None:
        """Hand it to the provider; raises NoticeNotSent."""
        body = json.dumps(asdict(notice), ensure_ascii=False, sort_keys=True).encode()
        signature = hmac.new(self._key, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Signature": signature}
        try:
            answer = self._client.post(self._address, content=body, headers=headers)
        except httpx.HTTPError:
            raise NoticeNotSent("The provider of notices does not answer.") from None
        if not answer.is_success:
            raise NoticeNotSent(f"The provider of notices answers {answer.status_code}.")


@lru_cache(maxsize=4)
def notices_by(address: str, key: str) -> Notices:
    """Give what carries notices: to a provider (``https://…``) under a shared key, or into the file at a path."""
    return FileNotices(Path(address)) if file_of(address) else HttpNotices(address, key)


def file_of(address: str) -> str:
    """The name of the file that notices are written into; empty where a provider gets them."""
    return "" if address.startswith(("http://", "https://")) else Path(address).name
