"""The cast of the pool: a hospital that asks the police for data, and whoever may decide, watch or settle it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from qipan.core.sharing import Role
from qipan.people import operations as people
from qipan.people import queries
from qipan.people.actors import Acting
from qipan.sharing import operations
from qipan.sharing.signers import Signer, own_signer, stand_alone
from qipan.sharing.wanted import Wanted
from tests import cast as play
from tests.cast import MONDAY

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
PROVINCE = "330000.public_security"
HOSPITAL = "330106.hospital"
HEALTH = "330106.health"
WANTED = Wanted(
    resource="population",
    fields=("person.name", "person.marital_status"),
    purpose="办理出生医学证明",
    basis=("母婴保健法 第二十三条",),
    until=date(2027, 11, 23),
    event="birth",
    services=("birth_certificate",),
)
POSTS: Mapping[str, tuple[str, Role]] = {
    "requester": (HOSPITAL, Role.REQUESTER),
    "colleague": (HOSPITAL, Role.REQUESTER),
    "approver": (PROVINCE, Role.APPROVER),
    "second approver": (PROVINCE, Role.APPROVER),
    "own approver": (HOSPITAL, Role.APPROVER),
    "station": ("330106002.public_security", Role.REQUESTER),
    "stranger": (HEALTH, Role.REQUESTER),
    "strange approver": (HEALTH, Role.APPROVER),
    "auditor": ("330000.data_bureau", Role.AUDITOR),
    "coordinator": ("330000.data_bureau", Role.COORDINATOR),
    "county coordinator": ("330106.data_bureau", Role.COORDINATOR),
}


@dataclass(frozen=True)
class Pool:
    """Everybody in the play, and the key that signs for this node."""

    who: Mapping[str, Acting]
    signer: Signer

    def __getitem__(self, name: str) -> Acting:
        return self.who[name]

    def asked(self, key: str = "one", at: datetime = MONDAY, wanted: Wanted | None = None) -> UUID:
        """A request of the hospital's, for a year where nothing else is wanted."""
        usual = WANTED._replace(until=timezone.localdate(at) + YEAR)
        with transaction.atomic():
            return operations.submit_request(
                acting=self["requester"], wanted=wanted or usual, idempotency_key=key, at=at
            )

    def approved(self, request: UUID, at: datetime = MONDAY) -> UUID:
        """The same, approved in whole."""
        with transaction.atomic():
            operations.approve_request(
                acting=self["approver"], request=request, fields=WANTED.fields, signer=self.signer, at=at
            )
        return request

    def granted(self, request: UUID, at: datetime = MONDAY) -> UUID:
        """The same, approved, signed by both and in force."""
        with transaction.atomic():
            operations.sign_grant(
                acting=self["requester"], request=self.approved(request, at), signer=self.signer, at=at
            )
        return request


def enter(home: Path, library: Path = play.LIBRARY, address: str = "http://127.0.0.1:1") -> Pool:
    """Publish the cast's library, appoint everybody, and let this installation be a node of its own; its gateway is at ``address``."""
    play.enter(library)
    with transaction.atomic():
        stand_alone(
            home=home,
            suite="sm2-sm3",
            title_zh="本省",
            title_en="Here",
            address=address,
            at=BEFORE,
        )
        numbers = {
            name: people.appoint_official(
                agency=agency, name=name, post=role, role=role, at=MONDAY, sample=True
            )
            for name, (agency, role) in POSTS.items()
        }
    return Pool({name: _acting(number) for name, number in numbers.items()}, own_signer(home, "sm2-sm3"))


def _acting(number: int) -> Acting:
    actor = queries.actor_of_official(number, MONDAY)
    assert actor
    return Acting(actor)


@pytest.fixture
def pool(db: None, tmp_path: Path) -> Pool:
    return enter(tmp_path)
