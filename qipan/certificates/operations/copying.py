"""Making an annotated copy of what a link shows: on record first, sealed with the seal that its issuer uses now, kept nowhere."""

from datetime import datetime

from qipan.adapters.papers.pdf_signatures import Hand
from qipan.adapters.seals import Suite
from qipan.adapters.seals.custody import Custody
from qipan.certificates import queries
from qipan.certificates.copies import copy_of, terms_of
from qipan.certificates.errors import CertificateNotSo, NoSeal, NoSuchShowing
from qipan.certificates.pages import Pen
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing import LINK, address_of, disclosed
from qipan.certificates.showings import ShowingRow
from qipan.core.status_lists import Status
from qipan.ledger import operations as ledger
from qipan.people import queries as people
from qipan.people.actors import Acting


def copy_showing(*, found: ShowingRow, acting: Acting, custody: Custody, address: str, at: datetime) -> bytes:
    """Write what a link shows as a sealed PDF for its one use; the caller has seen that whoever asks may look.

    Raises NoSuchShowing of what is not shown by a link, CertificateNotSo where it is not in force, NoSeal where its issuer has none in use.
    """
    certificate, holder = queries.certificate_by_id(found.certificate), people.person(found.holder)
    if certificate is None or holder is None or found.way != LINK:
        raise NoSuchShowing
    if certificate.state != Status.VALID:
        raise CertificateNotSo
    terms = terms_of(found, certificate, holder, at)
    pen, seal = _pen(certificate, custody, at)
    told = {"number": certificate.number, "seal": seal, "facts": sorted(found.facts)}
    ledger.append([acting.entry("copy_showing", f"showing:{found.id}", **told)], at)
    issuer = queries.issuer(certificate.issuer)
    if issuer is None:
        raise NoSeal
    return copy_of(disclosed(certificate, found), issuer, terms, pen, address_of(found, address, at))


def _pen(certificate: WholeCertificate, custody: Custody, at: datetime) -> tuple[Pen, str]:
    """With what the issuer signs now, and the number of its seal."""
    seal = queries.seal_in_use([certificate.issuer])
    keys, above = queries.keys_in_use(certificate.issuer), queries.keys_in_use("")
    if seal is None or Suite.ES256 not in keys or Suite.ES256 not in above:
        raise NoSeal
    own = keys[Suite.ES256]
    hand = Hand(custody.key(own.kept, Suite.ES256), own.certificate, [above[Suite.ES256].certificate])
    return Pen(seal.picture, hand, at), seal.number
