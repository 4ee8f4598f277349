"""Where a case stands, in the words of those who handle it."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from qipan.core.lifecycle import CaseState
from qipan.faces.look.state_words import Said

_S = CaseState
_WORDS: Mapping[CaseState, tuple[Callable[[], str], str]] = {
    _S.WAITING: (lambda: _("等数据"), "warn"),
    _S.SUBMITTED: (lambda: _("待受理"), "active"),
    _S.RETURNED: (lambda: _("等补正"), "neutral"),
    _S.NOT_ACCEPTED: (lambda: _("不予受理"), "bad"),
    _S.ACCEPTED: (lambda: _("待决定"), "active"),
    _S.REVIEWING: (lambda: _("审查中"), "active"),
    _S.GRANTED: (lambda: _("待送达"), "good"),
    _S.REFUSED: (lambda: _("不予批准"), "bad"),
    _S.DELIVERED: (lambda: _("已送达"), "good"),
    _S.WITHDRAWN: (lambda: _("已撤回"), "neutral"),
    _S.STOPPED: (lambda: _("已停止"), "neutral"),
}


def case_state(state: str) -> Said:
    """What the state of a case means to its official."""
    words, tone = _WORDS[CaseState(state)]
    return Said(words(), tone)
