"""What each node holds, as it says itself: publishing our own catalogue, and taking those of others."""

from collections.abc import Mapping
from datetime import datetime

from qipan.adapters.seals import PrivateKey
from qipan.core.catalogues import SIGNED_CATALOGUE, Catalogue, HeldResource, read_catalogue
from qipan.exchange import queries
from qipan.exchange.operations.documents import Signed
from qipan.exchange.operations.numbered import Kind, accept_document, publish_document

CATALOGUE = Kind("catalogue", SIGNED_CATALOGUE, read_catalogue, "node_catalogues", queries.catalogue_of)


def publish_catalogue(
    *, node: str, resources: Mapping[str, HeldResource], key: PrivateKey, at: datetime
) -> Catalogue | None:
    """Sign what this node holds under the next number; None where it says the same already."""

    def made(number: int) -> Catalogue:
        return Catalogue(node, number, at.replace(microsecond=0), resources)

    return publish_document(CATALOGUE, made=made, node=node, key=key, at=at)


def accept_catalogue(*, document: bytes, signed: Signed, at: datetime, own: str = "") -> Catalogue:
    """Take another node's catalogue; raises NotACatalogue, NoList, NotSignedByBoth and OldDocument."""
    return accept_document(CATALOGUE, document=document, signed=signed, at=at, own=own)
