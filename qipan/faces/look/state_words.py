"""Where a case or an application stands, in words that a person uses, with the tone of its badge."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from qipan.core.lifecycle import ApplicationState, CaseState


class Said(NamedTuple):
    """A state in words; tones are those of the macro `badge`."""

    words: str
    tone: str


def case_state(state: str) -> Said:
    """What the state of a case means to the person."""
    words, tone = _CASE[CaseState(state)]
    return Said(words(), tone)


def application_state(state: str, *, awaits_person: bool = False) -> Said:
    """What the state of an application means; when something is owed by the person, that comes first."""
    if awaits_person and state == ApplicationState.RUNNING:
        return Said(_("等您补充"), "warn")
    words, tone = _APPLICATION[ApplicationState(state)]
    return Said(words(), tone)


_Words = Mapping[CaseState, tuple[Callable[[], str], str]]
_CASE: _Words = {
    CaseState.WAITING: (lambda: _("等前面的事办完"), "neutral"),
    CaseState.SUBMITTED: (lambda: _("已送到，等受理"), "active"),
    CaseState.RETURNED: (lambda: _("等您补正"), "warn"),
    CaseState.NOT_ACCEPTED: (lambda: _("不予受理"), "bad"),
    CaseState.ACCEPTED: (lambda: _("已受理"), "active"),
    CaseState.REVIEWING: (lambda: _("审查中"), "active"),
    CaseState.GRANTED: (lambda: _("已批准，等送达"), "good"),
    CaseState.REFUSED: (lambda: _("不予批准"), "bad"),
    CaseState.DELIVERED: (lambda: _("已办好"), "good"),
    CaseState.WITHDRAWN: (lambda: _("已撤回"), "neutral"),
    CaseState.STOPPED: (lambda: _("已停止"), "bad"),
}
_APPLICATION: Mapping[ApplicationState, tuple[Callable[[], str], str]] = {
    ApplicationState.RUNNING: (lambda: _("正在办"), "active"),
    ApplicationState.ASKING: (lambda: _("等您补充"), "warn"),
    ApplicationState.FINISHED: (lambda: _("已办结"), "good"),
    ApplicationState.WITHDRAWN: (lambda: _("已撤回"), "neutral"),
}
