"""Fetching another node's signed list of which certificates hold, through the inside of this node's gateway."""

from typing import NamedTuple

import httpx

from qipan.adapters.peer_records import PeerSilent

SECONDS = 6.0
LARGEST = 1024 * 1024  # bytes of a list


class PeerStanding(NamedTuple):
    """By way of our gateway; ``patience`` is by how much slower than usual everything may be."""

    gateway: str
    secret: str
    patience: float = 1.0

    def list_of(self, peer: str, number: int) -> str:
        """Fetch a list; whether it is that node's own is the caller's to see. Raises PeerSilent."""
        try:
            answer = httpx.post(
                f"{self.gateway}/standing",
                json={"list": number, "peer": peer},
                headers={"Authorization": f"Bearer {self.secret}"},
                timeout=SECONDS * self.patience,
                trust_env=False,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            raise PeerSilent(type(error).__name__) from None
        if answer.status_code != httpx.codes.OK or len(answer.content) > LARGEST:
            raise PeerSilent(str(answer.status_code))
        return answer.text
