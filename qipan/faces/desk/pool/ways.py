"""The way of a request drawn as stations: which are behind it, where it stands, and how much of the running limit is used."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qipan.adapters.working_days import WORKING_DAYS
from qipan.core.sharing import RUNNING, Act, State
from qipan.core.worktime import working_days
from qipan.faces.desk.clocks import Clock
from qipan.sharing.rows import RequestDetail

_STANDS: Final = {
    State.SUBMITTED: "answer",
    State.RETURNED: "answer",
    State.REFUSED: "answer",
    State.DISPUTED: "settle",
    State.ORDERED: "settle",
    State.UPHELD: "settle",
    State.APPROVED: "sign",
    State.GRANTED: "use",
    State.REVOKED: "use",
    State.GIVEN_UP: "use",
}
_BEHIND: Final = {
    "ask": (),
    "answer": (Act.APPROVE, Act.REFUSE),
    "settle": (Act.OVERTURN, Act.ORDER, Act.UPHOLD),
    "sign": (Act.SIGN,),
    "use": (Act.REVOKE, Act.GIVE_UP),
}
_GOES_ON: Final = RUNNING | {State.RETURNED, State.GRANTED}
_WHOLE: Final = 100


class Station(NamedTuple):
    """One station; ``tone`` is "done", "now", "later", or "off" where the way ended; ``used`` of it, in per cent, is behind."""

    title: str
    when: str
    tone: str
    used: int


def way_of(row: RequestDetail, state: str, clock: Clock, today: date) -> tuple[Station, ...]:
    """Draw the way; ``state`` and ``clock`` are what the page says of it."""
    names = [name for name in _BEHIND if name != "settle" or _disputed(row)]
    at = names.index(_stands(row))
    return tuple(
        _station(row, name, place - at, state, clock=clock, today=today) for place, name in enumerate(names)
    )


def _station(row: RequestDetail, name: str, ahead: int, state: str, *, clock: Clock, today: date) -> Station:
    if ahead > 0:
        return Station(_title(name), "", "later", 0)
    if ahead < 0:
        return Station(_title(name), _day(_reached(row, name)), "done", _WHOLE)
    if row.state not in _GOES_ON or (row.state == State.GRANTED and row.asked.until < today):
        return Station(_title(name), state, "off", _WHOLE)
    return Station(_title(name), _now(row, clock), "now", _used(row, today))


def _title(name: str) -> str:
    return {
        "ask": pgettext("station", "提出申请"),
        "answer": _("提供方答复"),
        "settle": _("上级协调"),
        "sign": _("使用方签收"),
        "use": _("按授权使用"),
    }[name]


def _now(row: RequestDetail, clock: Clock) -> str:
    if row.state == State.GRANTED:
        return _("用到%(day)s") % {"day": date_format(row.asked.until)}
    return clock.left or clock.day


def _stands(row: RequestDetail) -> str:
    """Where it stands; what was withdrawn, where it stood when it was."""
    if row.state != State.WITHDRAWN:
        return _STANDS[State(row.state)]
    if _disputed(row) and not _reached(row, "settle"):
        return "settle"
    return "sign" if _reached(row, "answer") else "answer"


def _disputed(row: RequestDetail) -> bool:
    return next(_times(row, Act.DISPUTE), None) is not None


def _reached(row: RequestDetail, name: str) -> datetime | None:
    """When a station was left behind; None where it was not."""
    if name == "ask":
        return row.submitted_at
    return max(_times(row, *_BEHIND[name]), default=None)


def _times(row: RequestDetail, *acts: Act) -> Iterator[datetime]:
    names = {f"{act}_share_request" for act in acts}
    return (datetime.fromisoformat(one["at"]) for one in row.history if one["act"] in names)


def _day(at: datetime | None) -> str:
    return date_format(timezone.localtime(at).date(), "MONTH_DAY_FORMAT") if at else ""


def _used(row: RequestDetail, today: date) -> int:
    """How much of the limit that runs is used; of a grant, how much of its time."""
    if row.state == State.GRANTED:
        whole, gone = (row.asked.until - row.since).days, (today - row.since).days
    elif row.due_on is not None and row.state in RUNNING:
        whole, gone = (working_days(row.since, day, WORKING_DAYS) for day in (row.due_on, today))
    else:
        return 0
    return min(_WHOLE, max(0, round(_WHOLE * gone / whole))) if whole > 0 else 0
