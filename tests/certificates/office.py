"""A hospital that issues certificates: its keys in a folder, its seal asked for and approved by three keepers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from qipan.adapters.seals import Suite, generate
from qipan.adapters.seals.custody import FileCustody
from qipan.certificates import operations, queries
from qipan.certificates.checking import Standing, StandingOf, Trust, Verdict, check, nobody_asked
from qipan.certificates.rows import WholeCertificate
from qipan.core.issuer_lists import read_issuers
from qipan.core.posts import Power
from qipan.people import operations as people
from qipan.people import queries as people_queries
from qipan.people.actors import Acting
from qipan.sample.identifiers import agency_credit_code
from tests import cast as play
from tests.cast import MONDAY, Cast

HOSPITAL = "330106.hospital"
KEEPERS_AT = "330000.data_bureau"
ADDRESS = "http://127.0.0.1:8000"
NODE_KEY = generate(Suite.SM2)
DAY = timedelta(days=1)


class Office(NamedTuple):
    """Where keys rest, and who keeps seals; ``seal`` is the number of the hospital's."""

    custody: FileCustody
    keepers: tuple[Acting, Acting, Acting]
    seal: str = ""


def open_office(folder: Path, at: datetime = MONDAY) -> Office:
    """Let the hospital issue, and make its seal."""
    office = unsealed_office(folder, at)
    with transaction.atomic():
        number = operations.ask_for_seal(acting=office.keepers[0], agency=HOSPITAL, at=at)
        for keeper in office.keepers[1:]:
            operations.approve_seal(acting=keeper, number=number, custody=office.custody, at=at)
    return office._replace(seal=number)


def unsealed_office(folder: Path, at: datetime = MONDAY) -> Office:
    """Let the hospital issue as soon as it has a seal."""
    custody = FileCustody(folder)
    with transaction.atomic():
        operations.establish_authority(name="测试签发中心", custody=custody, at=at)
        operations.establish_issuer(
            agency=HOSPITAL, code=agency_credit_code("330106", 1), custody=custody, at=at, sample=True
        )
        first, second, third = (
            keeper(name, at, power=power)
            for name, power in (
                ("孙用章", Power.SEAL_KEEPER),
                ("钱审批", Power.SEAL_APPROVER),
                ("周复核", Power.SEAL_APPROVER),
            )
        )
    return Office(custody, (first, second, third))


def keeper(
    name: str, at: datetime = MONDAY, agency: str = KEEPERS_AT, power: Power = Power.SEAL_KEEPER
) -> Acting:
    """Somebody who keeps seals, or approves them."""
    number = people.appoint_official(
        agency=agency, name=name, post="印章管理", powers=[power], sample=True, at=at
    )
    actor = people_queries.actor_of_official(number, at)
    assert actor
    return Acting(actor)


def issued(cast: Cast, office: Office, at: datetime = MONDAY) -> WholeCertificate:
    """The birth paper of the mother's child, issued after the hospital granted its case."""
    application = play.running(cast).application
    play.granted(cast, application, "birth_certificate", "hospital")
    (number,) = issue(play.case_of(application, "birth_certificate").id, office, at)
    found = queries.certificate(number)
    assert found
    return found


def issued_and_listed(cast: Cast, folder: Path, at: datetime) -> WholeCertificate:
    """The same by an office that is opened for it, on the published list of issuers."""
    found = issued(cast, open_office(folder / "keys", at), at)
    listed(at)
    return found


def days_before(paper: WholeCertificate, days: int) -> datetime:
    """So many days before it ends."""
    assert paper.ends
    return paper.issued_at + (paper.ends - paper.begins) - timedelta(days=days)


def issue(case: UUID, office: Office, at: datetime = MONDAY) -> list[str]:
    """What the worker does after the act."""
    with transaction.atomic():
        return operations.issue_certificates(cases=[case], custody=office.custody, address=ADDRESS, at=at)


def pdf_of(certificate: WholeCertificate, office: Office, at: datetime = MONDAY) -> bytes:
    """The certificate as PDF."""
    with transaction.atomic():
        operations.make_pdf(certificate=certificate.id, custody=office.custody, address=ADDRESS, at=at)
    found = queries.paper(certificate.id, "pdf")
    assert found
    return found.content


def ofd_of(certificate: WholeCertificate) -> bytes:
    """The certificate as OFD."""
    found = queries.paper(certificate.id, "ofd")
    assert found
    return found.content


def listed(at: datetime = MONDAY) -> Trust:
    """The issuers as this node publishes them now."""
    with transaction.atomic():
        operations.publish_issuers(node="here", key=NODE_KEY, at=at)
    return Trust({one.node: read_issuers(one.document) for one in queries.signed_lists()})


def verdict(content: bytes, at: datetime = MONDAY + DAY, standing: StandingOf = nobody_asked) -> Verdict:
    """What can be said of a file."""
    return check(content, listed(at), at, standing)


def known(claims: Mapping[str, Any]) -> Standing | None:
    """How a certificate stands, as the database knows."""
    return queries.standing(str(claims["number"]))
