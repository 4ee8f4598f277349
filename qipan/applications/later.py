"""Enqueueing what runs later, in the transaction of the act that causes it.

Note [Advancing by name]
Operations enqueue the task by its name, as the task itself calls operations. One lock per application keeps two workers from
advancing it at once; advancing twice does nothing the second time.
"""

from datetime import datetime
from uuid import UUID

from qipan import records

QUEUE = "advance"
TASK = "qipan.applications.tasks.advance"
JOB = f"""
ROW('{QUEUE}', '{TASK}', 0, %(application)s::text, NULL, jsonb_build_object('application', %(application)s::text),
  %(run_at)s::timestamptz)
"""
DEFER = f"SELECT procrastinate_defer_jobs_v1(ARRAY[{JOB}]::procrastinate_job_to_defer_v1[])"

CERTIFICATE_JOB = """
ROW('certificates', 'qipan.certificates.tasks.issue', 0, NULL, NULL, jsonb_build_object('case', %(case)s::text), NULL)
"""
DEFER_CERTIFICATE = (
    f"SELECT procrastinate_defer_jobs_v1(ARRAY[{CERTIFICATE_JOB}]::procrastinate_job_to_defer_v1[])"
)


def advance_later(application: UUID, run_at: datetime | None = None) -> None:
    """Have a worker advance this application, at once or from a time on."""
    records.execute(DEFER, {"application": application, "run_at": run_at})


def issue_later(case: UUID) -> None:
    """Have a worker issue the certificates that a granted case gives; no case waits for them."""
    records.execute(DEFER_CERTIFICATE, {"case": case})
