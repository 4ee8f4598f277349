"""Reads of certificates, issuers, keys and seals."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from qipan import records
from qipan.certificates.checking import Standing, Trust
from qipan.certificates.rows import (
    CertificateRow,
    EndingRow,
    GrantedCase,
    IssuerRow,
    KeyRow,
    PaperRow,
    SealActRow,
    SealLine,
    SealRow,
    StandingRow,
    WholeCertificate,
)
from qipan.core.issuer_lists import IssuerList, read_issuers
from qipan.core.status_lists import Status
from qipan.exchange import queries as exchange

KEY = (
    "SELECT id, agency, suite, public, certificate, kept, begins, ends, retired_at, why FROM certificate_keys"
)
SEAL = """
SELECT number, agency, name, purpose, state, picture, document, key, asked_by, first_by, second_by, asked_at, begins, ends
FROM certificate_seals"""
LISTED = """
SELECT c.id, c.number, c.type, c.library, c.event, c.agency, c.issuer, coalesce(i.name_zh, c.issuer), coalesce(i.name_en, ''),
  c.issued_at, c.begins, c.ends, c.state, c.reason, c.state_at
FROM certificates c LEFT JOIN certificate_issuers i ON i.agency = c.issuer"""
WHOLE = """
SELECT c.id, c.number, c.type, c.library, c."case", c.application, c.event, c.agency, c.issuer, c.seal, c.holder, c.issued_at, c.begins,
  c.ends, c.state, c.reason, c.data, c.data_sm2 FROM certificates c"""
HELD = """
JOIN certificate_holders h ON h.certificate = c.id AND h.ended_at IS NULL
  AND h.subject = (SELECT p.id_number FROM persons p WHERE p.id = %(person)s)"""
CASE = """
SELECT c.id, c.application_id, a.person, a.event, a.version, c.service, c.agency, c.state, c.decided_at
FROM cases c JOIN applications a ON a.id = c.application_id WHERE c.id = ANY(%(cases)s) ORDER BY c.id"""
ISSUED = """SELECT "case", type FROM certificates WHERE "case" = ANY(%(cases)s)"""
IN_USE = f"{SEAL} WHERE agency = ANY(%s) AND state = 'active' ORDER BY array_position(%s, agency) LIMIT 1"
LISTS = """
SELECT DISTINCT ON (node) node, number, document, key, signature FROM certificate_issuer_lists ORDER BY node, number DESC"""
PAPER = "SELECT content, made_at FROM certificate_papers WHERE certificate = %s AND form = %s"
STANDING = "SELECT state, state_at, reason FROM certificates WHERE number = %s"
NOT_VALID = """
SELECT id, state FROM certificates WHERE state <> 0 AND id >= %s AND id < %s ORDER BY id"""
MOST = 500
ENDING = """
SELECT c.number, c.type, c.library, c."case", c.ends, h.id, coalesce(a.phone, '')
FROM certificates c JOIN certificate_holders h ON h.certificate = c.id AND h.ended_at IS NULL
  LEFT JOIN persons p ON p.id_number = h.subject LEFT JOIN accounts a ON a.person_id = p.id AND a.is_active AND a.phone_verified
WHERE c.state = 0 AND c.ends BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
  SELECT FROM entries e WHERE e.subject = 'case:' || c."case" AND e.act = 'tell_of_end' AND e.details->>'number' = c.number
    AND coalesce((e.details->>'holder')::bigint, h.id) = h.id)
ORDER BY c.ends, h.id LIMIT %(limit)s"""
THEIRS = """
CASE WHEN %(stem)s <> '' THEN starts_with(agency, %(stem)s) ELSE agency IN (
  WITH RECURSIVE below AS (
    SELECT code FROM agencies WHERE code = %(agency)s UNION ALL SELECT a.code FROM agencies a JOIN below ON a.parent = below.code)
  SELECT code FROM below) END"""
KEPT = f"""
SELECT s.number, s.agency, i.name_zh, i.name_en, s.state, s.asked_at, s.begins, s.ends
FROM certificate_seals s JOIN certificate_issuers i USING (agency) WHERE {THEIRS}
ORDER BY array_position(ARRAY['asked', 'approved', 'suspended', 'active', 'destroyed'], s.state), s.asked_at DESC LIMIT {MOST}"""
UNSEALED = f"""
SELECT agency, code, name_zh, name_en, sample FROM certificate_issuers i
WHERE {THEIRS} AND NOT EXISTS (SELECT FROM certificate_seals s WHERE s.agency = i.agency AND s.state <> 'destroyed')
ORDER BY agency LIMIT {MOST}"""
KEEPER = "data_bureau"
PER_LIST = 100_000  # certificates of one status list


class SignedList(NamedTuple):
    """A node's list of issuers as it was signed."""

    node: str
    number: int
    document: bytes
    key: str
    signature: bytes


