"""Asking other nodes about records of calls, through the inside of this node's gateway, which signs and verifies."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx

SECONDS = 15.0
LARGEST = 1024 * 1024 + 1024  # bytes of an answer


class PeerSilent(Exception):
    """The other node does not answer, or its answer is not its own; the message is the code."""


class PeerRecords(NamedTuple):
    """One other node, by way of our gateway."""

    gateway: str
    secret: str
    peer: str

    def ask(self, asked: Mapping[str, object]) -> dict[str, Any]:
        """Put a question; raises PeerSilent."""
        try:
            answer = httpx.post(
                f"{self.gateway}/records",
                json={"peer": self.peer, "asked": asked},
                headers={"Authorization": f"Bearer {self.secret}"},
                timeout=SECONDS,
                trust_env=False,
                follow_redirects=False,
            )
            found = answer.json() if len(answer.content) <= LARGEST else None
        except (httpx.HTTPError, ValueError) as error:
            raise PeerSilent(type(error).__name__) from None
        if answer.status_code != httpx.codes.OK or not isinstance(found, dict):
            raise PeerSilent(str(found.get("code")) if isinstance(found, dict) else "not-an-answer")
        return found
