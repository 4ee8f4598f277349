"""A job that nobody works on any more is queued again, whatever else was left lying; one that is worked on is left alone."""

from typing import NamedTuple

import pytest
from django.db import connection

from qipan.applications.later import QUEUE, TASK
from qipan.applications.tasks import LOST, STALLED

pytestmark = pytest.mark.django_db
RESCUE = "qipan.applications.tasks.rescue"


class Left(NamedTuple):
    """A job, and for how many seconds its worker was not heard of."""

    status: str
    task: str = TASK
    silent: float | None = 0.0
    queueing_lock: str | None = None
    lock: str | None = None


def put(one: Left) -> int:
    """Leave a job in the queue."""
    with connection.cursor() as cursor:
        worker = None
        if one.silent is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second')"
                " RETURNING id",
                [one.silent],
            )
            worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, status, lock)"
            " VALUES (%s, %s, %s, '{}', 'todo', %s) RETURNING id",
            [QUEUE, one.task, one.queueing_lock, one.lock],
        )
        job = int(cursor.fetchone()[0])
        if one.status == "doing":
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job]
            )
    return job


def status(job: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        found = cursor.fetchone()
    return found and str(found[0])


def bring_back(own: int | None = None, *unheard: int) -> int:
    """Queue again what nobody works on; gives how many jobs were found."""
    with connection.cursor() as cursor:
        cursor.execute(LOST, {"own": own, "stalled": STALLED, "unheard": list(unheard)})
        return int(cursor.rowcount)


@pytest.mark.parametrize("silent", [None, STALLED + 1], ids=["its worker is gone", "its worker is silent"])
def test_what_nobody_works_on_is_queued_again(silent: float | None) -> None:
    job = put(Left("doing", silent=silent, lock="one application"))
    put(Left("todo", lock="one application"))
    assert bring_back() == 1
    assert status(job) == "todo"
    assert bring_back() == 0


def test_what_its_worker_never_heard_of_is_queued_again() -> None:
    heard, unheard = put(Left("doing")), put(Left("doing"))
    assert bring_back(None, unheard) == 1
    assert (status(heard), status(unheard)) == ("doing", "todo")


def test_what_is_worked_on_or_waits_is_left_alone() -> None:
    at_work, waiting = put(Left("doing")), put(Left("todo"))
    assert bring_back() == 0
    assert (status(at_work), status(waiting)) == ("doing", "todo")


def test_rescues_that_were_left_lying_keep_no_job_from_being_brought_back() -> None:
    left = [put(Left("doing", RESCUE, silent=None, queueing_lock="rescue")) for _ in range(3)]
    put(Left("todo", RESCUE, queueing_lock="rescue"))
    lost = put(Left("doing", silent=None))
    bring_back()
    assert status(lost) == "todo"
    assert [status(one) for one in left] == [None] * 3


def test_the_job_that_asks_is_not_queued_again() -> None:
    own = put(Left("doing", RESCUE, silent=STALLED + 1, queueing_lock="rescue"))
    assert bring_back(own) == 0
    assert status(own) == "doing"
