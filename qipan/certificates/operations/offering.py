"""免证办: what a person holds is put beside their form, so that its documents need not be sent."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from qipan import records
from qipan.applications import operations as applications
from qipan.applications import queries as drafts
from qipan.applications.rows import Learned
from qipan.applications.wallet import OFFERED, papers_wanted
from qipan.catalogue import queries as catalogue
from qipan.certificates.queries import HELD
from qipan.core import disclosures
from qipan.core.declarations import CertificateType
from qipan.people.actors import Acting

MOST = 100
OFFERABLE = f"""
SELECT c.number, c.type, c.data_sm2, c.issued_at FROM certificates c {HELD}
WHERE c.type = ANY(%(types)s) AND c.state = 0 AND c.begins <= %(today)s AND (c.ends IS NULL OR c.ends >= %(today)s)
ORDER BY h.certificate DESC LIMIT %(most)s
"""


class _Held(NamedTuple):
    number: str
    type: str
    data_sm2: str
    issued_at: datetime


def offer_to_draft(*, acting: Acting, draft: UUID, at: datetime) -> None:
    """Put the certificates that a draft's event could use and that are in force beside the draft."""
    row = drafts.draft(draft, acting.applicant)
    if row is None or row.application is not None:
        return
    wanted = {paper.certificate for paper in papers_wanted(row.version, row.event)}
    if not wanted:
        return
    kinds = catalogue.library(row.version).certificates
    papers = list(_offered(_held(acting.applicant, wanted, timezone.localdate(at)), kinds))
    if papers or any(one["kind"] == OFFERED for one in row.facts.values()):
        applications.offer_certificates(acting=acting, draft=draft, papers=papers)


def _held(person: int, types: Collection[str], today: date) -> list[_Held]:
    asked = {"person": person, "types": sorted(types), "today": today, "most": MOST}
    return records.rows(_Held, OFFERABLE, asked)


def _offered(found: Collection[_Held], kinds: Mapping[str, CertificateType]) -> Iterator[Learned]:
    """Those that say all that their kind says today; of one that lacks a fact, the form could not know that it does."""
    for one in found:
        claims = disclosures.read(one.data_sm2).claims
        wanted = set(map(str, kinds[one.type].facts))
        facts = {name: value for name, value in claims.items() if name in wanted}
        if facts.keys() == wanted:
            yield Learned(OFFERED, f"{one.type}#{one.number}", facts, one.issued_at)
