"""Who acts, and for whom: what every operation is told, and what the trail says."""

from dataclasses import dataclass
from typing import Literal

from qipan.core.assurance import Assurance
from qipan.ledger.entries import NewEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone signed in, or the platform itself; without ``services``, an official handles all of the agency's.

    ``role`` is an official's in the sharing of data: qipan/core/sharing.py. ``level`` is how sure the platform is of who a person
    is; whoever stands at a window, or is a synthetic resident, has been seen.
    """

    kind: Literal["person", "official", "account", "system"]
    id: int
    name: str = ""
    agency: str = ""
    services: tuple[str, ...] = ()
    clerk: bool = False
    role: str = ""
    level: Assurance = Assurance.IN_PERSON


@dataclass(frozen=True, slots=True)
class Acting:
    """An actor at work: for themselves, or on behalf of a person who is present; ``under`` says on what authority."""

    actor: Actor
    on_behalf_of: int | None = None
    under: str = ""

    def entry(self, act: str, subject: str, **details: object) -> NewEntry:
        """Put an act into words for the trail."""
        if self.under:
            details = {**details, "under": self.under}
        return NewEntry(act, self.actor.kind, self.actor.id, self.on_behalf_of, subject, details)

    @property
    def applicant(self) -> int:
        """For whom they may apply, answer and withdraw: themselves, or the person whom a clerk serves; 0 for nobody."""
        if self.actor.kind == "person":
            return self.actor.id
        return (self.actor.clerk and self.on_behalf_of) or 0

    def may_apply_for(self, person: int) -> bool:
        """Whether they may apply, answer and withdraw for this person."""
        return person != 0 and self.applicant == person

    def handles(self, agency: str, service: str) -> bool:
        """Whether a case of this agency and service is theirs to handle."""
        mine = self.actor.kind == "official" and self.actor.agency == agency
        return mine and (not self.actor.services or service in self.actor.services)


SYSTEM = Acting(Actor("system", 0))
