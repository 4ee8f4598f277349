"""Showing a part of a certificate: the holder chooses what, to whom and for what; whoever looks leaves a trace, and it can be taken back.

It is for the holder themselves: whoever acts for them in some matter gives nothing of theirs away. Where several hold a certificate,
each shows it, sees who looked at that, and takes that back; what the others show is no matter of theirs.

Note [What a link gives away]
A link is as good as what it shows: whoever has it can look. So it shows chosen facts alone, ends, counts, says whom it is for, and each
look is told to the holder; and the disclosures of all other facts never leave the platform, so nothing in a link can ask for more.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from qipan import records
from qipan.certificates import queries, showings
from qipan.certificates.errors import (
    CertificateNotSo,
    NoSuchCertificate,
    NoSuchShowing,
    NothingChosen,
    WithoutName,
    WithoutUse,
)
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing import CODE, LINK, facts_on, looked_up, opened
from qipan.certificates.showing_models import Look, Showing
from qipan.certificates.showings import ShowingRow
from qipan.core.status_lists import Status
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM, Acting

SECRET = 16  # bytes
LONGEST = 80  # characters of a use, a receiver or a name
CODE_PAGE = timedelta(hours=1)  # how long a page goes on making codes
FURTHEST = timedelta(days=366)
MOST = 100  # looks
LOCK = "SELECT 1 FROM certificate_showings WHERE id = %s FOR NO KEY UPDATE"
WITHDRAW = """
UPDATE certificate_showings SET withdrawn_at = %(at)s
WHERE id = %(showing)s AND holder = %(holder)s AND withdrawn_at IS NULL
"""


def show_by_code(*, acting: Acting, number: str, facts: Collection[str], at: datetime) -> int:
    """Begin to show chosen facts on a screen; gives the number of the showing.

    Raises NoSuchCertificate, CertificateNotSo and NothingChosen.
    """
    found = _own(acting, number)
    row = Showing(way=CODE, ends_at=at + CODE_PAGE)
    return _begin(acting, found, row, facts, at)


def show_by_link(
    *,
    acting: Acting,
    number: str,
    facts: Collection[str],
    receiver: str,
    use: str,
    most: int,
    ends_at: datetime,
    at: datetime,
) -> int:
    """Make a link to chosen facts; gives the number of the showing.

    Raises NoSuchCertificate, CertificateNotSo, NothingChosen and WithoutUse.
    """
    found = _own(acting, number)
    row = Showing(way=LINK, receiver=plain(receiver), use=plain(use), most=most, ends_at=ends_at)
    if not (row.receiver and row.use and at < ends_at <= at + FURTHEST and 1 <= most <= MOST):
        raise WithoutUse
    return _begin(acting, found, row, facts, at)


def withdraw_showing(*, acting: Acting, showing: int, at: datetime) -> None:
    """Take back what was shown, from this moment on; a second time changes nothing. Raises NoSuchShowing."""
    holder = acting.applicant
    if showings.showing(showing, holder) is None or not acting.in_own_right:
        raise NoSuchShowing
    if records.execute(WITHDRAW, {"showing": showing, "holder": holder, "at": at}):
        ledger.append([acting.entry("withdraw_showing", f"showing:{showing}")], at)


def look_at_showing(
    *, token: str, who: str = "", known_as: str = "", acting: Acting = SYSTEM, at: datetime
) -> ShowingRow:
    """Put on record that somebody looks, before they see anything; gives what they may see.

    Who looks at a link says who they are. Raises NoSuchShowing, NotShownAnyMore and WithoutName.
    """
    records.execute(LOCK, [looked_up(token, at)[0].id])  # so that two who look at once count as two
    found = opened(token, at)
    named = plain(who)
    if found.way == LINK and not named:
        raise WithoutName
    Look.objects.create(showing=found.id, who=named, known_as=known_as, at=at)
    certificate = queries.certificate_by_id(found.certificate)
    told = {"number": certificate.number if certificate else "", "facts": sorted(found.facts)}
    ledger.append([acting.entry("look_at_showing", f"showing:{found.id}", **told)], at)
    return found


def plain(text: str) -> str:
    """Take a line of text without what is not to be seen."""
    return "".join(one for one in text if one.isprintable()).strip()[:LONGEST]


def _own(acting: Acting, number: str) -> WholeCertificate:
    found = queries.certificate_held(number, acting.applicant)
    if found is None or not acting.in_own_right:
        raise NoSuchCertificate
    if found.state != Status.VALID:
        raise CertificateNotSo
    return found


def _begin(
    acting: Acting, found: WholeCertificate, row: Showing, facts: Collection[str], at: datetime
) -> int:
    chosen = [name for name in facts_on(found) if name in facts]
    if not chosen or len(chosen) != len(set(facts)):
        raise NothingChosen
    row.certificate, row.holder, row.facts = found.id, acting.applicant, chosen
    row.secret, row.made_at = secrets.token_bytes(SECRET), at
    row.save(force_insert=True)
    told = {"number": found.number, "way": row.way, "facts": sorted(chosen), "ends": row.ends_at.isoformat()}
    ledger.append([acting.entry("show_certificate", f"showing:{row.id}", **told)], at)
    return int(row.id)
