"""Checking what somebody sends against whom this node believes, and what it knows; nothing of it is kept."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from qipan import reader
from qipan.certificates import checking, queries
from qipan.certificates.checking import Standing, Verdict

LARGEST = 8 * 1024 * 1024  # bytes


def verdict_on(content: bytes) -> Verdict:
    """Say what can be said of a file; one that is too large cannot be read."""
    with reader.as_platform():
        trust = queries.trust()
        return checking.check(content if len(content) <= LARGEST else b"", trust, timezone.now(), _standing)


def _standing(claims: Mapping[str, Any]) -> Standing | None:
    number = claims.get("number")
    return queries.standing(str(number)) if number else None
