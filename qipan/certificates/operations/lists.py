"""The list of issuers: publishing our own, and taking those of other nodes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from qipan import records
from qipan.adapters.seals import PrivateKey
from qipan.certificates import queries
from qipan.certificates.checking import believable
from qipan.certificates.errors import UnknownNode
from qipan.core import canonical
from qipan.core.issuer_lists import (
    SIGNED_ISSUERS,
    Issuer,
    IssuerKey,
    IssuerList,
    ListedSeal,
    NotAnIssuerList,
    read_issuers,
)
from qipan.core.nodes import key_id
from qipan.exchange.operations import Signed
from qipan.exchange.operations.documents import verify_node
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

STORE = """
INSERT INTO certificate_issuer_lists (node, number, document, key, signature, accepted_at)
VALUES (%(node)s, %(number)s, %(document)s, %(key)s, %(signature)s, %(at)s)
"""


def publish_issuers(*, node: str, key: PrivateKey, at: datetime) -> IssuerList | None:
    """Sign the list of this node's issuers, keys and seals under the next number; None where it says the same already."""
    before = queries.lists().get(node)
    made = IssuerList(
        node=node,
        number=before.number + 1 if before else 1,
        issued=at.replace(microsecond=0),
        authorities=tuple(one.certificate for one in queries.every_key() if not one.agency),
        issuers={one.agency: one for one in _issuers()},
        seals={one.number: one for one in _seals()},
    )
    made = read_issuers(made.document())  # moments in whole seconds, as everybody reads them
    if before is not None and replace(made, number=before.number, issued=before.issued) == before:
        return None
    document = made.document()
    signed = Signed(key_id(key.suite, key.public.raw), key.sign(SIGNED_ISSUERS + document))
    _store(made, document, signed, at)
    return made


def accept_issuers(*, document: bytes, signed: Signed, at: datetime, own: str = "") -> IssuerList:
    """Take another node's list; our ``own`` is ours to say, whoever brings it.

    Raises NotAnIssuerList, UnknownNode, and what `verify_node` raises.
    """
    found = read_issuers(document)
    if not believable(found):
        raise NotAnIssuerList
    if found.node == own:
        raise UnknownNode
    verify_node(node=found.node, signed=signed, message=SIGNED_ISSUERS + document, at=at)
    if found.number <= queries.list_number(found.node):
        raise UnknownNode
    _store(found, document, signed, at)
    return found


def _store(found: IssuerList, document: bytes, signed: Signed, at: datetime) -> None:
    told = {"node": found.node, "issuers": len(found.issuers), "digest": canonical.digest(document).hex()}
    ledger.append([SYSTEM.entry("accept_issuers", f"issuers:{found.node}:{found.number}", **told)], at)
    row = {"node": found.node, "number": found.number, "document": document, **signed._asdict(), "at": at}
    records.execute(STORE, row)


def _issuers() -> Iterator[Issuer]:
    keys: dict[str, list[IssuerKey]] = {}
    for one in queries.every_key():
        listed = IssuerKey(
            one.id, one.suite, one.public, canonical.digest(one.certificate), one.begins, one.ends, one.why
        )
        keys.setdefault(one.agency, []).append(listed)
    for row in queries.issuers():
        yield Issuer(row.agency, row.code, row.name_zh, row.name_en, tuple(keys.get(row.agency, ())))


def _seals() -> Iterator[ListedSeal]:
    for one in queries.every_seal():
        if one.begins is not None and one.ends is not None:
            yield ListedSeal(one.number, one.agency, one.state, one.begins, one.ends)
