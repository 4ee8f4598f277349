"""From where to where an application's facts go: what the valve (qipan/core/valve.py) is told at each way to eyes and machines."""

from collections.abc import Mapping

from qipan.core.declarations import CertificateType, Library, Resource, Service
from qipan.core.walls import Purpose, Relation, Standing, Zone

OWN = Standing(Zone.INSIDE, Zone.OUTSIDE, Purpose.USE, consent=True, relation=Relation.OWN)
"""A person who sees their own application; also the clerk who serves them."""


def handling(library: Library, service: str, kind: str, via: str) -> Standing:
    """The agency that handles a case, and a fact of it that came this way (see ``FactSet``): whoever applied sent it to them."""
    taker = agency_zone(library, library.services[service].agency)
    return Standing(giver_zone(library, kind, via), taker, Purpose.USE, consent=True, relation=Relation.CASE)


def listing(library: Library, service: str) -> Standing:
    """The agency that tells its cases apart by who applied."""
    taker = agency_zone(library, library.services[service].agency)
    return Standing(Zone.OUTSIDE, taker, Purpose.RECOGNISE, consent=True, relation=Relation.CASE)


def looking_up(library: Library, agency: str) -> Standing:
    """The platform, which looks up with an agency what the person consented to, for what they apply for."""
    giver = agency_zone(library, agency)
    return Standing(giver, Zone.INSIDE, Purpose.USE, consent=True, relation=Relation.CASE)


def giver_zone(library: Library, kind: str, via: str) -> Zone:
    """Where a fact came from: the person, or the agency whose register, certificate or service gave it."""
    sections: Mapping[str, Mapping[str, Resource | CertificateType | Service]] = {
        "resource": library.resources, "certificate": library.certificates, "service": library.services,
    }  # fmt: skip
    found = sections.get(kind, {}).get(via.partition("(")[0])
    return agency_zone(library, found.agency) if found else Zone.OUTSIDE


def agency_zone(library: Library, kind: str) -> Zone:
    """The label of a kind of agency; what nobody declared stands outside."""
    agency = library.agencies.get(kind)
    return agency.zone if agency else Zone.OUTSIDE
