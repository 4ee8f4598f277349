"""Letters between nodes about a request: each act on one that another node shares in, written in the act's transaction.

The gateway brings them there, in order, until they are taken: a node that is down gets them when it is up again.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from qipan import records
from qipan.core.canonical import printable
from qipan.core.share_acts import AskedFor, ShareAct
from qipan.people.actors import Actor

COUNT = """
SELECT count(*) FROM share_letters WHERE request = %(request)s AND peer = %(peer)s AND outward = %(outward)s
"""
STORE = """
INSERT INTO share_letters (request, peer, outward, number, document, outcome, at, settled_at)
VALUES (%(request)s, %(peer)s, %(outward)s, %(number)s, %(document)s, %(outcome)s, %(at)s, %(settled_at)s)
"""
TO_SEND = """
SELECT DISTINCT ON (peer) id, request, peer, document FROM share_letters WHERE outward AND settled_at IS NULL ORDER BY peer, id
"""
SETTLE = "UPDATE share_letters SET outcome = %(outcome)s, settled_at = %(at)s WHERE id = %(letter)s AND settled_at IS NULL"
TAKEN = "ok"


class Letter(NamedTuple):
    """A letter that waits to be brought."""

    id: int
    request: UUID
    peer: str
    document: bytes


class Matter(NamedTuple):
    """Of a request, what a letter says of it; ``peer`` is the other node."""

    id: UUID
    peer: str
    agency: str


def write_letter(matter: Matter, act: str, actor: Actor, at: datetime, **said: object) -> None:
    """Tell the other node of an act, in the caller's transaction; what is ``said`` are further parts of ShareAct."""
    number = counted(matter.id, matter.peer, outward=True) + 1
    written = ShareAct(
        request=str(matter.id),
        number=number,
        act=act,
        at=at,
        node=settings.QIPAN_NODE,
        agency=matter.agency,
        official=actor.name,
        **said,  # type: ignore[arg-type]
    )
    _store(matter, number, written.document(), at, outward=True, outcome="", settled_at=None)


def keep_letter(act: ShareAct, document: bytes, outcome: str, at: datetime) -> None:
    """Note that a letter of another node was taken."""
    matter = Matter(UUID(act.request), act.node, act.agency)
    _store(matter, act.number, document, at, outward=False, outcome=outcome, settled_at=at)


def counted(request: UUID, peer: str, *, outward: bool) -> int:
    """How many letters about a request went to a node, or came from it."""
    return records.number(COUNT, {"request": request, "peer": peer, "outward": outward})


def letters_to_send() -> list[Letter]:
    """Of each node the first letter that it has not taken yet; those after it wait, so that all come in their order."""
    found = records.rows(Letter, TO_SEND)
    return [one._replace(document=bytes(one.document)) for one in found]


def settle_letter(letter: int, outcome: str, at: datetime) -> None:
    """Note what came of a letter: ``ok``, or why it was not taken and never will be."""
    records.execute(SETTLE, {"letter": letter, "outcome": outcome, "at": at})


def one_line(reason: str) -> str:
    """As a document can hold it."""
    return " ".join("".join(one if printable(one) else " " for one in reason).split())


def asked_for(row: Mapping[str, object]) -> AskedFor:
    """What a request's columns ask for."""
    return AskedFor(**{name: _plain(row[name]) for name in AskedFor._fields})  # type: ignore[arg-type]


def _plain(value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(value)
    return value if isinstance(value, date | bool | int) else str(value)


def _store(matter: Matter, number: int, document: bytes, at: datetime, **columns: object) -> None:
    row = {"request": matter.id, "peer": matter.peer, "number": number, "document": document, "at": at}
    records.execute(STORE, {**row, **columns})
