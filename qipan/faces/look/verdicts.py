"""Checking what somebody sends against whom this node believes, and what it knows; nothing of it is kept."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from qipan import reader
from qipan.certificates import checking, queries, showings
from qipan.certificates.checking import Standing, Verdict
from qipan.core.copies import Terms

LARGEST = 8 * 1024 * 1024  # bytes


def verdict_on(content: bytes) -> Verdict:
    """Say what can be said of a file; one that is too large cannot be read."""
    with reader.as_platform():
        trust = queries.trust()
        taken = content if len(content) <= LARGEST else b""
        return checking.check(taken, trust, timezone.now(), _standing, _taken_back)


def _standing(claims: Mapping[str, Any]) -> Standing | None:
    number = claims.get("number")
    return queries.standing(str(number)) if number else None


def _taken_back(terms: Terms) -> bool | None:
    """Whether it was taken back; None of what was not shown here."""
    found, of = showings.showing(terms.showing), queries.certificate(terms.number)
    if found is None or of is None or found.certificate != of.id:
        return None
    return found.withdrawn_at is not None