class _Place(NamedTuple):
    id: int
    state: int


class _Issued(NamedTuple):
    case: UUID
    type: str


class _Number(NamedTuple):
    number: int


def cases(wanted: Collection[UUID]) -> list[GrantedCase]:
    """Find cases with what their certificates follow from."""
    return records.prepared_rows(GrantedCase, CASE, {"cases": list(wanted)})


def issued_types(wanted: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Which kinds of certificates were ever issued in these cases."""
    return {(one.case, one.type) for one in records.prepared_rows(_Issued, ISSUED, {"cases": list(wanted)})}


def ending(first: date, last: date, limit: int = MOST) -> list[EndingRow]:
    """Who was not told yet that a certificate in force ends in these days; an entry that names no holder told them all."""
    return records.rows(EndingRow, ENDING, {"first": first, "last": last, "limit": limit})


def issuer(agency: str) -> IssuerRow | None:
    """Find an issuer."""
    statement = "SELECT agency, code, name_zh, name_en, sample FROM certificate_issuers WHERE agency = %s"
    return records.first(IssuerRow, statement, [agency])


def issuers() -> list[IssuerRow]:
    """List the issuers of this node."""
    statement = "SELECT agency, code, name_zh, name_en, sample FROM certificate_issuers ORDER BY agency"
    return records.rows(IssuerRow, statement)


def keys_in_use(agency: str) -> dict[str, KeyRow]:
    """The keys that an issuer signs with now, by suite; of the node's authority for no agency."""
    found = records.rows(KeyRow, f"{KEY} WHERE agency = %s AND retired_at IS NULL", [agency])
    return {one.suite: _key(one) for one in found}


def every_key() -> list[KeyRow]:
    """All keys that there ever were, the authority's first."""
    return [_key(one) for one in records.rows(KeyRow, f"{KEY} ORDER BY agency, begins, id")]


def seal_in_use(line: Collection[str]) -> SealRow | None:
    """The active seal of the first of these agencies that has one."""
    found = records.first(SealRow, IN_USE, [list(line), list(line)])
    return found and _seal(found)


def seal(number: str) -> SealRow | None:
    """Find a seal."""
    found = records.first(SealRow, f"{SEAL} WHERE number = %s", [number])
    return found and _seal(found)


def seals_of(agencies: Collection[str]) -> list[SealRow]:
    """List the seals of agencies, those in use first."""
    statement = (
        f"{SEAL} WHERE agency = ANY(%s) ORDER BY state = 'destroyed', agency, asked_at DESC LIMIT {MOST}"
    )
    return [_seal(one) for one in records.rows(SealRow, statement, [list(agencies)])]


def kept_below(agency: str) -> str:
    """With what the codes of all agencies begin whose seals an office keeps as the catalogue's; empty for other offices."""
    division, _, kind = agency.partition(".")
    if kind != KEEPER:
        return ""
    return division.removesuffix("00").removesuffix("00") if len(division) == len("330000") else division


def kept_by(agency: str) -> list[SealLine]:
    """The seals that an office deals with: of its own, of those below it in their line, or of its whole place; open ones first."""
    return records.rows(SealLine, KEPT, {"agency": agency, "stem": kept_below(agency)})


def unsealed_below(agency: str) -> list[IssuerRow]:
    """The issuers for which an office can ask for a seal, as they have none."""
    return records.rows(IssuerRow, UNSEALED, {"agency": agency, "stem": kept_below(agency)})


def every_seal() -> list[SealRow]:
    """All seals that were ever made."""
    statement = f"{SEAL} WHERE document IS NOT NULL ORDER BY number"
    return [_seal(one) for one in records.rows(SealRow, statement)]


def seal_acts(number: str) -> list[SealActRow]:
    """What was done with a seal, the latest first."""
    statement = f"""
        SELECT s.act, coalesce(o.name, ''), s.reason, s.at FROM certificate_seal_acts s LEFT JOIN officials o ON o.id = s.official
        WHERE s.seal = %s ORDER BY s.id DESC LIMIT {MOST}"""
    return records.rows(SealActRow, statement, [number])


def seal_uses(number: str) -> int:
    """How many certificates bear a seal."""
    return records.number("SELECT count(*) FROM certificates WHERE seal = %s", [number])


def sealed_with(number: str, limit: int = 50) -> list[CertificateRow]:
    """The certificates that bear a seal, the latest first."""
    statement = f"{LISTED} WHERE c.seal = %s ORDER BY c.id DESC LIMIT %s"
    return records.rows(CertificateRow, statement, [number, limit])


def certificates_of(person: int) -> list[CertificateRow]:
    """The certificates that a person or an enterprise holds, the latest first."""
    statement = f"{LISTED} {HELD} ORDER BY h.certificate DESC LIMIT {MOST}"
    return records.rows(CertificateRow, statement, {"person": person})


def certificate_held(number: str, person: int) -> WholeCertificate | None:
    """Find a certificate by its number, where this person or enterprise holds it."""
    asked = {"number": number, "person": person}
    return records.first(WholeCertificate, f"{WHOLE} {HELD} WHERE c.number = %(number)s", asked)


def certificates_of_case(case: UUID) -> list[CertificateRow]:
    """What was issued in a case, the latest first."""
    return records.rows(CertificateRow, f'{LISTED} WHERE c."case" = %s ORDER BY c.id DESC', [case])


def certificates_of_application(application: UUID) -> list[CertificateRow]:
    """What was issued for an application, in the order of issue."""
    return records.rows(CertificateRow, f"{LISTED} WHERE c.application = %s ORDER BY c.id", [application])


def certificate(number: str) -> WholeCertificate | None:
    """Find a certificate by its number, with its data forms."""
    return records.first(WholeCertificate, f"{WHOLE} WHERE c.number = %s", [number])


def certificate_by_id(certificate_id: int) -> WholeCertificate | None:
    """Find a certificate by its place."""
    return records.first(WholeCertificate, f"{WHOLE} WHERE c.id = %s", [certificate_id])


def standing(number: str) -> Standing | None:
    """How a certificate stands today; None where we did not issue it."""
    found = records.prepared(StandingRow, STANDING, [number])
    return found and Standing(Status(found.state), found.state_at, found.reason)


def paper(certificate_id: int, form: str) -> PaperRow | None:
    """A certificate as a sealed page; None until the worker made it."""
    found = records.first(PaperRow, PAPER, [certificate_id, form])
    return found and PaperRow(bytes(found.content), found.made_at)


def not_valid(number: int) -> list[tuple[int, Status]]:
    """The places in a status list of what is not simply valid."""
    start = number * PER_LIST
    found = records.rows(_Place, NOT_VALID, [start, start + PER_LIST])
    return [(one.id - start, Status(one.state)) for one in found]


def last_list() -> int:
    """The number of the newest status list, -1 before the first certificate."""
    return records.number("SELECT coalesce(max(id), -1) FROM certificates") // PER_LIST


def due(limit: int = 100) -> list[UUID]:
    """Cases whose certificate waits for a seal that is in use by now."""
    statement = (
        """SELECT "case", agency FROM certificate_dues WHERE settled_at IS NULL ORDER BY since LIMIT %s"""
    )
    return [one.case for one in records.rows(_Due, statement, [limit])]


class _Due(NamedTuple):
    case: UUID
    agency: str


def signed_lists() -> list[SignedList]:
    """The newest list of issuers of each node, as it was signed."""
    return [
        one._replace(document=bytes(one.document), signature=bytes(one.signature))
        for one in records.rows(SignedList, LISTS)
    ]


def lists() -> dict[str, IssuerList]:
    """The newest list of issuers of each node."""
    return {one.node: read_issuers(one.document) for one in signed_lists()}


def trust() -> Trust:
    """Whom this node believes: itself, and the nodes of the list in force, so that a node that was struck off is believed no more."""
    nodes, found = exchange.node_list(), lists()
    if nodes is None:
        return Trust(found)
    believed = {settings.QIPAN_NODE, *nodes.nodes}
    return Trust({node: one for node, one in found.items() if node in believed})


def list_of(node: str) -> IssuerList | None:
    """The newest list of issuers of one node."""
    return lists().get(node)


def lists_state() -> int:
    """What changes when any node's list does: none is ever taken away."""
    return records.number("SELECT coalesce(max(id), 0) FROM certificate_issuer_lists")


def _key(row: KeyRow) -> KeyRow:
    return row._replace(public=bytes(row.public), certificate=bytes(row.certificate))


def _seal(row: SealRow) -> SealRow:
    document = None if row.document is None else bytes(row.document)
    return row._replace(picture=bytes(row.picture), document=document)
