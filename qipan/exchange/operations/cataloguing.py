"""What each node holds, as it says itself: publishing our own catalogue, and taking those of others."""

from collections.abc import Mapping
from datetime import datetime

from qipan import records
from qipan.adapters.seals import PrivateKey
from qipan.core import canonical
from qipan.core.catalogues import SIGNED_CATALOGUE, Catalogue, HeldResource, read_catalogue
from qipan.core.nodes import key_id
from qipan.exchange import queries
from qipan.exchange.errors import OldCatalogue
from qipan.exchange.operations.documents import Signed, verify_node
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

STORE = """
INSERT INTO node_catalogues (node, number, document, key, signature, accepted_at)
VALUES (%(node)s, %(number)s, %(document)s, %(key)s, %(signature)s, %(at)s)
"""


def publish_catalogue(
    *, node: str, resources: Mapping[str, HeldResource], key: PrivateKey, at: datetime
) -> Catalogue | None:
    """Sign what this node holds under the next number; None where it says the same already."""
    before = queries.catalogue_of(node)
    if before is not None and dict(before.resources) == dict(resources):
        return None
    made = Catalogue(node, before.number + 1 if before else 1, at.replace(microsecond=0), resources)
    document = made.document()
    signature = key.sign(SIGNED_CATALOGUE + document)
    _store(made, document, Signed(key_id(key.suite, key.public.raw), signature), at)
    return made


def accept_catalogue(*, document: bytes, signed: Signed, at: datetime, own: str = "") -> Catalogue:
    """Take another node's catalogue; our ``own`` is ours to say, whoever brings it.

    Raises NotACatalogue, NoList, NotSignedByBoth and OldCatalogue.
    """
    found = read_catalogue(document)
    if found.node == own:
        raise OldCatalogue
    verify_node(node=found.node, signed=signed, message=SIGNED_CATALOGUE + document, at=at)
    before = queries.catalogue_of(found.node)
    if before is not None and found.number <= before.number:
        raise OldCatalogue
    _store(found, document, signed, at)
    return found


def _store(found: Catalogue, document: bytes, signed: Signed, at: datetime) -> None:
    told = {"node": found.node, "resources": len(found.resources), "digest": canonical.digest(document).hex()}
    ledger.append([SYSTEM.entry("accept_catalogue", f"catalogue:{found.node}:{found.number}", **told)], at)
    row = {"node": found.node, "number": found.number, "document": document, **signed._asdict(), "at": at}
    records.execute(STORE, row)
