"""Who reads: PostgreSQL is told for whom each statement runs, and row-level security lets out that reader's rows alone.

Note [Who reads]
A reader is a person, an official of an agency, a clerk with the person they serve, the platform (its own later work, bound to nobody),
or nobody, who sees no person's rows at all. Each cursor looks, before each statement, whether who reads is still whom its connection
was told of, and says so where it is not; that costs a trip when the reader changes, and statements stay as they are written, to be
prepared. What was told within a transaction may be undone with it, and is told again after it. The settings are sealed for this one
connection by a key that the platform's role cannot read, so a statement that somebody slips in cannot read as another.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any, NamedTuple, Self
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db.backends.postgresql.base import CursorMixin
from psycopg import ClientCursor, Connection, Cursor, OperationalError
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn


class Reader(NamedTuple):
    """Who reads: without ``services``, an official reads all of the agency's cases.

    Whoever acts for another reads as that ``person``, in these ``events`` alone where there are any, and is the ``actor``.
    """

    person: int | None = None
    agency: str = ""
    services: tuple[str, ...] = ()
    platform: bool = False
    events: tuple[str, ...] = ()
    actor: int | None = None


class Sealed(NamedTuple):
    """A reader as PostgreSQL is told, in the order in which it is set."""

    seal: str = ""
    platform: str = ""
    person: str = ""
    agency: str = ""
    services: str = ""
    events: str = ""
    actor: str = ""


NOBODY = Reader()
PLATFORM = Reader(platform=True)
_SETTINGS = [f"set_config('qipan.{name}', ${place}, false)" for place, name in enumerate(Sealed._fields, 1)]
SAYING = f"SELECT {', '.join(_SETTINGS)}".encode()
UNDOING = "ROLLBACK"  # to a savepoint, and what was told since
DERIVED_FOR = b"qipan-reader"
PLAIN = re.compile(r"[\w.:-]*", re.ASCII)

_reader: ContextVar[Callable[[], Reader] | None] = ContextVar("reader", default=None)
_of_process = [NOBODY]


@contextmanager
def reading(who: Callable[[], Reader]) -> Iterator[None]:
    """Let the statements within be this reader's, asked for anew at each."""
    token = _reader.set(who)
    try:
        yield
    finally:
        _reader.reset(token)


def reads_now(who: Reader) -> None:
    """From here to the end of what `reading` surrounds, it is this reader."""
    _reader.set(lambda: who)


def as_platform() -> AbstractContextManager[None]:
    """Let the statements within be the platform's: they count or carry on what concerns many, and show nobody's rows."""
    return reading(lambda: PLATFORM)


def process_is(who: Reader) -> None:
    """Say who reads in this process wherever nobody else is named: the platform in a command, the worker and a gateway."""
    _of_process[:] = [who]


def reader() -> Reader:
    """Who reads now."""
    who = _reader.get()
    return who() if who is not None else _of_process[0]


@cache
def key() -> bytes:
    """The key that seals, the same at each process of an installation; the owner of the tables keeps it beside them."""
    return hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=DERIVED_FOR).digest()


@lru_cache(maxsize=4096)
def sealed(who: Reader, backend: int) -> Sealed:
    """Tell of a reader on the connection of this PostgreSQL process; of nobody, and of names that no agency has, nothing."""
    if who == NOBODY or not all(map(PLAIN.fullmatch, (who.agency, *who.services, *who.events))):
        return Sealed()
    services, events = (f" {' '.join(one)} " if one else "" for one in (who.services, who.events))
    person, actor = ("" if one is None else str(int(one)) for one in (who.person, who.actor))
    told = ("yes" if who.platform else "", person, who.agency, services, events, actor)
    inner = hashlib.sha256("|".join((str(backend), *told)).encode()).digest()
    return Sealed(hashlib.sha256(key() + inner).hexdigest(), *told)


class ReaderCursor(CursorMixin, ClientCursor[Any]):
    """Django's cursor, which sees to it that its connection knows who reads."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        """Run a statement for whoever reads now."""
        _tell(self.connection, query)
        return super().execute(query, params, **how)


class PreparedCursor(CursorMixin, Cursor[Any]):
    """The same for busy statements, which PostgreSQL parses and plans once for each connection."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        """Run a statement for whoever reads now, prepared."""
        _tell(self.connection, query)
        return super().execute(query, params, **{**how, "prepare": True})


class _Told(NamedTuple):
    """Whom a connection knows as its reader, if that is certain; ``lasting`` unless a transaction that ends may take it back."""

    who: Reader | None
    lasting: bool


UNKNOWN = _Told(None, lasting=False)

_told: WeakKeyDictionary[Connection[Any], _Told] = WeakKeyDictionary()


def _tell(connection: Connection[Any], statement: object) -> None:
    """Tell a connection who reads, unless it knows. After an error in a transaction there is nothing to read."""
    if isinstance(statement, str) and statement.startswith(UNDOING):
        _told[connection] = UNKNOWN
        return
    who = reader()
    status, told = connection.pgconn.transaction_status, _told.get(connection)
    between = status == TransactionStatus.IDLE
    if status == TransactionStatus.INERROR or (told and told.who == who and (told.lasting or not between)):
        return
    if told or who != NOBODY:
        _say(connection.pgconn, who)
    _told[connection] = _Told(who, lasting=between)


def _say(connection: PGconn, who: Reader) -> None:
    values = [value.encode() for value in sealed(who, connection.backend_pid)]
    said = connection.exec_params(SAYING, values)
    if said.status != ExecStatus.TUPLES_OK:
        raise OperationalError(said.error_message.decode(errors="replace"))
