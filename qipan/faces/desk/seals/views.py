"""What the pages of seals and certificates show."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from qipan.catalogue import queries as catalogue
from qipan.certificates import queries
from qipan.certificates.rows import CertificateRow, SealLine, SealRow
from qipan.core.posts import Power
from qipan.faces.desk.seals.words import act_said, seal_state, standing
from qipan.faces.look.state_words import Said
from qipan.people.actors import Actor

OPEN = frozenset(("asked", "approved"))


class Line(NamedTuple):
    """A seal in the catalogue; ``waiting`` is whether an approval is awaited."""

    number: str
    agency: str
    state: Said
    waiting: bool
    asked_at: datetime
    ends: datetime | None


class Act(NamedTuple):
    """Something that was done with a seal."""

    act: str
    who: str
    reason: str
    at: datetime


class Use(NamedTuple):
    """A certificate, as lists at the desk show it."""

    number: str
    title: str
    state: Said
    issued_at: datetime


class SealPage(NamedTuple):
    """A seal; ``may`` are the acts that its state and one's post allow."""

    seal: SealRow
    state: Said
    acts: tuple[Act, ...]
    uses: tuple[Use, ...]
    total: int
    may: frozenset[str]


def lines(found: Sequence[SealLine], language: str) -> list[Line]:
    """The catalogue."""
    return [
        Line(
            one.number,
            one.name_zh if language.startswith("zh") else one.name_en or one.name_zh,
            seal_state(one.state),
            one.state in OPEN,
            one.asked_at,
            one.ends,
        )
        for one in found
    ]


def seal_page(seal: SealRow, official: Actor, today: date, language: str) -> SealPage:
    """One seal."""
    number = seal.number
    acts = tuple(
        Act(act_said(one.act), one.official, one.reason, one.at) for one in queries.seal_acts(number)
    )
    uses = tuple(use(one, today, language) for one in queries.sealed_with(number))
    return SealPage(
        seal, seal_state(seal.state), acts, uses, queries.seal_uses(number), frozenset(_may(seal, official))
    )


def use(row: CertificateRow, today: date, language: str) -> Use:
    """A certificate in a list."""
    kind = catalogue.library(row.library).certificates[row.type]
    return Use(row.number, kind.title.say(language), standing(row.standing(today)), row.issued_at)


def _may(seal: SealRow, official: Actor) -> set[str]:
    allowed: set[str] = set()
    if Power.SEAL_APPROVER in official.powers and seal.state in OPEN:
        allowed |= {"approve"} if official.id not in {seal.asked_by, seal.first_by} else set()
    if Power.SEAL_KEEPER in official.powers:
        allowed |= {
            "active": {"suspend", "destroy"},
            "suspended": {"resume", "destroy"},
            "asked": {"destroy"},
            "approved": {"destroy"},
        }.get(seal.state, set())
    return allowed
