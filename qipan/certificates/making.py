"""Making a certificate: its number, what is said of it, both data forms, the sealed page. Nothing is stored here."""

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import timezone

from qipan.adapters.seals import Suite
from qipan.adapters.seals.custody import Custody
from qipan.certificates import pages
from qipan.certificates.gathering import NamedHolder, ToIssue
from qipan.certificates.pages import Stamp
from qipan.certificates.queries import PER_LIST
from qipan.certificates.rows import GrantedCase, IssuerRow, KeyRow, SealRow, WholeCertificate
from qipan.core import disclosures
from qipan.core.certificate_numbers import CertificateNumber
from qipan.core.disclosures import ALGORITHMS

SALT = 16  # bytes
FIRST_VERSION = "001"
TYPE = "urn:qipan:certificate:"


class Hand(NamedTuple):
    """With what an agency issues: its own name, seal and keys, or those of one above it."""

    issuer: IssuerRow
    seal: SealRow
    keys: Mapping[str, KeyRow]
    custody: Custody
    address: str


class Made(NamedTuple):
    """A certificate with its sealed page; ``replaces`` is the place of the one before it, ``holders`` are those besides who applied."""

    certificate: WholeCertificate
    ofd: bytes
    replaces: int | None
    holders: tuple[NamedHolder, ...]


def make(
    hand: Hand,
    wanted: tuple[GrantedCase, ToIssue],
    place: int,
    at: datetime,
    replaces: WholeCertificate | None,
) -> Made:
    """Make one certificate for a place among all."""
    case, one = wanted
    begins = timezone.localdate(at)
    ends = one.ends(begins)
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
    stamp = Stamp(hand.seal, hand.keys[Suite.SM2], hand.custody)
    ofd = pages.ofd_of(certificate, hand.issuer, stamp, hand.address)
    return Made(certificate, ofd, replaces.id if replaces else None, one.holders)


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


@lru_cache(maxsize=1024)
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
