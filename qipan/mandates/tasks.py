"""What the worker does with mandates: tells both sides what became of one, where they have an account.

A job may run twice; each tells one side, so that at most that one message comes again.
"""

from django.conf import settings
from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from qipan.adapters.notices import Notice, notices_by
from qipan.mandates import queries
from qipan.mandates.later import QUEUE, TASK, Became, Side
from qipan.mandates.wording import TITLE, told

ATTEMPTS = 5


@app.task(name=TASK, queue=QUEUE, retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3))
def tell(*, mandate: int, became: str, side: str) -> None:
    """Tell one side; raises NoticeNotSent."""
    try:
        tell_now(mandate, Became(became), Side(side))
    finally:
        connection.close()


def tell_now(mandate: int, became: Became, side: Side) -> int:
    """Send it by text message, and by letter where there is an address; give how many were sent. Raises NoticeNotSent."""
    found = queries.to_be_told(mandate, principal=side is Side.PRINCIPAL)
    if found is None:
        return 0
    words, notices = told(found, became, side), notices_by(settings.QIPAN_NOTICES, settings.QIPAN_NOTICES_KEY)
    notices.send(Notice("sms", found.phone, words))
    if found.email:
        notices.send(Notice("email", found.email, words, TITLE))
    return 2 if found.email else 1
