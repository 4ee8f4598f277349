"""A certificate as a page: what stands on it, set out by its kind's look, written as OFD or PDF and sealed."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone

from qipan.adapters.papers import codes, fonts
from qipan.adapters.papers.ofd import About, write_ofd
from qipan.adapters.papers.pdf import write_pdf
from qipan.adapters.papers.pdf_signatures import Hand, sign_pdf
from qipan.adapters.papers.seal_signatures import use_seal
from qipan.adapters.seals import Suite
from qipan.adapters.seals.custody import Custody
from qipan.catalogue import queries as catalogue
from qipan.certificates.rows import IssuerRow, KeyRow, SealRow, WholeCertificate
from qipan.certificates.wording import day, facts_in_words
from qipan.core import canonical, disclosures
from qipan.core.certificate_look import Content, composed
from qipan.core.elements import Text
from qipan.core.sheets import Sheet

CODE_LENGTH = 12
AS_GOOD = ("电子证照与纸质证照具有同等法律效力（国务院关于在线政务服务的若干规定 第十条）。",)
SAMPLE = (
    "演示系统签发：人员、机构印章与内容均为虚构，不具法律效力。",
    "Issued by a demonstration: nobody and nothing in it is real, and it has no legal force.",
)
REASON = "电子证照"


def check_code(data_sm2: str) -> str:
    """What stands in the QR code beside the number, so that only who has the page sees what stands on it.

    It follows from the data form, whose salts nobody can guess.
    """
    return disclosures.encoded(canonical.digest(data_sm2.encode()))[:CODE_LENGTH]


def address_of(certificate: WholeCertificate, address: str) -> str:
    """Where anybody can check a certificate."""
    return f"{address}/verify/{certificate.number}/{check_code(certificate.data_sm2)}/"


def sheet_of(certificate: WholeCertificate, issuer: IssuerRow, address: str) -> Sheet:
    """Set out a certificate."""
    library = catalogue.library(certificate.library)
    kind = library.certificates[certificate.type]
    values = disclosures.read(certificate.data_sm2).claims
    facts = facts_in_words(kind, library, values)
    content = Content(
        title=kind.title.zh,
        subtitle=kind.title.en,
        number=certificate.number,
        preamble=_said(kind.sentence),
        facts=[(one.title_zh, one.said) for one in facts],
        issuer=issuer.name_zh,
        issued_on=day(certificate.begins),
        valid=f"有效期至 {day(certificate.ends)}" if certificate.ends else "长期有效",
        notes=SAMPLE if issuer.sample else AS_GOOD,
        code=codes.png(address_of(certificate, address)),
    )
    return composed(content, kind.paper, kind.tint, fonts.measure)


class Stamp(NamedTuple):
    """A seal, and the key in custody with which it is used."""

    seal: SealRow
    key: KeyRow
    custody: Custody


def ofd_of(certificate: WholeCertificate, issuer: IssuerRow, stamp: Stamp, address: str) -> bytes:
    """Write and seal a certificate as OFD; the time of sealing is that of issue."""
    key, document = stamp.key, stamp.seal.document or b""
    hand = stamp.custody.key(key.kept, Suite.SM2)

    def sealed(digest: bytes, what: str) -> bytes:
        return use_seal(
            seal=document,
            time=certificate.issued_at,
            digest=digest,
            what=what,
            user=key.certificate,
            sign=hand.sign,
        )

    sheet = sheet_of(certificate, issuer, address)
    return write_ofd(sheet, _about(certificate, issuer), certificate.data_sm2, document, sealed)


class Pen(NamedTuple):
    """With what a PDF is made: the seal's picture, the signer's hand, when."""

    picture: bytes
    hand: Hand
    at: datetime


def pdf_of(certificate: WholeCertificate, issuer: IssuerRow, pen: Pen, address: str) -> bytes:
    """Write and sign a certificate as PDF."""
    sheet = sheet_of(certificate, issuer, address)
    page = write_pdf(sheet, _about(certificate, issuer), certificate.data, pen.picture)
    return sign_pdf(page, pen.hand, REASON, pen.at)


def _about(certificate: WholeCertificate, issuer: IssuerRow) -> About:
    return About(
        id=canonical.digest(certificate.number.encode()).hex()[:32],
        title=_title(certificate.library, certificate.type),
        author=issuer.name_zh,
        made=_whole_second(certificate.issued_at),
        number=certificate.number,
    )


@lru_cache(maxsize=256)
def _title(library: int, kind: str) -> str:
    return catalogue.library(library).certificates[kind].title.zh


def _said(text: Text | None) -> str:
    return text.zh if text else ""


def _whole_second(at: datetime) -> datetime:
    return timezone.localtime(at).replace(microsecond=0)
