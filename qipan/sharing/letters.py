"""Letters between nodes about a request: each act on one that another node shares in, written in the act's transaction.

The gateway brings them there, those about a request in their order, until they are taken: a node that is down gets them when it is up
again.
"""

from collections.abc import Collection, Mapping, Sequence
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
ASKED = f"(SELECT to_jsonb(one) FROM (SELECT {', '.join(AskedFor._fields)}) AS one) AS asked"
"""What a request asks for, as a column of a statement that reads requests; see ``asked_in``."""
MOST_OF_ONE = 50  # letters to one node that are read at once
TO_SEND = f"""
SELECT id::text AS name, request::text AS matter, peer, document FROM (
  SELECT heads.*, row_number() OVER (PARTITION BY peer ORDER BY id) AS place FROM (
    SELECT DISTINCT ON (peer, request) id, request, peer, document FROM share_letters
    WHERE outward AND settled_at IS NULL AND NOT peer = ANY(%(without)s::text[]) ORDER BY peer, request, id) AS heads) AS waiting
WHERE place <= {MOST_OF_ONE} ORDER BY id
"""
SETTLE = "UPDATE share_letters SET outcome = %(outcome)s, settled_at = %(at)s WHERE id = %(letter)s AND settled_at IS NULL"
TAKEN = "ok"


class Letter(NamedTuple):
    """A letter that waits to be brought; ``name`` tells it from others, ``matter`` is what it is about: of that, others may wait for it."""

    name: str
    matter: str
    peer: str
    document: bytes


class Matter(NamedTuple):
    """Of a request, what a letter says of it: the node that it goes to or comes from, and the agency that acts."""

    id: UUID
    peer: str
    agency: str


def write_letter(matter: Matter, act: str, actor: Actor, at: datetime, **said: object) -> None:
    """Tell another node of an act, in the caller's transaction; what is ``said`` are further parts of ShareAct."""
    number = counted(matter.id, matter.peer, outward=True) + 1
    written = ShareAct(
        request=str(matter.id),
        to=matter.peer,
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


def letters_to_send(without: Collection[str] = ()) -> list[Letter]:
    """Of each node and request the first letter that was not taken yet, as those after it wait; none for the nodes ``without``."""
    found = records.rows(Letter, TO_SEND, {"without": list(without)})
    return [one._replace(document=bytes(one.document)) for one in found]


def settle_letter(letter: Letter, outcome: str, at: datetime) -> None:
    """Note what came of a letter: ``ok``, or why it was not taken and never will be."""
    records.execute(SETTLE, {"letter": letter.name, "outcome": outcome, "at": at})


def one_line(reason: str) -> str:
    """As a document can hold it."""
    return " ".join("".join(one if printable(one) else " " for one in reason).split())


def asked_for(row: Mapping[str, object]) -> AskedFor:
    """What a request's columns ask for."""
    return AskedFor(**{name: _plain(row[name]) for name in AskedFor._fields})  # type: ignore[arg-type]


def asked_in(said: Mapping[str, object]) -> AskedFor:
    """What ASKED gives, as JSON has it."""
    return asked_for({**said, "until": date.fromisoformat(str(said["until"]))})


def _plain(value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(value)
    return value if isinstance(value, date | bool | int) else str(value)


def _store(matter: Matter, number: int, document: bytes, at: datetime, **columns: object) -> None:
    row = {"request": matter.id, "peer": matter.peer, "number": number, "document": document, "at": at}
    records.execute(STORE, {**row, **columns})
