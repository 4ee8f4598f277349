"""Taking the signed documents of the exchange: lists of nodes, grants, revocations. Each is verified here, whoever brings it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.adapters.seals import Malformed, PublicKey, Suite, public_key
from qipan.core import canonical
from qipan.core.grants import (
    SIGNED_GRANT,
    SIGNED_REVOCATION,
    End,
    Grant,
    Revocation,
    read_grant,
    read_revocation,
)
from qipan.core.nodes import SIGNED_LIST, NodeList, key_id, read_nodes
from qipan.exchange import queries
from qipan.exchange.errors import (
    AlreadyIssued,
    NoList,
    NoSuchGrant,
    NotAParty,
    NotSignedByBoth,
    OldList,
)
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM, Acting

STORE_LIST = """
INSERT INTO node_lists (number, document, key, signature, accepted_at)
VALUES (%(number)s, %(document)s, %(key)s, %(signature)s, %(at)s)
"""
STORE_GRANT = """
INSERT INTO exchange_grants (id, digest, document, signatures, resource, provider_node, provider_agency, consumer_node,
  consumer_agency, begins, ends, issued_at)
VALUES (%(id)s, %(digest)s, %(document)s, %(signatures)s, %(resource)s, %(provider_node)s, %(provider_agency)s,
  %(consumer_node)s, %(consumer_agency)s, %(begins)s, %(ends)s, %(at)s)
ON CONFLICT (id) DO NOTHING
"""
STORE_REVOCATION = """
INSERT INTO exchange_revocations ("grant", document, key, signature, node, agency, reason, revoked_at)
VALUES (%(grant)s, %(document)s, %(key)s, %(signature)s, %(node)s, %(agency)s, %(reason)s, %(at)s)
ON CONFLICT ("grant") DO NOTHING
"""


class Signed(NamedTuple):
    """A party's signature: the identifier of its key in the list of nodes, and 64 bytes."""

    key: str
    signature: bytes


def accept_node_list(*, document: bytes, signed: Signed, trusted: PublicKey, at: datetime) -> NodeList:
    """Take a list of nodes signed by the trusted key; raises NotANodeList, NotSignedByBoth and OldList."""
    found = read_nodes(document)
    known = signed.key == key_id(trusted.suite, trusted.raw)
    if not known or not trusted.verify(signed.signature, SIGNED_LIST + document):
        raise NotSignedByBoth
    before = queries.node_list()
    if before is not None and found.number <= before.number:
        raise OldList
    told = {"number": found.number, "nodes": sorted(found.nodes), "digest": canonical.digest(document).hex()}
    ledger.append([SYSTEM.entry("accept_node_list", f"nodes:{found.number}", **told)], at)
    records.execute(STORE_LIST, {"number": found.number, "document": document, **signed._asdict(), "at": at})
    return found


def issue_grant(
    *, document: bytes, signatures: Mapping[str, Signed], at: datetime, acting: Acting = SYSTEM
) -> Grant:
    """Take a grant signed by ``provider`` and ``consumer``; the same again changes nothing.

    Raises NotAGrant, NoList, NotSignedByBoth and AlreadyIssued.
    """
    found = read_grant(document)
    nodes = _nodes()
    for party, end in (("provider", found.provider), ("consumer", found.consumer)):
        _verify(nodes, end, signatures.get(party), SIGNED_GRANT + document, at)
    digest = canonical.digest(document)
    if not records.execute(STORE_GRANT, _grant_row(found, document, digest, signatures, at)):
        _check_same(found.id, digest)
        return found
    told: dict[str, object] = {
        "digest": digest.hex(),
        "resource": found.resource,
        "purpose": found.purpose_zh,
    }
    told |= {"provider": [*found.provider], "consumer": [*found.consumer], "fields": [*found.fields]}
    ledger.append([acting.entry("issue_grant", f"grant:{found.id}", **told)], at)
    return found


def revoke_grant(*, document: bytes, signed: Signed, at: datetime, acting: Acting = SYSTEM) -> Revocation:
    """Take a revocation by one of the grant's parties; from its commit on no call passes. A second one changes nothing.

    Raises NotARevocation, NoSuchGrant, NotAParty, NoList and NotSignedByBoth.
    """
    found = read_revocation(document)
    held = queries.grant(found.grant)
    if held is None:
        raise NoSuchGrant
    if found.by not in (held.grant.provider, held.grant.consumer):
        raise NotAParty
    _verify(_nodes(), found.by, signed, SIGNED_REVOCATION + document, at)
    row = {"grant": found.grant, "document": document, **signed._asdict(), **found.by._asdict()}
    if records.execute(STORE_REVOCATION, {**row, "reason": found.reason, "at": at}):
        told = {"by": [*found.by], "reason": found.reason, "digest": canonical.digest(document).hex()}
        ledger.append([acting.entry("revoke_grant", f"grant:{found.grant}", **told)], at)
    return found


def verify_node(*, node: str, signed: Signed, message: bytes, at: datetime) -> None:
    """See that a node signed this, by a key that holds; raises NoList and NotSignedByBoth."""
    _verify(_nodes(), End(node, ""), signed, message, at)


def _nodes() -> NodeList:
    found = queries.node_list()
    if found is None:
        raise NoList
    return found


def _verify(nodes: NodeList, end: End, signed: Signed | None, message: bytes, at: datetime) -> None:
    node = nodes.nodes.get(end.node)
    key = node.key(signed.key) if node and signed else None
    if key is None or signed is None or not key.holds(at):
        raise NotSignedByBoth
    try:
        verifying = public_key(Suite(key.suite), key.raw)
    except (Malformed, ValueError):
        raise NotSignedByBoth from None
    if not verifying.verify(signed.signature, message):
        raise NotSignedByBoth


def _check_same(id: str, digest: bytes) -> None:  # noqa: A002 -- see queries
    held = queries.grant(id)
    if held is None or canonical.digest(held.grant.document()) != digest:
        raise AlreadyIssued


def _grant_row(
    found: Grant, document: bytes, digest: bytes, signatures: Mapping[str, Signed], at: datetime
) -> dict[str, object]:
    signed = {party: {"key": one.key, "signature": one.signature.hex()} for party, one in signatures.items()}
    return {
        "id": found.id,
        "digest": digest,
        "document": document,
        "signatures": records.jsonb(signed),
        "resource": found.resource,
        "provider_node": found.provider.node,
        "provider_agency": found.provider.agency,
        "consumer_node": found.consumer.node,
        "consumer_agency": found.consumer.agency,
        "begins": found.begins,
        "ends": found.ends,
        "at": at,
    }
