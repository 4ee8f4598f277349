"""The list of issuers: publishing our own, and taking those of other nodes."""

from collections.abc import Iterator
from datetime import datetime

from qipan.adapters.seals import PrivateKey
from qipan.certificates import queries
from qipan.certificates.checking import believable
from qipan.certificates.errors import AnothersKey
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
from qipan.exchange.operations import Kind, Signed, accept_document, publish_document

ISSUERS = Kind("issuers", SIGNED_ISSUERS, read_issuers, "certificate_issuer_lists", queries.list_of)


def publish_issuers(*, node: str, key: PrivateKey, at: datetime) -> IssuerList | None:
    """Sign the list of this node's issuers, keys and seals under the next number; None where it says the same already."""

    def made(number: int) -> IssuerList:
        return IssuerList(
            node=node,
            number=number,
            issued=at.replace(microsecond=0),
            authorities=tuple(one.certificate for one in queries.every_key() if not one.agency),
            issuers={one.agency: one for one in _issuers()},
            seals={one.number: one for one in _seals()},
        )

    return publish_document(ISSUERS, made=made, node=node, key=key, at=at)


def accept_issuers(*, document: bytes, signed: Signed, at: datetime, own: str = "") -> IssuerList:
    """Take another node's list; our ``own`` is ours to say, whoever brings it.

    Raises NotAnIssuerList, AnothersKey, and what `accept_document` raises.
    """
    found = read_issuers(document)
    if not believable(found):
        raise NotAnIssuerList
    if _keys(found) & {
        key for one in queries.lists().values() if one.node != found.node for key in _keys(one)
    }:
        raise AnothersKey
    return accept_document(ISSUERS, document=document, signed=signed, at=at, own=own)


def _keys(found: IssuerList) -> set[str]:
    return {key.id for issuer in found.issuers.values() for key in issuer.keys}


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
