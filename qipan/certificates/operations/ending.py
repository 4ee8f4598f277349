"""Telling holders, once and some time before, that a certificate ends; the trail remembers who was told."""

from datetime import datetime

from qipan.adapters.notices import Notice, Notices
from qipan.catalogue import queries as catalogue
from qipan.certificates.rows import EndingRow
from qipan.certificates.wording import day
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

TEXT = (
    "您的《{zh}》{day}到期（编号末段 {tail}）。到期前可登录平台续办。"
    " Your certificate “{en}” ends on {date:%d %B %Y}; sign in to renew it."
)


def tell_of_end(*, certificate: EndingRow, notices: Notices, at: datetime) -> bool:
    """Send a holder a text message, where they have an account; whether one was sent. Raises NoticeNotSent.

    The entry comes first and the message last: what was sent is on record, unless the process ends between.
    """
    told = {"number": certificate.number, "holder": certificate.holder, "sent": bool(certificate.phone)}
    ledger.append([SYSTEM.entry("tell_of_end", f"case:{certificate.case}", **told)], at)
    if certificate.phone:
        notices.send(Notice("sms", certificate.phone, _text(certificate)))
    return bool(certificate.phone)


def _text(certificate: EndingRow) -> str:
    """What is said names no fact of the certificate: messages are read over shoulders."""
    title = catalogue.library(certificate.library).certificates[certificate.type].title
    return TEXT.format(
        zh=title.zh,
        en=title.say("en"),
        day=day(certificate.ends),
        date=certificate.ends,
        tail=certificate.number.rsplit(".", 3)[1],
    )
