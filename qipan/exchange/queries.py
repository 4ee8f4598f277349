"""Reading what nodes know of each other: the list, grants, revocations, and the records of calls."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.core.catalogues import Catalogue, read_catalogue
from qipan.core.grants import Grant, read_grant
from qipan.core.nodes import NodeList, read_nodes

REMEMBERED = timedelta(days=31)  # grants that ended are told apart from those that never were
NEWEST_LIST = "SELECT document, key, signature FROM node_lists ORDER BY number DESC LIMIT 1"
CATALOGUES = """
SELECT DISTINCT ON (node) document, key, signature FROM node_catalogues
WHERE %(node)s IN ('', node) ORDER BY node, number DESC
"""
GRANTS = """
SELECT g.id, g.document, g.signatures, g.issued_at, r.revoked_at, coalesce(r.reason, '') AS reason
FROM exchange_grants g LEFT JOIN exchange_revocations r ON r."grant" = g.id
"""
ONE = f"{GRANTS} WHERE g.id = %s"
OF_AGENCY = f"{GRANTS} WHERE g.provider_agency = %(agency)s OR g.consumer_agency = %(agency)s ORDER BY g.issued_at DESC, g.id"
STANDING = f"{GRANTS} WHERE g.ends > %(since)s AND (g.provider_node = %(node)s OR g.consumer_node = %(node)s) ORDER BY g.id"
IN_FORCE = """
SELECT g.document FROM exchange_grants g
WHERE g.consumer_node = %(node)s AND g.resource = ANY(%(resources)s)
  AND NOT EXISTS (SELECT FROM exchange_revocations r WHERE r."grant" = g.id) ORDER BY g.id
"""
STATE = """
SELECT coalesce((SELECT max(number) FROM node_lists), 0) AS list,
  (SELECT count(*) FROM exchange_grants) AS grants, (SELECT count(*) FROM exchange_revocations) AS revocations
"""
DOCUMENTS_STATE = """
SELECT coalesce((SELECT max(number) FROM node_lists), 0) AS list, (SELECT count(*) FROM node_catalogues) AS catalogues
"""
CATALOGUES_STATE = """
SELECT coalesce(string_agg(encode(signature, 'hex'), '' ORDER BY node, number), '') AS signatures FROM node_catalogues
"""
REVOCATIONS = """
SELECT r.document, r.key, r.signature, CASE WHEN g.provider_node = %(node)s THEN g.consumer_node ELSE g.provider_node END AS peer
FROM exchange_revocations r JOIN exchange_grants g ON g.id = r."grant"
WHERE r.node = %(node)s AND g.provider_node <> g.consumer_node AND r.revoked_at > %(since)s ORDER BY r.revoked_at
"""
NONCES = "SELECT peer, nonce FROM exchange_nonces WHERE until > %s"
USED = 'SELECT "grant", rows FROM exchange_usage WHERE day = %s'
CALLS = """
SELECT encode(exchange, 'hex') AS exchange, side, peer, "grant", resource, fields, purpose, basis, "case", official, outcome,
  alarm, rows, at, milliseconds
FROM exchange_calls WHERE {which} ORDER BY id DESC LIMIT %(limit)s
"""


class HeldGrant(NamedTuple):
    """A grant with what became of it; ``grant`` is the document read, ``signatures`` by party."""

    id: UUID
    grant: Grant
    signatures: dict[str, dict[str, str]]
    issued_at: datetime
    revoked_at: datetime | None
    reason: str


class State(NamedTuple):
    """What changes when the list, grants or revocations do."""

    list: int
    grants: int
    revocations: int


class DocumentsState(NamedTuple):
    """What changes when there is a new list or catalogue: neither is ever taken away."""

    list: int
    catalogues: int


class SentRevocation(NamedTuple):
    """A revocation of our own that the other party must get."""

    document: bytes
    key: str
    signature: bytes
    peer: str


class UsedNonce(NamedTuple):
    """A nonce that may not come again."""

    peer: str
    nonce: bytes


class Used(NamedTuple):
    """The rows that passed under a grant on one day."""

    grant: UUID
    rows: int


class RecordedCall(NamedTuple):
    """One end's record of a call."""

    exchange: str
    side: str
    peer: str
    grant: UUID | None
    resource: str
    fields: tuple[str, ...]
    purpose: str
    basis: str
    case: str
    official: str
    outcome: str
    alarm: bool
    rows: int
    at: datetime
    milliseconds: int


class _Document(NamedTuple):
    document: bytes


class _Signatures(NamedTuple):
    signatures: str


