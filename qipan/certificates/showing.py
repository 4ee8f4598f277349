"""What is shown of a certificate: its tokens, whether it is still to be seen, and the part that is disclosed."""

import hashlib
from datetime import datetime
from functools import cache

from django.conf import settings

from qipan.certificates import showings as shown
from qipan.certificates.errors import NoSuchShowing, NotShownAnyMore
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showings import ShowingRow
from qipan.core import disclosures, showings
from qipan.core.showings import NotAToken

CODE, LINK = "code", "link"
DERIVED_FOR = b"qipan-showing"


@cache
def key() -> bytes:
    """The platform's part of each token's key: with the database alone, nobody can make one."""
    return hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=DERIVED_FOR).digest()


def address_of(found: ShowingRow, address: str, at: datetime) -> str:
    """Where it is to be seen: of a code for a minute, of a link until its end."""
    until = int(at.timestamp()) + showings.CODE_LIVES if found.way == CODE else 0
    return f"{address}/shown/{showings.token(found.id, until, key(), found.secret)}/"


def looked_up(token: str, at: datetime) -> tuple[ShowingRow, str]:
    """Find what a token stands for, and why it is not to be seen any more, if it is not: withdrawn, ended, stale, used-up.

    Raises NoSuchShowing where we did not make it.
    """
    try:
        taken = showings.read_token(token)
    except NotAToken:
        raise NoSuchShowing from None
    found = shown.showing(taken.showing)
    if found is None or not taken.proves(key(), found.secret):
        raise NoSuchShowing
    return found, found.over(at) or ("stale" if taken.stale(at.timestamp()) else "")


def opened(token: str, at: datetime) -> ShowingRow:
    """Find what a token lets see now; raises NoSuchShowing and NotShownAnyMore."""
    found, why = looked_up(token, at)
    if why:
        raise NotShownAnyMore(why)
    return found


def facts_on(certificate: WholeCertificate) -> list[str]:
    """The names of the facts that a certificate carries, in the order in which they were signed."""
    return [disclosures.opened(one)[0] for one in disclosures.split(certificate.data)[1:]]


def disclosed(certificate: WholeCertificate, found: ShowingRow) -> WholeCertificate:
    """The certificate with the chosen facts alone in both its data forms."""
    return certificate._replace(
        data=disclosures.narrowed(certificate.data, found.facts),
        data_sm2=disclosures.narrowed(certificate.data_sm2, found.facts),
    )
