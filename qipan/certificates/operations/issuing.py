"""Issuing what a granted case gives: as data and as a sealed page, by the agency's key, after the official's act.

Note [Whose seal]
A township's office or a village's seldom has a seal of its own: the nearest agency above it in its line that has one issues.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from qipan import records
from qipan.adapters.papers.pdf_signatures import Hand as PdfHand
from qipan.adapters.seals import Suite
from qipan.adapters.seals.custody import Custody
from qipan.agencies import queries as agencies
from qipan.certificates import gathering, pages, queries
from qipan.certificates.errors import NoIssuer, NoSeal, NoSuchCertificate
from qipan.certificates.gathering import ToIssue
from qipan.certificates.later import make_pdf_later
from qipan.certificates.models import Certificate, CertificatePaper
from qipan.certificates.pages import Pen, Stamp
from qipan.certificates.queries import PER_LIST
from qipan.certificates.rows import GrantedCase, IssuerRow, KeyRow, SealRow, WholeCertificate
from qipan.core import disclosures
from qipan.core.certificate_numbers import CertificateNumber
from qipan.core.disclosures import ALGORITHMS
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

SALT = 16  # bytes
FIRST_VERSION = "001"
TYPE = "urn:qipan:certificate:"
PLACE = "SELECT nextval(pg_get_serial_sequence('certificates', 'id'))"
WAIT = """
INSERT INTO certificate_dues ("case", agency, since) VALUES (%s, %s, %s) ON CONFLICT ("case") DO NOTHING
"""
SETTLE = """UPDATE certificate_dues SET settled_at = %s WHERE "case" = %s AND settled_at IS NULL"""
KEEP_PDF = """
INSERT INTO certificate_papers (certificate, form, content, made_at) VALUES (%s, 'pdf', %s, %s)
ON CONFLICT (certificate, form) DO NOTHING
"""
ISSUED = """SELECT count(*) FROM certificates WHERE "case" = %s AND type = %s"""


class Hand(NamedTuple):
    """With what an agency issues: its own name, seal and keys, or those of one above it."""

    issuer: IssuerRow
    seal: SealRow
    keys: Mapping[str, KeyRow]
    custody: Custody
    address: str


def issue_certificates(*, case: UUID, custody: Custody, address: str, at: datetime) -> list[str]:
    """Issue what a granted case gives, once; gives the numbers. Where no seal is in use yet, the case waits for one.

    Raises NothingToIssue where the case is not granted.
    """
    found = gathering.granted(case)
    wanted = gathering.certificates_of(found)
    new = [one for one in wanted if not records.number(ISSUED, [case, one.kind.name])]
    if not new:
        return []
    try:
        hand = hand_of(agency=found.agency, custody=custody, address=address)
    except (NoSeal, NoIssuer):
        records.execute(WAIT, [case, found.agency, at])
        return []
    numbers = [issue(hand=hand, case=found, one=one, at=at) for one in new]
    records.execute(SETTLE, [at, case])
    return numbers


def hand_of(*, agency: str, custody: Custody, address: str) -> Hand:
    """Find with what an agency issues; raises NoSeal and NoIssuer. See Note [Whose seal]."""
    line = [one.code for one in reversed(agencies.line_of(agency))]
    seal = queries.seal_in_use(line)
    if seal is None:
        raise NoSeal
    issuer, keys = queries.issuer(seal.agency), queries.keys_in_use(seal.agency)
    if issuer is None or set(keys) != {Suite.SM2, Suite.ES256}:
        raise NoIssuer
    return Hand(issuer, seal, keys, custody, address)


def issue(
    *, hand: Hand, case: GrantedCase, one: ToIssue, at: datetime, replaces: WholeCertificate | None = None
) -> str:
    """Issue one certificate; gives its number."""
    begins = timezone.localdate(at)
    place, ends = records.number(PLACE), one.ends(begins)
    number = _number(hand, one, f"{begins.year}{place:010}", replaces)
    claims = _claims(hand, one, str(number), place, at) | _term(begins, ends)
    certificate = WholeCertificate(
        id=place,
        number=str(number),
        type=one.kind.name,
        library=case.version,
        case=case.id,
        application=case.application,
        event=case.event,
        agency=case.agency,
        issuer=hand.issuer.agency,
        seal=hand.seal.number,
        holder=case.person,
        issued_at=at.replace(microsecond=0),
        begins=begins,
        ends=ends,
        state=0,
        reason="",
        data=_signed(hand, Suite.ES256, claims, one),
        data_sm2=_signed(hand, Suite.SM2, claims, one),
    )
    _store(hand, certificate, replaces, at)
    return certificate.number


def make_pdf(*, certificate: int, custody: Custody, address: str, at: datetime) -> None:
    """Write and sign a certificate as PDF, once; raises NoSuchCertificate.

    It is signed with the key that its issuer uses now, and bears the seal's picture.
    """
    found = queries.certificate_by_id(certificate)
    if found is None:
        raise NoSuchCertificate
    if queries.paper(certificate, "pdf") is not None:
        return
    issuer, seal = queries.issuer(found.issuer), queries.seal(found.seal)
    keys, above = queries.keys_in_use(found.issuer), queries.keys_in_use("")
    if issuer is None or seal is None or not (keys and above):
        raise NoSuchCertificate
    own, authority = keys[Suite.ES256], above[Suite.ES256]
    hand = PdfHand(custody.key(own.kept, Suite.ES256), own.certificate, [authority.certificate])
    content = pages.pdf_of(found, issuer, Pen(seal.picture, hand, at), address)
    records.execute(KEEP_PDF, [certificate, content, at])


def _number(hand: Hand, one: ToIssue, serial: str, replaces: WholeCertificate | None) -> CertificateNumber:
    """The number of a new certificate; its serial is its place, which nobody waits for."""
    if replaces is not None:
        return CertificateNumber.parse(replaces.number).next_version()
    return CertificateNumber(one.kind.code, hand.issuer.code, serial, FIRST_VERSION)


def _claims(hand: Hand, one: ToIssue, number: str, place: int, at: datetime) -> dict[str, Any]:
    """What is said of a certificate itself, as SD-JWT VC names it."""
    status = {"idx": place % PER_LIST, "uri": f"{hand.address}/verify/status/{place // PER_LIST}"}
    return {
        "iss": hand.address,
        "iat": int(at.timestamp()),
        "vct": f"{TYPE}{one.kind.name}",
        "number": number,
        "agency": hand.issuer.agency,
        "title": {"zh": one.kind.title.zh, "en": one.kind.title.en},
        "status": {"status_list": status},
        **({"sample": True} if hand.issuer.sample else {}),
    }


def _term(begins: date, ends: date | None) -> dict[str, int]:
    """From when and until when it holds, the last day included."""
    term = {"nbf": _midnight(begins)}
    return term if ends is None else term | {"exp": _midnight(ends + timedelta(days=1))}


def _midnight(day: date) -> int:
    """The first moment of a day where we are."""
    local = datetime.combine(day, time(), timezone.get_default_timezone())
    return int(local.astimezone(UTC).timestamp())


def _signed(hand: Hand, suite: Suite, claims: Mapping[str, Any], one: ToIssue) -> str:
    key = hand.keys[suite]
    wrapped = [
        disclosures.disclosure(secrets.token_bytes(SALT), name, value) for name, value in one.facts.items()
    ]
    header = {"alg": ALGORITHMS[suite], "typ": disclosures.TYPE, "kid": key.id}
    return disclosures.issued(claims, wrapped, header, hand.custody.key(key.kept, suite).sign)


def _store(
    hand: Hand, certificate: WholeCertificate, replaces: WholeCertificate | None, at: datetime
) -> None:
    stamp = Stamp(hand.seal, hand.keys[Suite.SM2], hand.custody)
    ofd = pages.ofd_of(certificate, hand.issuer, stamp, hand.address)
    Certificate.objects.create(**certificate._asdict(), replaces=replaces.id if replaces else None)
    CertificatePaper.objects.create(certificate=certificate.id, form="ofd", content=ofd, made_at=at)
    make_pdf_later(certificate.id)
    told = {"number": certificate.number, "seal": certificate.seal, "type": certificate.type}
    ledger.append([SYSTEM.entry("issue_certificate", f"case:{certificate.case}", **told)], at)
