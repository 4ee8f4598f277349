"""The kinds of findings, and how each can be decided."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What was found."""

    VOLUME = "volume"  # one official read unusually much in a day
    IDLE = "idle"  # … of many people, and did nothing for them
    OFF_HOURS = "off_hours"  # … at night or on days of rest
    CLOSED = "closed"  # … in cases that were over
    NAMESAKE = "namesake"  # … of somebody of their own name
    SOUGHT = "sought"  # one person was read by unusually many officials
    GRANT_VOLUME = "grant_volume"  # unusually many rows passed under a grant in a day
    ONE_SIDED = "one_sided"  # a call that only one node put on record, or that both tell differently
    SILENT = "silent"  # a node does not compare its records with ours


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    JUSTIFIED = "justified"
    MISUSE = "misuse"
    RESOLVED = "resolved"


RECORDS: Final = frozenset({Kind.ONE_SIDED, Kind.SILENT})
"""Findings about records that do not meet; all others are about use."""
DAILY: Final[Mapping[Kind, float]] = {Kind.VOLUME: 20, Kind.IDLE: 8, Kind.OFF_HOURS: 4, Kind.CLOSED: 3}
"""What is counted of each official and day, and the least of it that is ever held to be usual."""
SOUGHT_FLOOR = 4.0  # officials who read one person within a week
GRANT_FLOOR = 100.0  # rows a day


def verdicts(kind: Kind) -> tuple[State, ...]:
    """How a finding can be decided."""
    return (State.RESOLVED,) if kind in RECORDS else (State.JUSTIFIED, State.MISUSE)
