"""Seals for the demo: each kind of agency that issues certificates has one where the story plays, asked for and approved by three.

Agencies elsewhere issue with the seal of the nearest above them, so the province's own have one too.
"""

from collections.abc import Collection, Iterator
from importlib import import_module

from django.db import transaction
from django.utils import timezone

from qipan.agencies import queries as agencies
from qipan.certificates.keeping import custody
from qipan.core.declarations import Level, Library
from qipan.core.posts import Power
from qipan.people import operations as people
from qipan.people import queries as people_queries
from qipan.people.actors import Acting
from qipan.sample.identifiers import agency_credit_code

KEEPERS = (
    ("孙用章", "印章申请", Power.SEAL_KEEPER),
    ("钱审批", "印章审批", Power.SEAL_APPROVER),
    ("周复核", "印章复核", Power.SEAL_APPROVER),
)
OPERATIONS = "qipan.certificates.operations"
NAME = "演示证照签发中心"
WIDER = frozenset((Level.PROVINCE, Level.CITY, Level.COUNTY))
LEVELS = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY}


def make_seals(library: Library, places: Collection[str], keepers_at: str) -> None:
    """Establish the issuers of the demo and make their seals; what is there stays as it is."""
    operations = import_module(OPERATIONS)  # it needs Django's tables
    issuing = sorted({one.agency for one in library.certificates.values() if one.code})
    with transaction.atomic():
        operations.establish_authority(name=NAME, custody=custody(), at=timezone.now())
        keepers = [_keeper(keepers_at, *one) for one in KEEPERS]
    for serial, agency in enumerate(_agencies(library, issuing, places), 1):
        with transaction.atomic():
            code = agency_credit_code(agency, serial)
            new = operations.establish_issuer(
                agency=agency, code=code, custody=custody(), at=timezone.now(), sample=True
            )
            if new:
                _make(agency, keepers)
    import_module("qipan.certificates.tasks").publish_now()


def _make(agency: str, keepers: list[Acting]) -> None:
    operations = import_module(OPERATIONS)
    asking, first, second = keepers
    number = operations.ask_for_seal(acting=asking, agency=agency, at=timezone.now())
    operations.approve_seal(acting=first, number=number, custody=custody(), at=timezone.now())
    operations.approve_seal(acting=second, number=number, custody=custody(), at=timezone.now())


def _keeper(agency: str, name: str, post: str, power: Power) -> Acting:
    number = people.appoint_official(
        agency=agency, name=name, post=post, powers=[power], sample=True, at=timezone.now()
    )
    actor = people_queries.actor_of_official(number, timezone.now())
    assert actor is not None  # noqa: S101 -- appointed a line ago
    return Acting(actor)


def _agencies(library: Library, kinds: Collection[str], places: Collection[str]) -> Iterator[str]:
    """Those of the story's places, and in its county those of kinds that only stand below."""
    wanted: set[str] = set()
    for place in places:
        level = LEVELS[len(place.rstrip("0")) + len(place.rstrip("0")) % 2]
        for kind in kinds:
            if level in library.agencies[kind].levels:
                wanted.add(agencies.agency_code(kind, level, place))
            elif level is Level.COUNTY and not WIDER.intersection(library.agencies[kind].levels):
                wanted.update(row.code for row in agencies.agencies_under(place, kind))
    yield from sorted(wanted & agencies.agencies(wanted).keys())
