"""What other nodes let this one look up: under the grants in force, for what is not held here.

A library's grants say what an event may take within one node. What another node holds is had under a grant that both signed, and
under nothing else: without one, with one that ended or was revoked, the plan does not count on it and asks the person.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from qipan.adapters.sources import addresses_of
from qipan.adapters.sources.nodes import SCHEME
from qipan.applications.planning import resources_of
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import GrantDeclaration, Resource
from qipan.core.elements import Field, element_name
from qipan.core.grants import Grant, Mode
from qipan.core.pool_index import PoolIndex
from qipan.exchange import queries

NOTHING: Mapping[str, "Agreement"] = {}
Agreed = frozenset[tuple[str, frozenset[Field]]]


class Agreement(NamedTuple):
    """The grant that a resource is looked up under in an event, none where nothing may be."""

    grant: Grant | None
    fields: frozenset[Field]

    def declared(self, resource: Resource, event: str) -> list[GrantDeclaration]:
        """The same as the valve reads it."""
        if self.grant is None:
            return []
        elements = frozenset(
            element_name(resource.parties[one.party].kind, one.word)
            for one in self.fields
            if one.party in resource.parties
        )
        return [GrantDeclaration(self.grant.id, resource.name, event, elements)]


def agreed_fields(version: int, event: str, today: date) -> Agreed:
    """What may be looked up of each resource that another node holds, for the planner; empty where all is held here."""
    return frozenset((name, one.fields) for name, one in agreements(version, event, today).items())


def agreements(version: int, event: str, today: date) -> Mapping[str, Agreement]:
    """By resource of an event that another node holds: the grant of most fields that covers every service which may need it.

    Of several alike it is the newest, so that a grant that follows another is used from the day it is signed.
    """
    away = _away(version, event)
    if not away:
        return NOTHING
    index = catalogue.pool(version)
    found = dict.fromkeys(away, Agreement(None, frozenset()))
    granted = queries.grants_in_force(settings.QIPAN_NODE, sorted(away))
    for grant in sorted(granted, key=lambda one: (one.begins, one.id)):
        resource = index.library.resources[grant.resource]
        fields = frozenset(one for one in resource.gives if str(one) in grant.fields)
        known = found[grant.resource].fields
        if fields and len(fields) >= len(known) and _serves(grant, event, today, index):
            found[grant.resource] = Agreement(grant, fields)
    return found


def _serves(grant: Grant, event: str, today: date, index: PoolIndex) -> bool:
    needing = {use.service for use in index.uses[grant.resource] if use.event == event}
    return (
        Mode.LOOK_UP in grant.modes
        and grant.event in {"", event}
        and (not grant.services or needing <= set(grant.services))
        and timezone.localdate(grant.begins) <= today <= timezone.localdate(grant.ends)
    )


def _away(version: int, event: str) -> frozenset[str]:
    """The resources of an event whose registers another node holds."""
    elsewhere = registers_elsewhere()
    return frozenset(_of(version, event, elsewhere)) if elsewhere else frozenset()


def _of(version: int, event: str, elsewhere: frozenset[str]) -> Iterator[str]:
    library = catalogue.library(version)
    for name in resources_of(version, event):
        source = library.resources[name].source
        if source is not None and str(source.get("register")) in elsewhere:
            yield name


@lru_cache(maxsize=1)
def registers_elsewhere() -> frozenset[str]:
    """The registers that another node holds, as registers.json says when the process starts."""
    if not settings.QIPAN_NODE:
        return frozenset()
    found = addresses_of(settings.QIPAN_REGISTERS)
    return frozenset(name for name, address in found.items() if address.startswith(SCHEME))
