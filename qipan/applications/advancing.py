"""Advancing an application: settle it, look up what that makes possible, and settle it again.

Registers are asked between two transactions, never within one. Dying at any point costs nothing: what was settled stays
settled, what was looked up and not put on record is looked up again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from qipan.adapters.sources import Sources
from qipan.applications.later import advance_later
from qipan.applications.lookups import LookedUp, look_up, registers
from qipan.applications.operations.running import TRIES, settle_application

ROUNDS = 12  # look-ups that wait for look-ups; no library is that deep
PAUSE = 2.0  # seconds before the second try of a source that failed, doubled for each further one


def advance_application(
    *, application: UUID, now: Callable[[], datetime], sources: Sources | None = None
) -> None:
    """Bring an application as far as it can go now; a source that failed is tried again later. Raises NotTheirs."""
    looked_up: list[LookedUp] = []
    for _ in range(ROUNDS):
        with transaction.atomic():
            at = now()
            settled = settle_application(application=application, at=at, looked_up=looked_up)
            failed = {one.step for one in looked_up if one.failed}
            pending = [fetch for fetch in settled.fetches if fetch.name in failed]
            if pending:
                tries = min(settled.failed.get(fetch.name, 1) for fetch in pending)
                pause = PAUSE * 2 ** min(tries - 1, TRIES)
                advance_later(application, at + timedelta(seconds=pause))
        fetches = [fetch for fetch in settled.fetches if fetch.name not in failed]
        if not fetches:
            return
        looked_up = look_up(
            settled.asking,
            fetches,
            settled.facts,
            sources or registers(),
            made_for=f"application:{application}",
            by="system:0",
        )
