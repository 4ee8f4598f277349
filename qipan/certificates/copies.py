"""An annotated copy 加注件 of what a link shows: the chosen facts and the terms on one page, sealed by the certificate's issuer."""

from datetime import datetime

from django.utils import timezone

from qipan.adapters.papers import codes, fonts
from qipan.adapters.papers.ofd import About
from qipan.adapters.papers.pdf import write_pdf
from qipan.adapters.papers.pdf_signatures import sign_pdf
from qipan.catalogue import queries as catalogue
from qipan.certificates.pages import AS_GOOD, SAMPLE, Pen
from qipan.certificates.rows import IssuerRow, WholeCertificate
from qipan.certificates.showings import ShowingRow
from qipan.certificates.wording import day, facts_in_words
from qipan.core import canonical, disclosures
from qipan.core.certificate_look import Content
from qipan.core.copies import Terms
from qipan.core.copy_look import CopyContent, composed_copy
from qipan.core.masking import GRADE_TO_MASK, masked
from qipan.core.sheets import Sheet
from qipan.people.rows import PersonRow

REASON = "电子证照加注件"
SUBTITLE = "{title} · annotated copy, in part"
PART = "加注件　只含持证人选定的 {shown} 项{rest}"
REST = "，另有 {withheld} 项未出示"
NOTES = ("它不是证照原件，只能用于上面写的用途。持证人收回或到期以后，核验时会说明。",)
MINUTE = "%H:%M"


def terms_of(found: ShowingRow, certificate: WholeCertificate, holder: PersonRow, at: datetime) -> Terms:
    """The terms on which a holder shows something; of a person's name, as much as whoever knows them recognises."""
    return Terms(
        showing=found.id,
        number=certificate.number,
        holder=masked(holder.name, GRADE_TO_MASK) if holder.kind == "person" else holder.name,
        receiver=found.receiver,
        use=found.use,
        made=at.replace(microsecond=0),
        until=found.ends_at.replace(microsecond=0),
    )


def copy_of(part: WholeCertificate, issuer: IssuerRow, terms: Terms, pen: Pen, address: str) -> bytes:
    """Write and sign a copy of a ``part``, which holds the disclosures of the chosen facts alone; its code leads to ``address``."""
    about = About(
        id=canonical.digest(terms.document()).hex()[:32],
        title=f"{catalogue.library(part.library).certificates[part.type].title.zh}（加注件）",
        author=issuer.name_zh,
        made=timezone.localtime(terms.made),
        number=part.number,
    )
    sheet = sheet_of(part, issuer, terms, address)
    page = write_pdf(sheet, about, part.data, pen.picture, terms.document())
    return sign_pdf(page, pen.hand, REASON, pen.at)


def sheet_of(part: WholeCertificate, issuer: IssuerRow, terms: Terms, address: str) -> Sheet:
    """Set out a copy."""
    library = catalogue.library(part.library)
    kind = library.certificates[part.type]
    shown = disclosures.read(part.data)
    facts = facts_in_words(kind, library, shown.claims)
    content = Content(
        title=kind.title.zh,
        subtitle=SUBTITLE.format(title=kind.title.say("en")),
        number=part.number,
        preamble="",
        facts=[(one.title_zh, one.said) for one in facts],
        issuer=issuer.name_zh,
        issued_on=day(timezone.localdate(terms.made)),
        valid=f"证照有效期至 {day(part.ends)}" if part.ends else "证照长期有效",
        notes=(*NOTES, *(SAMPLE[:1] if issuer.sample else AS_GOOD)),
        code=codes.png(address),
    )
    rest = REST.format(withheld=shown.withheld) if shown.withheld else ""
    said = PART.format(shown=len(facts), rest=rest)
    return composed_copy(CopyContent(content, said, _terms(terms), terms.only), kind.tint, fonts.measure)


def _terms(terms: Terms) -> list[tuple[str, str]]:
    return [
        ("只给谁 For", terms.receiver),
        ("只用于 Use", terms.use),
        ("到何时 Until", _moment(terms.until)),
        ("谁出示 Shown by", terms.holder),
        ("何时出具 Made", _moment(terms.made)),
    ]


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{day(local.date())} {local:{MINUTE}}"
