"""What accounts do by themselves: forgetting what is over, and asking again who people are."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from qipan.accounts import identity, operations, queries
from qipan.accounts.operations import forget_what_is_over
from qipan.adapters.sources import Sources
from qipan.catalogue import queries as catalogue
from qipan.people.actors import SYSTEM

QUEUE = "accounts"
ASKED_EVERY = timedelta(days=180)
A_NIGHT = 500


@app.periodic(cron="17 * * * *", periodic_id="forget-accounts")
@app.task(name="qipan.accounts.tasks.forget", queue=QUEUE, queueing_lock="forget-accounts")
def forget(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Drop sessions that ended, and accounts whose number nobody proved to have."""
    try:
        with transaction.atomic():
            forget_what_is_over(at=timezone.now())
    finally:
        connection.close()


@app.periodic(cron="23 2 * * *", periodic_id="recheck-accounts")
@app.task(name="qipan.accounts.tasks.recheck", queue=QUEUE, queueing_lock="recheck-accounts")
def recheck(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Ask the population register again, each night for some: names change, and people die."""
    try:
        recheck_some(timezone.now())
    finally:
        connection.close()


def recheck_some(at: datetime, *, most: int = A_NIGHT, sources: Sources | None = None) -> int:
    """Ask for whoever was not asked for in half a year, at most so many; stop where the register does not answer. Give how many."""
    library, done = catalogue.current_library(), 0
    for account in queries.to_check(at - ASKED_EVERY, most):
        number = account.id_number
        checked = identity.check(
            library=library,
            name=account.name,
            id_number=number,
            on=timezone.localdate(at),
            sources=sources,
        )
        with transaction.atomic():
            operations.record_check(
                account=account.id, checked=checked, id_number=number, at=at, acting=SYSTEM
            )
            if checked.outcome != "down":
                operations.bring_up_to_date(account=account, checked=checked, at=at)
        if checked.outcome == "down":
            break
        done += 1
    return done
