"""Tells whoever runs the node of calls that are turned away before it is known whose they are: of these, nothing is on record."""

import logging
from collections import Counter

from qipan.faces.look.exchange_words import refusal_said

EVERY_SECONDS = 60.0
_log = logging.getLogger(__name__)


class TurnedAway:
    """Counts them by reason, and says each reason at most once a minute, so that a flood of them fills no disk."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._said: dict[str, float] = {}

    def tell(self, code: str, now: float) -> None:
        """Count one; ``now`` is in seconds of a clock that only grows."""
        self._count[code] += 1
        if now - self._said.get(code, now - EVERY_SECONDS) < EVERY_SECONDS:
            return
        self._said[code] = now
        words = refusal_said(code)
        _log.warning("%s calls turned away: %s %s %s", self._count.pop(code), code, words.zh, words.en)
