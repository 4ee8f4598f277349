"""`qipan sealer`: makes leaves of what was done, a few times a second, until it is told to stop."""

import logging
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType

import click
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from qipan.ledger import seal_keys, sealing
from qipan.ledger.seal_keys import SealKeys
from qipan.ledger.sealing import CounterBehind, TrailBroken
from qipan.site.setup import set_up

PAUSE_SECONDS = 0.25  # a receipt is there within a second of its act
TROUBLE_SECONDS = 5.0
_log = logging.getLogger(__name__)


@click.command()
def sealer() -> None:
    """Seal the trail until stopped; several may run, and take turns 存证封存."""
    set_up()
    run_sealer()


def keys() -> SealKeys:
    """The keys of this installation, made when first asked for; raises KeyIsOpen and Malformed."""
    return seal_keys.read_or_make(settings.QIPAN_HOME / "keys", settings.QIPAN_TRAIL_ORIGIN)


def seal_until(stop: Event) -> None:
    """Seal until the event is set; what goes wrong is told and tried again, for nothing may be lost by it."""
    held, stamp = keys(), _stamp()
    published = False
    while not stop.is_set():
        if (now := _stamp()) != stamp:  # `qipan rotate trail` has put new ones in their place
            held, stamp, published = keys(), now, False
        try:
            if not published:
                _publish(held)
                published = True
            pause = 0.0 if _seal(held) == sealing.GROUP else PAUSE_SECONDS
        except (TrailBroken, CounterBehind) as broken:
            _log.critical("The trail is not sealed any more. %s", broken.__doc__)
            pause = TROUBLE_SECONDS
        except (DatabaseError, InterfaceError) as error:
            _log.warning("Sealing waits for the database: %s", type(error).__name__)
            connection.close()
            pause = TROUBLE_SECONDS / 10
        stop.wait(pause)
    connection.close()


def _stamp() -> tuple[int, ...]:
    """What changes when the files of the keys do."""
    files = sorted((settings.QIPAN_HOME / "keys").glob("trail-*.pem"))
    return tuple(one.stat().st_ino for one in files)


@contextmanager
def sealing_beside() -> Iterator[None]:
    """Seal in a thread of its own meanwhile."""
    stop = Event()
    thread = Thread(target=_told, args=(stop,), name="sealer", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=TROUBLE_SECONDS)


def run_sealer() -> None:
    """Seal until SIGTERM or SIGINT."""
    stop = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    seal_until(stop)


def _told(stop: Event) -> None:
    """Say it where the thread ends by an error, which would otherwise go unnoticed."""
    try:
        seal_until(stop)
    except Exception as error:  # noqa: BLE001 -- told, without its words
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.critical("The sealer ended: %s\n%s", type(error).__name__, where)


def _seal(held: SealKeys) -> int:
    with transaction.atomic():
        return sealing.seal(held, timezone.now())


def _publish(held: SealKeys) -> None:
    with transaction.atomic():
        sealing.publish_keys(held, timezone.now())
