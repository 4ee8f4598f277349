"""Who acts, and for whom: what every operation is told, and what the trail says."""

from dataclasses import dataclass
from typing import Literal

from qipan.core.assurance import Assurance
from qipan.core.mandates import Mandate, covers
from qipan.core.posts import Power
from qipan.core.sharing import Role
from qipan.ledger.entries import NewEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone signed in, or the platform itself.

    An official acts in one ``post`` (its number), with its ``powers``; without ``services``, for all of the agency's. Whoever acts in
    another's post while that one is away ``stands_in_for`` them. ``level`` is how sure the platform is of who a person is; whoever
    stands at a window, or is a synthetic resident, has been seen.
    """

    kind: Literal["person", "official", "account", "system"]
    id: int
    name: str = ""
    agency: str = ""
    services: tuple[str, ...] = ()
    powers: frozenset[Power] = frozenset()
    level: Assurance = Assurance.IN_PERSON
    post: int = 0
    stands_in_for: int | None = None

    @property
    def clerk(self) -> bool:
        """Whether they may apply for people who are present."""
        return Power.SERVE in self.powers

    @property
    def handling(self) -> str:
        """The agency whose cases are theirs to see and handle; empty where none are."""
        return self.agency if self.kind == "official" and Power.HANDLE in self.powers else ""

    @property
    def role(self) -> str:
        """What they do in the sharing of data, of which nobody does two things: qipan/core/sharing.py."""
        return next((str(role) for role in Role if Power(role) in self.powers), "")


@dataclass(frozen=True, slots=True)
class Acting:
    """An actor at work: for themselves, on behalf of a person who is present, or for another under a mandate in force.

    ``under`` says on what authority; the trail keeps it with every act.
    """

    actor: Actor
    on_behalf_of: int | None = None
    under: str = ""
    mandate: Mandate | None = None

    def entry(self, act: str, subject: str, **details: object) -> NewEntry:
        """Put an act into words for the trail."""
        if self.under:
            details = {**details, "under": self.under}
        if self.actor.post:
            details = {**details, "post": self.actor.post}
        if self.actor.stands_in_for is not None:
            details = {**details, "stands_in_for": self.actor.stands_in_for}
        return NewEntry(act, self.actor.kind, self.actor.id, self.on_behalf_of, subject, details)

    @property
    def applicant(self) -> int:
        """For whom they may apply, answer and withdraw: themselves, their mandate's principal, or whom a clerk serves; 0 for nobody."""
        if self.actor.kind == "person":
            return self.mandate.principal if self.mandate else self.actor.id
        return (self.actor.clerk and self.on_behalf_of) or 0

    @property
    def in_own_right(self) -> bool:
        """Whether all that is the applicant's is theirs to see and to give away, and not only what a mandate names."""
        return self.mandate is None or self.mandate.whole

    def may_apply_for(self, person: int) -> bool:
        """Whether they may apply, answer and withdraw for this person, in one life event at least."""
        return person != 0 and self.applicant == person

    def covers(self, event: str, subject: str) -> bool:
        """Whether they may act in a life event, whose subject the library names; without a mandate, in any."""
        return self.mandate is None or covers(self.mandate, event, subject)

    def handles(self, agency: str, service: str) -> bool:
        """Whether a case of this agency and service is theirs to handle."""
        mine = agency != "" and self.actor.handling == agency
        return mine and (not self.actor.services or service in self.actor.services)


SYSTEM = Acting(Actor("system", 0))


def under_mandate(actor: Actor, mandate: Mandate) -> Acting:
    """A person who acts for another under a mandate, which whoever makes this found to be in force."""
    return Acting(actor, mandate.principal, f"{mandate.kind}-mandate:{mandate.id}", mandate)
