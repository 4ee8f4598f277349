"""Issuing what granted cases give: as data and as a sealed page, by the agency's key, after the official's act.

Note [Whose seal]
A township's office or a village's seldom has a seal of its own: the nearest agency above it in its line that has one issues.

Note [Together]
Many cases are issued from in one transaction: each statement below is one whatever their number.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.adapters.papers.pdf_signatures import Hand as PdfHand
from qipan.adapters.seals import Suite
from qipan.adapters.seals.custody import Custody
from qipan.agencies import queries as agencies
from qipan.certificates import gathering, pages, queries
from qipan.certificates.errors import NoIssuer, NoSeal, NoSuchCertificate
from qipan.certificates.gathering import ToIssue
from qipan.certificates.holding import hold
from qipan.certificates.later import make_pdfs_later
from qipan.certificates.making import Hand, Made, make
from qipan.certificates.pages import Pen
from qipan.certificates.rows import GrantedCase, WholeCertificate
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry
from qipan.people.actors import SYSTEM

PLACES = """
SELECT nextval(pg_get_serial_sequence('certificates', 'id')) AS place FROM generate_series(1, %(count)s)
"""
COLUMNS = """
id, number, type, library, "case", application, event, agency, issuer, seal, holder, issued_at, begins, ends, state, reason, replaces,
data, data_sm2
"""
KEEP = f"""
INSERT INTO certificates ({COLUMNS}) SELECT {COLUMNS} FROM json_to_recordset(%(certificates)s::json) AS one (
  id bigint, number text, type text, library integer, "case" uuid, application uuid, event text, agency text, issuer text, seal text,
  holder bigint, issued_at timestamptz, begins date, ends date, state smallint, reason text, replaces bigint, data text, data_sm2 text)
"""
KEEP_OFDS = """
INSERT INTO certificate_papers (certificate, form, content, made_at)
SELECT certificate, 'ofd', content, %(at)s FROM unnest(%(certificates)s::bigint[], %(contents)b::bytea[]) AS one (certificate, content)
"""
WAIT = """
INSERT INTO certificate_dues ("case", agency, since) SELECT one."case", one.agency, %(at)s
FROM unnest(%(cases)s::uuid[], %(agencies)s::text[]) AS one ("case", agency) ON CONFLICT ("case") DO NOTHING
"""
SETTLE = """UPDATE certificate_dues SET settled_at = %s WHERE "case" = ANY(%s) AND settled_at IS NULL"""
KEEP_PDF = """
INSERT INTO certificate_papers (certificate, form, content, made_at) VALUES (%s, 'pdf', %s, %s)
ON CONFLICT (certificate, form) DO NOTHING
"""
Wanted = tuple[GrantedCase, ToIssue]


class _Place(NamedTuple):
    place: int


def issue_certificates(*, cases: Collection[UUID], custody: Custody, address: str, at: datetime) -> list[str]:
    """Issue what granted cases give, once; gives the numbers. Where no seal is in use yet, a case waits for one.

    Raises NothingToIssue where none of the cases is granted.
    """
    given = gathering.certificates_of(gathering.granted(cases))
    there = queries.issued_types(cases)
    new = [(case, one) for case, one in given if (case.id, one.kind.name) not in there]
    hands = _hands({case.agency for case, _ in new}, custody, address)
    _wait([case for case, _ in new if case.agency not in hands], at)
    return issue(hands=hands, wanted=[one for one in new if one[0].agency in hands], at=at)


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
    *,
    hands: Mapping[str, Hand],
    wanted: Sequence[Wanted],
    at: datetime,
    replaces: WholeCertificate | None = None,
) -> list[str]:
    """Issue certificates with the hands of their cases' agencies; gives their numbers."""
    if not wanted:
        return []
    places = [one.place for one in records.prepared_rows(_Place, PLACES, {"count": len(wanted)})]
    made = [
        make(hands[one[0].agency], one, place, at, replaces)
        for one, place in zip(wanted, places, strict=True)
    ]
    _store(made, at)
    records.execute(SETTLE, [at, [case.id for case, _ in wanted]])
    return [one.certificate.number for one in made]


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


def _hands(codes: Collection[str], custody: Custody, address: str) -> dict[str, Hand]:
    """With what each of these agencies issues; those without a seal in their line are left out."""
    found = {}
    for agency in sorted(codes):
        try:
            found[agency] = hand_of(agency=agency, custody=custody, address=address)
        except (NoSeal, NoIssuer):
            continue
    return found


def _wait(cases: Sequence[GrantedCase], at: datetime) -> None:
    if cases:
        waiting = {"cases": [one.id for one in cases], "agencies": [one.agency for one in cases], "at": at}
        records.execute(WAIT, waiting)


def _store(made: Sequence[Made], at: datetime) -> None:
    rows = [one.certificate._asdict() | {"replaces": one.replaces} for one in made]
    places = [one.certificate.id for one in made]
    records.execute_prepared(KEEP, {"certificates": records.json_text(rows)})
    hold({one.certificate.id: one.holders for one in made})
    papers = {"certificates": places, "contents": [one.ofd for one in made], "at": at}
    records.execute_prepared(KEEP_OFDS, papers)
    make_pdfs_later(places)
    ledger.append([_entry(one.certificate) for one in made], at)


def _entry(certificate: WholeCertificate) -> NewEntry:
    told = {"number": certificate.number, "seal": certificate.seal, "type": certificate.type}
    return SYSTEM.entry("issue_certificate", f"case:{certificate.case}", **told)
