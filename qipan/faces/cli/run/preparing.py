"""Preparing a database: tables, the library, the agencies, and for the demo its sample people. Twice does no more than once."""

from collections.abc import Container, Iterable, Iterator

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from qipan.adapters import divisions
from qipan.agencies import operations as agencies
from qipan.agencies import queries as agency_queries
from qipan.catalogue import operations as catalogue
from qipan.catalogue import queries as published
from qipan.core.declarations import Level, Library
from qipan.core.posts import Power
from qipan.people import operations as people
from qipan.people.rows import NewPerson
from qipan.sample.cast import CastMember
from qipan.sample.seeding import registers_of
from qipan.sample.shares import SampleNode, held_by
from qipan.sharing import queries as sharing
from qipan.sharing import signers
from qipan.sharing.holding import highest_of
from qipan.site import rights

PROVINCE = "33"
CLERKS = "government_service_center"
WATCHING = "data_bureau"  # where disputes are settled, and data sharing is audited
EVERY: Container[str] = ()
STORY = (PROVINCE, "330100", "330106")  # where the sample people live: Zhejiang, Hangzhou, Xihu


def prepare() -> int:
    """Bring the tables up to date, publish the library, establish the agencies; give the library's number.

    Raises UnableToPublish.
    """
    rights.migrate()
    with transaction.atomic():
        before = published.current_version()
        number = catalogue.publish_library(folder=settings.QIPAN_LIBRARY, at=timezone.now())
        if number != before:
            library = published.library(number)
            agencies.establish_agencies(
                library=library, divisions=divisions.sample_divisions(), under=PROVINCE
            )
    return number


def admit_cast(cast: Iterable[CastMember]) -> None:
    """Admit the demo's residents."""
    with transaction.atomic():
        people.admit_persons(
            persons=[
                NewPerson(one.id_number, one.name, one.phone, one.story_zh, one.story_en, True)
                for one in cast
            ],
            at=timezone.now(),
        )


def appoint_officials(library: Library, under: str = PROVINCE, kinds: Container[str] = EVERY) -> None:
    """Put a sample official in post at every agency in a division that handles a service, and a clerk at every service centre.

    Only at those of these ``kinds``, where any are named.
    """
    handling = {one for one in _handling(library, under) if kinds is EVERY or one.partition(".")[2] in kinds}
    clerks = {agency for agency in handling if agency.endswith(f".{CLERKS}")}
    with transaction.atomic():
        people.appoint_sample_officials(agencies=handling - clerks, clerks=clerks, at=timezone.now())


def appoint_sharers(library: Library) -> None:
    """Put sample officials in post who ask for shared data, who answer for it, who watch, who settle disputes, and who manage posts."""
    powers = set(_sharing(library))
    with transaction.atomic():
        people.appoint_sample_officials(agencies=(), powers=powers, at=timezone.now())


def appoint_sharers_of(node: SampleNode, library: Library) -> None:
    """The same for what one node holds, and the agencies that it speaks for."""
    powers = set(_sharing_at(node, library))
    with transaction.atomic():
        people.appoint_sample_officials(agencies=(), powers=powers, at=timezone.now())


def stand_alone() -> None:
    """Let an installation that takes part in no exchange sign for its agencies: it makes a list of itself."""
    if settings.QIPAN_NODE:
        return
    with transaction.atomic():
        signers.stand_alone(
            home=settings.QIPAN_HOME,
            suite=settings.QIPAN_GATEWAY_SUITE,
            title_zh="本节点",
            title_en="This node",
            address=settings.QIPAN_GATEWAY,
            at=timezone.now(),
        )


def _sharing(library: Library) -> Iterator[tuple[str, Power]]:
    """Approvers stand at the highest agency of each kind that shares, requesters and managers at those of the story's places."""
    for kind in {resource.agency for resource in library.resources.values()}:
        if provider := sharing.provider_of(kind, STORY[-1]):
            yield provider, Power.APPROVER
    yield from _asking(library, library.agencies, STORY)
    yield from _watching(library, PROVINCE)


def _sharing_at(node: SampleNode, library: Library) -> Iterator[tuple[str, Power]]:
    held = held_by(node, registers_of(library))
    kinds = {
        one.agency for one in library.resources.values() if one.source and one.source["register"] in held
    }
    for kind in kinds:
        highest = highest_of(kind, node.division)
        for place in STORY[1:] if not highest else STORY[:1]:
            yield highest or sharing.provider_of(kind, place), Power.APPROVER
    yield from _asking(library, node.kinds or library.agencies, node.places)
    yield from _watching(library, node.places[0])


def _asking(library: Library, kinds: Iterable[str], places: Iterable[str]) -> Iterator[tuple[str, Power]]:
    for place in places:
        level = _level(place)
        for kind in kinds:
            if kind in library.agencies and level in library.agencies[kind].levels:
                code = agency_queries.agency_code(kind, level, place)
                yield from ((code, power) for power in (Power.REQUESTER, Power.MANAGER))


def watching_at(place: str) -> str:
    """The office of a place where data sharing is audited and seals are kept."""
    return agency_queries.agency_code(WATCHING, _level(place), place)


def _watching(library: Library, place: str) -> Iterator[tuple[str, Power]]:
    if WATCHING in library.agencies:
        watching = watching_at(place)
        yield from ((watching, power) for power in (Power.AUDITOR, Power.COORDINATOR))


def _level(place: str) -> Level:
    if place in {PROVINCE, f"{PROVINCE}0000"}:
        return Level.PROVINCE
    return Level.CITY if place.endswith("00") else Level.COUNTY


def _handling(library: Library, under: str) -> Iterator[str]:
    places = divisions.sample_divisions()
    wanted = {(service.agency, service.level) for service in library.services.values()}
    clerks = library.agencies.get(CLERKS)
    wanted |= {(CLERKS, level) for level in clerks.levels} if clerks else set()
    for kind, level in wanted:
        for place in places.at(level, under=under) if level is not Level.GRID else ():
            yield agency_queries.agency_code(kind, level, place.code)
