"""What the pool does by itself: it sums the use of shared data every few minutes."""

import logging

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from qipan.catalogue.queries import NoLibrary
from qipan.sharing.operations import measure_use

QUEUE = "sharing"
_log = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *", periodic_id="measure_use")
@app.task(name="qipan.sharing.tasks.measure", queue=QUEUE, queueing_lock="measure_use")
def measure(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Sum what was used since the last time; the sums of the last day are made once more."""
    try:
        with transaction.atomic():
            measure_use(at=timezone.now())
    except NoLibrary:
        _log.warning("Nothing is published yet, so nothing was used.")
    finally:
        connection.close()
