"""Enqueueing what the worker does with certificates, in the transaction of the act that causes it."""

from qipan import records

QUEUE = "certificates"
PDF_TASK = "qipan.certificates.tasks.make_pdf"
JOB = f"""
ROW('{QUEUE}', '{PDF_TASK}', 0, NULL, NULL, jsonb_build_object('certificate', %(certificate)s::bigint), NULL)
"""
DEFER = f"SELECT procrastinate_defer_jobs_v1(ARRAY[{JOB}]::procrastinate_job_to_defer_v1[])"


def make_pdf_later(certificate: int) -> None:
    """Have a worker write a certificate as PDF."""
    records.execute(DEFER, {"certificate": certificate})
