"""Whether somebody is known well enough for what they apply for."""

from functools import lru_cache

from qipan.applications.errors import NotKnownWell
from qipan.catalogue import queries as catalogue
from qipan.core.assurance import USUAL, Assurance
from qipan.people.actors import Acting


@lru_cache(maxsize=1024)
def needed(version: int, event: str) -> Assurance:
    """How well a life event asks its applicant to be known: as well as that of its services which asks most."""
    library = catalogue.library(version)
    asked = (library.services[use.service].assurance for use in library.events[event].services)
    return Assurance(max(asked, default=USUAL))


def assure(acting: Acting, version: int, event: str) -> None:
    """Raises NotKnownWell where whoever acts is not known well enough; a clerk has the person before them."""
    level = needed(version, event)
    if acting.actor.level < level:
        raise NotKnownWell(level=int(level))
