"""Who reads: every statement tells PostgreSQL for whom it runs, and row-level security lets out that reader's rows alone.

Note [Who reads]
A reader is a person, an official of an agency, a clerk with the person they serve, the platform (its own later work, bound to nobody),
or nobody, who sees no person's rows at all. Who it is goes before the statement, in the same message, as settings that end with it:
no trip more, nothing to take back from a connection before the next request has it, and a statement that comes another way is
nobody's. The settings are sealed for this one connection by a key that the platform's role cannot read, so a statement that
somebody slips in cannot read as another.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db.backends.postgresql.base import CursorMixin
from psycopg import ClientCursor, sql
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGconn


class Reader(NamedTuple):
    """Who reads: without ``services``, an official reads all of the agency's cases."""

    person: int | None = None
    agency: str = ""
    services: tuple[str, ...] = ()
    platform: bool = False


class Sealed(NamedTuple):
    """A reader as PostgreSQL is told, in the order in which it is set."""

    seal: str = ""
    platform: str = ""
    person: str = ""
    agency: str = ""
    services: str = ""


NOBODY = Reader()
PLATFORM = Reader(platform=True)
SAYING = "SELECT " + ", ".join(f"set_config('qipan.{name}', '{{}}', true)" for name in Sealed._fields) + ";"
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
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
    if who == NOBODY or not all(map(PLAIN.fullmatch, (who.agency, *who.services))):
        return Sealed()
    services = f" {' '.join(who.services)} " if who.services else ""
    person = "" if who.person is None else str(int(who.person))
    told = ("yes" if who.platform else "", person, who.agency, services)
    inner = hashlib.sha256("|".join((str(backend), *told)).encode()).digest()
    return Sealed(hashlib.sha256(key() + inner).hexdigest(), *told)


class ReaderCursor(CursorMixin, ClientCursor[Any]):
    """Django's cursor, whose every statement says first who reads."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        """Run a statement for whoever reads now."""
        said = _said(query, self.connection.pgconn)
        if not said:
            return super().execute(query, params, **how)
        whole = sql.SQL(said) + query if isinstance(query, sql.Composable) else said + query
        super().execute(whole, params, **how)
        self.nextset()
        return self


def _said(query: object, connection: PGconn) -> Any:
    """What to say before a statement: nothing where nobody reads and nobody was named before, or where it only moves a savepoint."""
    status = connection.transaction_status
    if status == TransactionStatus.INERROR or (isinstance(query, str) and query.startswith(SAVEPOINTS)):
        return ""
    who = reader()
    if who == NOBODY and status == TransactionStatus.IDLE:
        return ""
    return _saying(who, connection.backend_pid)


@lru_cache(maxsize=4096)
def _saying(who: Reader, backend: int) -> str:
    return SAYING.format(*sealed(who, backend))
