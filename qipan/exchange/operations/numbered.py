"""Documents that each node signs about itself under a number that only grows: its catalogue, its list of issuers.

Whoever brings one, it is verified by its node's key in the list of nodes; what is ours only we say; and no number is taken twice or lower,
so that nobody brings back what a node once said.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Generic, LiteralString, NamedTuple, Protocol, TypeVar

from qipan import records
from qipan.adapters.seals import PrivateKey
from qipan.core import canonical
from qipan.core.nodes import key_id
from qipan.exchange.errors import OldDocument
from qipan.exchange.operations.documents import Signed, verify_node
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

COLUMNS = "(node, number, document, key, signature, accepted_at)"
VALUES = "(%(node)s, %(number)s, %(document)s, %(key)s, %(signature)s, %(at)s)"


class Numbered(Protocol):
    """A document of a node, a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def node(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def issued(self) -> datetime: ...
    def document(self) -> bytes:
        """Give the bytes that are signed."""
        ...


D = TypeVar("D", bound=Numbered)


class Kind(NamedTuple, Generic[D]):
    """One kind of them: the line that stands before what is signed, how it is read, where it is kept, and the newest of a node."""

    name: str
    line: bytes
    read: Callable[[bytes], D]
    table: LiteralString
    newest: Callable[[str], D | None]


def publish_document(
    kind: Kind[D], *, made: Callable[[int], D], node: str, key: PrivateKey, at: datetime
) -> D | None:
    """Sign what ``made`` says under a node's next number; None where it says the same already."""
    before = kind.newest(node)
    new = made(before.number + 1 if before else 1)
    if before and replace(new, number=before.number, issued=before.issued).document() == before.document():
        return None
    document = new.document()
    _keep(kind, new, Signed(key_id(key.suite, key.public.raw), key.sign(kind.line + document)), at)
    return new


def accept_document(kind: Kind[D], *, document: bytes, signed: Signed, at: datetime, own: str = "") -> D:
    """Take another node's document; our ``own`` is ours to say. Raises what the kind's reading raises, NoList, NotSignedByBoth, OldDocument."""
    found = kind.read(document)
    if found.node == own:
        raise OldDocument
    verify_node(node=found.node, signed=signed, message=kind.line + document, at=at)
    before = kind.newest(found.node)
    if before is not None and found.number <= before.number:
        raise OldDocument
    _keep(kind, found, signed, at)
    return found


def _keep(kind: Kind[D], found: D, signed: Signed, at: datetime) -> None:
    document = found.document()
    told = {"node": found.node, "digest": canonical.digest(document).hex()}
    ledger.append(
        [SYSTEM.entry(f"accept_{kind.name}", f"{kind.name}:{found.node}:{found.number}", **told)], at
    )
    row = {"node": found.node, "number": found.number, "document": document, **signed._asdict(), "at": at}
    records.execute(f"INSERT INTO {kind.table} {COLUMNS} VALUES {VALUES}", row)
