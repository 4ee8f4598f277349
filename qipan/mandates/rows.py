"""The rows of mandates' queries."""

from datetime import date, datetime
from typing import NamedTuple

from qipan.core import mandates
from qipan.core.mandates import Kind, Mandate, Standing


class MandateRow(NamedTuple):
    """A mandate with the names of both parties; ``principal_kind`` is ``person`` or ``organization``."""

    id: int
    kind: str
    principal: int
    agent: int
    events: tuple[str, ...]
    ends_on: date
    given_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    principal_name: str
    principal_number: str
    principal_kind: str
    agent_name: str
    used_at: datetime | None = None

    @property
    def mandate(self) -> Mandate:
        """What the core decides on."""
        return Mandate(
            self.id,
            Kind(self.kind),
            self.principal,
            self.agent,
            self.events,
            self.ends_on,
            self.accepted_at is not None,
            self.ended_at is not None,
        )

    def standing(self, on: date) -> Standing:
        """How it stands on a day."""
        return mandates.standing(self.mandate, on)


class ToldRow(NamedTuple):
    """A mandate as one of its sides is told of it, at the verified phone of their account; ``email`` may be empty."""

    kind: str
    principal_name: str
    agent_name: str
    ends_on: date
    phone: str
    email: str
