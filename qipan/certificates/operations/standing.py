"""Revoking and replacing certificates, by the agency that granted the case; everybody can see that they hold no more, and why."""

from datetime import datetime

from qipan import records
from qipan.adapters.seals.custody import Custody
from qipan.certificates import gathering, queries
from qipan.certificates.errors import CertificateNotSo, NoSuchCertificate, WithoutReason
from qipan.certificates.holding import let_go
from qipan.certificates.models import Certificate
from qipan.certificates.operations.issuing import hand_of, issue
from qipan.certificates.rows import WholeCertificate
from qipan.core.status_lists import Status
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting

LONGEST = 500
LOCK = "SELECT 1 FROM certificates WHERE number = %s FOR NO KEY UPDATE"


def revoke_certificate(*, acting: Acting, number: str, reason: str, at: datetime) -> None:
    """Revoke a certificate, from now on and for good; raises NoSuchCertificate, CertificateNotSo, WithoutReason."""
    found = _theirs(acting, number)
    _end(found, Status.REVOKED, _reasoned(reason), at)
    ledger.append([acting.entry("revoke_certificate", f"case:{found.case}", number=number)], at)


def replace_certificate(
    *, acting: Acting, number: str, reason: str, custody: Custody, address: str, at: datetime
) -> str:
    """Issue a certificate anew, by what its case says now, with the next version of its number; gives that.

    Raises NoSuchCertificate, CertificateNotSo, WithoutReason, NothingToIssue, NoSeal and NoIssuer.
    """
    found = _theirs(acting, number)
    said = _reasoned(reason)
    given = gathering.certificates_of(gathering.granted([found.case]))
    wanted = next((one for one in given if one[1].kind.name == found.type), None)
    if wanted is None:
        raise CertificateNotSo
    _end(found, Status.REPLACED, said, at)
    ledger.append([acting.entry("replace_certificate", f"case:{found.case}", number=number)], at)
    hand = hand_of(agency=found.agency, custody=custody, address=address)
    (made,) = issue(hands={found.agency: hand}, wanted=[wanted], at=at, replaces=found)
    let_go(number=made, at=at)
    return made


def _theirs(acting: Acting, number: str) -> WholeCertificate:
    """Lock a certificate that this official's agency answers for, then read it."""
    records.execute(LOCK, [number])
    found = queries.certificate(number)
    if found is None or acting.actor.kind != "official" or acting.actor.handling != found.agency:
        raise NoSuchCertificate
    if found.state not in {Status.VALID, Status.SUSPENDED}:
        raise CertificateNotSo
    return found


def _end(found: WholeCertificate, state: Status, reason: str, at: datetime) -> None:
    Certificate.objects.filter(id=found.id).update(state=state, state_at=at, reason=reason)


def _reasoned(text: str) -> str:
    said = text.replace("\x00", "").strip()[:LONGEST]
    if not said:
        raise WithoutReason
    return said
