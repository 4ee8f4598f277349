"""Who may act for whom, in what, until when: the one rule that every act on behalf of another passes.

A mandate 委托 is given by its principal, a person or an enterprise, to an agent, a person. It names life events, and whoever holds it
cannot pass it on: giving mandates is the principal's alone, and for an enterprise its legal representative's.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Kind(StrEnum):
    """REPRESENTATIVE: the register of enterprises names them. AGENT: an enterprise's staff. FAMILY: one person for another."""

    REPRESENTATIVE = "representative"
    AGENT = "agent"
    FAMILY = "family"


class Standing(StrEnum):
    """How a mandate stands on a day; only IN_FORCE permits anything."""

    OFFERED = "offered"
    IN_FORCE = "in-force"
    EXPIRED = "expired"
    ENDED = "ended"


LONGEST: Final[Mapping[Kind, timedelta]] = MappingProxyType(
    {
        Kind.REPRESENTATIVE: timedelta(days=90),  # then the register is asked again
        Kind.AGENT: timedelta(days=366),
        Kind.FAMILY: timedelta(days=366),
    }
)
SUBJECTS: Final[Mapping[Kind, str]] = MappingProxyType(
    {Kind.REPRESENTATIVE: "enterprise", Kind.AGENT: "enterprise", Kind.FAMILY: "person"}
)
"""Whose life events a mandate can be about, as the library says of each."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate as it was given; ``ends_on`` is its last day. Without ``events``, a representative's, it is for all of its subject's."""

    id: int
    kind: Kind
    principal: int
    agent: int
    events: tuple[str, ...]
    ends_on: date
    accepted: bool
    ended: bool

    @property
    def whole(self) -> bool:
        """Whether the agent stands in the principal's own place: a legal representative does."""
        return self.kind is Kind.REPRESENTATIVE


def standing(mandate: Mandate, on: date) -> Standing:
    """Say how a mandate stands; one that was ended stays so, accepted or not, in time or not."""
    if mandate.ended:
        return Standing.ENDED
    if on > mandate.ends_on:
        return Standing.EXPIRED
    return Standing.IN_FORCE if mandate.accepted else Standing.OFFERED


def permits(mandate: Mandate, agent: int, on: date) -> bool:
    """Whether this agent may act under a mandate at all on this day."""
    held = mandate.agent == agent != mandate.principal
    sound = mandate.whole or bool(mandate.events)
    return held and sound and standing(mandate, on) is Standing.IN_FORCE


def covers(mandate: Mandate, event: str, subject: str) -> bool:
    """Whether a mandate is about a life event, whose ``subject`` the library names: ``person`` or ``enterprise``."""
    return subject == SUBJECTS[mandate.kind] and (mandate.whole or event in mandate.events)


def permitted_scope(kind: Kind, wanted: Iterable[str], subjects: Mapping[str, str]) -> tuple[str, ...]:
    """Keep, in order and once each, the wanted life events that a mandate of this kind can be about."""
    return tuple(sorted(event for event in set(wanted) if subjects.get(event) == SUBJECTS[kind]))


def permitted_end(kind: Kind, ends_on: date, on: date) -> bool:
    """Whether a mandate given on this day may end on that one."""
    return on <= ends_on <= on + LONGEST[kind]


def widens(before: Collection[str], after: Collection[str]) -> bool:
    """Whether a new scope permits anything that the old one does not."""
    return not set(after) <= set(before)
