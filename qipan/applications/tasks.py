"""What runs later: advancing applications, bringing back the jobs of a worker that died, forgetting what was thrown away.

A job is enqueued in the transaction of the act that causes it, so it cannot be lost; it may run twice, so it can be repeated.
"""

import asyncio
import logging
import re
import traceback
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from qipan.applications.advancing import advance_application
from qipan.applications.errors import NotTheirs
from qipan.applications.later import QUEUE, TASK
from qipan.applications.models import Application
from qipan.applications.operations import forget_discarded_drafts

ATTEMPTS = 5
HEARTBEAT = 3.0  # seconds between two signs of life of a worker
POLL = 0.3  # seconds between two looks for work; see docs/decisions/0020
AHEAD = 100  # what brings dead workers' jobs back does not stand in line behind other jobs
STALLED = 12.0  # seconds without one, after which its jobs go to another
GRACE = 1.0  # seconds; what the database handed out a moment ago, the worker will have heard of
DOING = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %(worker)s"
LOST = """
WITH lost AS (
  SELECT job.id, queueing_lock FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = worker_id
  WHERE status = 'doing' AND job.id IS DISTINCT FROM %(own)s::bigint AND (
    worker.id IS NULL OR last_heartbeat < now() - %(stalled)s * interval '1 second' OR job.id = ANY(%(unheard)s::bigint[]))
  FOR UPDATE OF job SKIP LOCKED)
SELECT id, CASE WHEN queueing_lock IS NULL THEN procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL)
  ELSE procrastinate_finish_job_v1(id, 'aborted', true) END FROM lost
"""
"""What comes again by the clock is given up: one of its kind may wait already, and no two may."""
NAMED = re.compile(r"process job .*\[(\d+)\]")  # how a worker names what it works on
_log = logging.getLogger(__name__)


class AdvanceFailed(Exception):
    """An application could not be advanced; the cause is named without its words, which may hold people's data."""


@app.task(
    name=TASK, queue=QUEUE, retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3), pass_context=True
)
def advance(context: JobContext, *, application: str) -> None:
    """Advance an application; after the last attempt, an official sees that it is stuck."""
    try:
        advance_application(application=UUID(application), now=timezone.now)
    except NotTheirs:
        _log.warning("There is no application %s to advance.", application)
    except Exception as error:  # noqa: BLE001 -- raised again, without its words
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("Advancing %s failed: %s\n%s", application, type(error).__name__, where)
        if context.job.attempts + 1 >= ATTEMPTS:
            _put_in_trouble(UUID(application), type(error).__name__)
        raise AdvanceFailed(type(error).__name__) from None
    finally:
        connection.close()


@app.periodic(cron="* * * * * */10", periodic_id="rescue")
@app.task(
    name="qipan.applications.tasks.rescue",
    queue=QUEUE,
    queueing_lock="rescue",
    priority=AHEAD,
    pass_context=True,
)
async def rescue(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Queue again what nobody works on: a dead worker's jobs, and those that this one has and never heard of.

    The database may die after it handed a job out, or before it is told that the job is done.
    """
    connector = context.app.job_manager.connector
    ours = await connector.execute_query_all_async(DOING, worker=context.job.worker_id)
    await asyncio.sleep(GRACE)
    heard = _heard_of()
    unheard = {row["id"] for row in ours} - heard if context.job.id in heard else set()
    await connector.execute_query_all_async(LOST, own=context.job.id, stalled=STALLED, unheard=[*unheard])


def _heard_of() -> set[int]:
    """The jobs that the worker of this event loop works on."""
    found = (NAMED.fullmatch(task.get_name()) for task in asyncio.all_tasks())
    return {int(one[1]) for one in found if one}


@app.periodic(cron="*/10 * * * *", periodic_id="forget")
@app.task(name="qipan.applications.tasks.forget", queue=QUEUE, queueing_lock="forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Delete for good what people threw away a while ago."""
    try:
        with transaction.atomic():
            forget_discarded_drafts(at=timezone.now())
    finally:
        connection.close()


def run_worker(*, concurrency: int = 2) -> None:
    """Work until interrupted."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        worker_app.run_worker(
            concurrency=concurrency,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED,
            listen_notify=False,
            fetch_job_polling_interval=POLL,
        )


def _put_in_trouble(application: UUID, what: str) -> None:
    with transaction.atomic():
        Application.objects.filter(id=application).update(trouble=f"failed {what}")
