"""Checking what somebody sends against whom this node believes, what it knows, and what the node knows that issued it; nothing of it is kept."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone

from qipan import reader
from qipan.adapters.peer_standing import PeerStanding
from qipan.certificates import checking, queries, showings
from qipan.certificates.checking import Standing, Trust, Verdict
from qipan.certificates.elsewhere import Elsewhere
from qipan.core.copies import Terms

LARGEST = 8 * 1024 * 1024  # bytes


def verdict_on(content: bytes) -> Verdict:
    """Say what can be said of a file; one that is too large cannot be read."""
    with reader.as_platform():
        trust = queries.trust()
        taken = content if len(content) <= LARGEST else b""
        found = checking.check(taken, trust, timezone.now(), _standing, _taken_back)
    return asked(found, trust)


def asked(found: Verdict, trust: Trust) -> Verdict:
    """With how it stands at the node that issued it, where that is another; it is asked through the gateway, and may be silent."""
    if not found.genuine or found.standing is not None or found.node in {"", settings.QIPAN_NODE}:
        return found
    return checking.asked_elsewhere(found, _elsewhere().standing(found, trust, timezone.now()))


@cache
def _elsewhere() -> Elsewhere:
    """This process's."""
    return Elsewhere(PeerStanding(settings.QIPAN_GATEWAY, settings.GATEWAY_SECRET, settings.QIPAN_PATIENCE))


def _standing(claims: Mapping[str, Any]) -> Standing | None:
    number = claims.get("number")
    return queries.standing(str(number)) if number else None


def _taken_back(terms: Terms) -> bool | None:
    """Whether it was taken back; None of what was not shown here."""
    found, of = showings.showing(terms.showing), queries.certificate(terms.number)
    if found is None or of is None or found.certificate != of.id:
        return None
    return found.withdrawn_at is not None
