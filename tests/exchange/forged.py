"""A call that is signed by hand: sent as it is, or changed on its way."""

import base64
from typing import Any

import httpx

from qipan.adapters.seals import PrivateKey
from qipan.core import envelope
from qipan.core.envelope import RequestEnvelope

ANSWER_SECONDS = 120
PATH = "/exchange/v1/look-up"


class Forged:
    """A signed call that can be sent as it is, or changed on its way."""

    def __init__(self, signed: RequestEnvelope, key: PrivateKey, body: bytes, address: str) -> None:
        self.envelope, self.body, self.address = signed, body, address
        self.seal = seal(key, signed.signed(), signed.suite if signed.suite in envelope.SUITES else "")

    @property
    def headers(self) -> dict[str, str]:
        """The headers that carry it."""
        return {
            "qipan-envelope": base64.b64encode(self.envelope.signed()).decode(),
            "qipan-signature": base64.b64encode(self.seal).decode(),
            "content-type": "application/json",
        }

    def send(self, **changes: Any) -> httpx.Response:
        """Send it; changes are those of httpx.request."""
        usual: dict[str, Any] = {
            "method": "POST", "url": self.address + PATH, "headers": self.headers, "content": self.body,
        }  # fmt: skip
        with httpx.Client(trust_env=False, timeout=ANSWER_SECONDS) as client:
            return client.request(**{**usual, **changes})


def seal(key: PrivateKey, written: bytes, suite: str = "") -> bytes:
    """The seal of one envelope that is signed alone."""
    message, places = envelope.seal_together(suite or str(key.suite), [written])
    return key.sign(message) + places[0]
