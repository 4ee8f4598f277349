"""Enqueueing what the worker does with certificates, in the transaction of the act that causes it."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from qipan import records

QUEUE = "certificates"
TASK = "qipan.certificates.tasks.issue"
PDF_TASK = "qipan.certificates.tasks.make_pdf"
JOB = f"""
ROW('{QUEUE}', '{PDF_TASK}', 0, NULL, NULL, jsonb_build_object('certificate', one), NULL)::procrastinate_job_to_defer_v1
"""
DEFER = (
    f"SELECT procrastinate_defer_jobs_v1(ARRAY(SELECT {JOB} FROM unnest(%(certificates)s::bigint[]) AS one))"
)
TAKE = """
DELETE FROM procrastinate_jobs WHERE id IN (
  SELECT id FROM procrastinate_jobs
  WHERE status = 'todo' AND queue_name = %(queue)s AND task_name = %(task)s AND coalesce(scheduled_at <= now(), true)
  ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING (args->>'case')::uuid
"""


class _Taken(NamedTuple):
    case: UUID


def make_pdfs_later(certificates: Collection[int]) -> None:
    """Have a worker write certificates as PDF."""
    records.execute(DEFER, {"certificates": list(certificates)})


def take_along(most: int) -> list[UUID]:
    """Take cases off the queue that wait to be issued from, to be done in this transaction; if it fails, they are back."""
    wanted = {"queue": QUEUE, "task": TASK, "most": most}
    return [one.case for one in records.rows(_Taken, TAKE, wanted)]
