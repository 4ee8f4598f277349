"""What the worker does with certificates: issues them after the official's act, writes them as PDF, says who issues.

A job may run twice; what was issued is not issued again.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from qipan.adapters.notices import NoticeNotSent, notices_by
from qipan.certificates import operations, queries
from qipan.certificates.errors import NothingToIssue, UnableToCertify
from qipan.certificates.keeping import custody
from qipan.certificates.later import PDF_TASK, QUEUE, TASK, take_along
from qipan.sharing import signers
from qipan.sharing.errors import NobodyToSign

ATTEMPTS = 5
BEFORE = timedelta(days=30)
TOGETHER = 50
"""So many cases are issued from in one transaction: a third of a second, and few round trips."""
_log = logging.getLogger(__name__)


class IssueFailed(Exception):
    """A certificate could not be issued; the cause is named without its words, which may hold people's data."""


@app.task(name=TASK, queue=QUEUE, retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3))
def issue(*, case: str) -> None:
    """Issue what a granted case gives."""
    _run(lambda: issue_now(UUID(case)))


@app.task(name=PDF_TASK, queue=QUEUE, retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3))
def make_pdf(*, certificate: int) -> None:
    """Write a certificate as PDF."""
    _run(lambda: make_pdf_now(certificate))


@app.periodic(cron="* * * * *", periodic_id="certificates")
@app.task(name="qipan.certificates.tasks.catch_up", queue=QUEUE, queueing_lock="certificates")
def catch_up(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Say who issues, where that changed; issue what waited for a seal."""
    try:
        publish_now()
        for case in queries.due():
            issue_now(case)
    finally:
        connection.close()


@app.periodic(cron="17 1 * * *", periodic_id="ending")
@app.task(name="qipan.certificates.tasks.tell_of_ends", queue=QUEUE, queueing_lock="ending")
def tell_of_ends(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate gives it
    """Tell the holders of what ends within a month, in the morning."""
    try:
        tell_of_ends_now(timezone.now())
    finally:
        connection.close()


def tell_of_ends_now(at: datetime) -> int:
    """Tell each holder once, each in a transaction of its own; gives how many messages were sent. One that fails comes again tomorrow."""
    today, sent = timezone.localdate(at), 0
    notices = notices_by(settings.QIPAN_NOTICES, settings.QIPAN_NOTICES_KEY)
    for one in queries.ending(today, today + BEFORE):
        try:
            with transaction.atomic():
                sent += operations.tell_of_end(certificate=one, notices=notices, at=at)
        except NoticeNotSent:
            _log.warning("A notice of a certificate's end could not be sent.")
    return sent


def issue_now(case: UUID) -> list[str]:
    """Issue what a granted case gives, and others that wait, in one transaction; where that fails, it alone."""
    try:
        return _issued_together(case, TOGETHER)
    except NothingToIssue:
        return []
    except Exception as error:  # noqa: BLE001 -- it may be another case's; if it is this one's, it comes again
        _log.warning("Cases cannot be issued from together: %s", type(error).__name__)
    return _issued_together(case, 0)


def _issued_together(case: UUID, others: int) -> list[str]:
    with transaction.atomic():
        return operations.issue_certificates(
            cases=[case, *take_along(others)],
            custody=custody(),
            address=settings.QIPAN_ADDRESS,
            at=timezone.now(),
        )


def make_pdf_now(certificate: int) -> None:
    """Write a certificate as PDF, in a transaction of its own."""
    with transaction.atomic():
        operations.make_pdf(
            certificate=certificate, custody=custody(), address=settings.QIPAN_ADDRESS, at=timezone.now()
        )


def publish_now() -> None:
    """Sign the list of issuers anew, where it changed and somebody signs for this node."""
    try:
        signer = signers.own_signer(settings.QIPAN_HOME, settings.QIPAN_GATEWAY_SUITE)
    except NobodyToSign:
        return
    with transaction.atomic():
        operations.publish_issuers(node=signer.node, key=signer.key, at=timezone.now())


def _run(work: Callable[[], object]) -> None:
    try:
        work()
    except UnableToCertify as error:
        _log.warning("A certificate cannot be issued: %s", type(error).__name__)
    except Exception as error:  # noqa: BLE001 -- raised again, without its words
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("Issuing failed: %s\n%s", type(error).__name__, where)
        raise IssueFailed(type(error).__name__) from None
    finally:
        connection.close()
