"""How much time a case has left, in working days, as its official reads it."""

from datetime import date
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qipan.adapters.working_days import WORKING_DAYS
from qipan.core.lifecycle import CaseState
from qipan.core.worktime import working_days

SOON = 1  # working days left from which a case is marked
RUNNING = frozenset({CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.REVIEWING})
FAR = 400  # days from which nobody counts working days


class Clock(NamedTuple):
    """A deadline: its day, what is left of it in words, and the tone of a badge."""

    day: str
    left: str
    tone: str


def clock_of(state: str, due_on: date | None, today: date) -> Clock:
    """Where the clock stands; it runs only while the agency has to decide."""
    if due_on is None:
        return Clock("", "", "neutral")
    day = (
        date_format(due_on, "DATE_FORMAT")
        if due_on.year != today.year
        else date_format(due_on, "MONTH_DAY_FORMAT")
    )
    if state == CaseState.RETURNED:
        return Clock(day, _("停表，等补正"), "neutral")
    if state not in RUNNING:
        return Clock(day, "", "neutral")
    return _running(day, due_on, today)


def _running(day: str, due_on: date, today: date) -> Clock:
    if abs((due_on - today).days) > FAR:
        return Clock(day, _("早已超期") if due_on < today else "", "bad" if due_on < today else "neutral")
    left = working_days(today, due_on, WORKING_DAYS)
    if due_on < today:
        late = max(1, -left)
        return Clock(
            day, ngettext("超期 %(num)s 个工作日", "超期 %(num)s 个工作日", late) % {"num": late}, "bad"
        )
    if due_on == today:
        return Clock(day, _("今天到期"), "warn")
    words = ngettext("还剩 %(num)s 个工作日", "还剩 %(num)s 个工作日", left) % {"num": left}
    return Clock(day, words, "warn" if left <= SOON else "neutral")
