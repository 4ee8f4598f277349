"""Whether somebody is known well enough for what they apply for, and may apply for it for whom they act."""

from functools import lru_cache

from qipan.applications.errors import NotCovered, NotKnownWell
from qipan.catalogue import queries as catalogue
from qipan.core.assurance import USUAL, Assurance
from qipan.people.actors import Acting


def is_theirs(acting: Acting, person: int, version: int, event: str) -> bool:
    """Whether they may act on what this person began or sent for a life event."""
    subject = catalogue.library(version).events[event].subject
    return acting.may_apply_for(person) and acting.covers(event, subject)


@lru_cache(maxsize=1024)
def needed(version: int, event: str) -> Assurance:
    """How well a life event asks its applicant to be known: as well as that of its services which asks most."""
    library = catalogue.library(version)
    asked = (library.services[use.service].assurance for use in library.events[event].services)
    return Assurance(max(asked, default=USUAL))


def assure(acting: Acting, version: int, event: str) -> None:
    """Raises NotCovered where a mandate does not name the life event, and NotKnownWell where whoever acts is not known well enough.

    A clerk has the person before them.
    """
    if not acting.covers(event, catalogue.library(version).events[event].subject):
        raise NotCovered
    level = needed(version, event)
    if acting.actor.level < level:
        raise NotKnownWell(level=int(level))
