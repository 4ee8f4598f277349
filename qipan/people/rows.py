"""The rows of people's queries."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from qipan.core.posts import Power, Seat


class PersonRow(NamedTuple):
    """A person, or an enterprise of ``kind`` organization with its credit code as number; the story introduces a sample person."""

    id: int
    id_number: str
    name: str
    phone: str
    story_zh: str
    story_en: str
    sample: bool
    kind: str


class OfficialRow(NamedTuple):
    """An official in one of their posts; without ``services``, its powers are over all of the agency's."""

    id: int
    name: str
    agency: str
    post: str
    services: tuple[str, ...]
    powers: tuple[str, ...]
    sample: bool

    @property
    def clerk(self) -> bool:
        """Whether they may apply for people who are present."""
        return Power.SERVE in self.powers


class HeldRow(NamedTuple):
    """Whose post, and its leaves as beginning, end and substitute; ``name`` and ``sample`` are of whom it is read for."""

    official: int
    post: int
    agency: str
    powers: tuple[str, ...]
    begins: datetime | None
    ends: datetime | None
    leaves: Sequence[tuple[str, str, int | None]]
    title: str
    services: tuple[str, ...]
    name: str
    sample: bool
    confirmed: bool
    tenure: int
    holder: str


class SeatRow(NamedTuple):
    """What an official may act as."""

    official: int
    held: HeldRow
    seat: Seat

    @property
    def key(self) -> str:
        """Tells it from their others: the number of the post, and for whom."""
        return (
            f"{self.seat.post}"
            if self.seat.stands_in_for is None
            else f"{self.seat.post}.{self.seat.stands_in_for}"
        )


class ApiKeyRow(NamedTuple):
    """A key of an agency's own system; the key itself is kept nowhere."""

    id: int
    label: str
    created_at: datetime
    revoked_at: datetime | None


class NewPerson(NamedTuple):
    """A person to admit."""

    id_number: str
    name: str
    phone: str = ""
    story_zh: str = ""
    story_en: str = ""
    sample: bool = False
