"""What accounts do by themselves: forgetting what is over."""

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from qipan.accounts.operations import forget_what_is_over

QUEUE = "accounts"


@app.periodic(cron="17 * * * *", periodic_id="forget-accounts")
@app.task(name="qipan.accounts.tasks.forget", queue=QUEUE, queueing_lock="forget-accounts")
def forget(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Drop sessions that ended, and accounts whose number nobody proved to have."""
    try:
        with transaction.atomic():
            forget_what_is_over(at=timezone.now())
    finally:
        connection.close()
