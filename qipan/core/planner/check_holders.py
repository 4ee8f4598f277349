"""Whether those who shall hold a service's certificates are named by identity numbers that an official of it sees."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from qipan.core.declarations import Library, Service
from qipan.core.elements import Field, PartyKind
from qipan.core.plan import Problem
from qipan.core.planner.index import position_of

NUMBERS: Final[Mapping[PartyKind, str]] = MappingProxyType(
    {PartyKind.PERSON: "id_number", PartyKind.ORGANIZATION: "credit_code"}
)


def check_holders(library: Library) -> Iterator[Problem]:
    """Every holder who is named by anything else; and what would be held by others though nobody saw who they are."""
    for service in library.services.values():
        path = ("services", service.name, "holders")
        for field in service.holders:
            if not _names_somebody(service, field):
                values = {"name": str(field), "where": [*path, str(field)]}
                yield Problem("wrong-holder", "error", position_of(library, *path, str(field)), values)
        if service.holders and service.automatic is not None:
            yield Problem("unseen-holder", "error", position_of(library, *path), {"service": service.name})


def _names_somebody(service: Service, field: Field) -> bool:
    """Whether it is the identity number of one of the service's parties, and the service asks or gives it."""
    slot = service.parties.get(field.party)
    known = {need.field for need in service.needs} | {output.field for output in service.gives}
    return slot is not None and field.word == NUMBERS[slot.kind] and field in known