class _Held(NamedTuple):
    id: UUID
    document: bytes
    signatures: dict[str, dict[str, str]]
    issued_at: datetime
    revoked_at: datetime | None
    reason: str


class SignedDocument(NamedTuple):
    """A document as its signer gave it out."""

    document: bytes
    key: str
    signature: bytes


def node_list() -> NodeList | None:
    """The newest list of nodes; None before there is one."""
    found = signed_node_list()
    return read_nodes(found.document) if found else None


def signed_node_list() -> SignedDocument | None:
    """The newest list as it was signed."""
    found = records.first(SignedDocument, NEWEST_LIST)
    return _whole(found) if found else None


def signed_catalogues() -> list[SignedDocument]:
    """The newest catalogue of each node, our own among them."""
    return [_whole(one) for one in records.rows(SignedDocument, CATALOGUES, {"node": ""})]


def catalogues() -> list[Catalogue]:
    """The same, read."""
    return [read_catalogue(one.document) for one in signed_catalogues()]


def catalogue_of(node: str) -> Catalogue | None:
    """The newest catalogue of one node."""
    found = records.first(SignedDocument, CATALOGUES, {"node": node})
    return read_catalogue(bytes(found.document)) if found else None


def grant(id: UUID | str) -> HeldGrant | None:  # noqa: A002 -- what a grant's number is called in its document
    """Find a grant, whatever became of it."""
    found = records.first(_Held, ONE, [id])
    return _held(found) if found else None


def grants_of(agency: str) -> list[HeldGrant]:
    """The grants that an agency gave or was given, the newest first."""
    return [_held(one) for one in records.rows(_Held, OF_AGENCY, {"agency": agency})]


def standing_grants(node: str, at: datetime) -> list[HeldGrant]:
    """The grants of a node that have not ended long ago, the revoked ones among them."""
    told = {"node": node, "since": at - REMEMBERED}
    return [_held(one) for one in records.rows(_Held, STANDING, told)]


def grants_in_force(node: str, resources: Collection[str]) -> list[Grant]:
    """The grants by which a node may use these resources, none of them revoked; their time is the caller's to see."""
    found = records.rows(_Document, IN_FORCE, {"node": node, "resources": list(resources)})
    return [_grant(bytes(one.document)) for one in found]


def state() -> State:
    """What to compare to see whether anything changed."""
    found = records.first(State, STATE)
    return found or State(0, 0, 0)


def documents_state() -> DocumentsState:
    """What to compare to see whether there is anything new to give out."""
    return records.first(DocumentsState, DOCUMENTS_STATE) or DocumentsState(0, 0)


def catalogues_state() -> str:
    """What to compare to see whether any node says something else than before."""
    found = records.first(_Signatures, CATALOGUES_STATE)
    return found.signatures if found else ""


def revocations_to_send(node: str, since: datetime) -> list[SentRevocation]:
    """The revocations that a node's own parties made since then."""
    found = records.rows(SentRevocation, REVOCATIONS, {"node": node, "since": since})
    return [one._replace(document=bytes(one.document), signature=bytes(one.signature)) for one in found]


def nonces(at: datetime) -> list[UsedNonce]:
    """The nonces that could still be replayed."""
    found = records.rows(UsedNonce, NONCES, [at])
    return [one._replace(nonce=bytes(one.nonce)) for one in found]


def used_on(day: date) -> Sequence[Used]:
    """How much of each grant was used on a day (UTC)."""
    return records.rows(Used, USED, [day])


def calls_under(id: UUID | str, limit: int = 100) -> list[RecordedCall]:  # noqa: A002 -- see `grant`
    """The newest calls under a grant."""
    return records.rows(
        RecordedCall, CALLS.format(which='"grant" = %(grant)s'), {"grant": id, "limit": limit}
    )


def calls_since(since: datetime, limit: int = 1000) -> list[RecordedCall]:
    """The newest calls since then, either side's."""
    return records.rows(RecordedCall, CALLS.format(which="at >= %(since)s"), {"since": since, "limit": limit})


def alarms(limit: int = 100) -> list[RecordedCall]:
    """The newest calls that somebody must look into."""
    return records.rows(RecordedCall, CALLS.format(which="alarm"), {"limit": limit})


@lru_cache(maxsize=4096)
def _grant(document: bytes) -> Grant:
    return read_grant(document)


def _whole(row: SignedDocument) -> SignedDocument:
    return row._replace(document=bytes(row.document), signature=bytes(row.signature))


def _held(row: _Held) -> HeldGrant:
    return HeldGrant(
        row.id, read_grant(bytes(row.document)), row.signatures, row.issued_at, row.revoked_at, row.reason
    )
