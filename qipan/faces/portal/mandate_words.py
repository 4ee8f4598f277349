"""Says what a mandate is, how it stands, and why one could not be given."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qipan.core.mandates import Standing
from qipan.faces.look.state_words import Said
from qipan.mandates import errors
from qipan.mandates.errors import UnableToMandate


def kind_words(kind: str) -> str:
    """On what somebody acts for another."""
    return {
        "representative": _("法定代表人的身份"),
        "agent": _("企业的委托"),
        "family": _("本人的委托"),
    }.get(kind, kind)


def standing_words(standing: Standing) -> Said:
    """How a mandate stands, and in which tone."""
    return {
        Standing.OFFERED: Said(pgettext("mandate", "等对方接受"), "active"),
        Standing.IN_FORCE: Said(pgettext("mandate", "有效"), "good"),
        Standing.EXPIRED: Said(pgettext("mandate", "已到期"), "neutral"),
        Standing.ENDED: Said(pgettext("mandate", "已结束"), "neutral"),
    }[standing]


def why_closed(why: str) -> str:
    """Why somebody who acts for another was led away from a page; ``why`` is from the address."""
    return {
        "over": _("您刚才用的委托已经结束或到期，刚才那一步没有办。请选择现在为谁办。"),
        "own": _("那一页是委托人自己的，委托里不包括它。可以换成为自己办，看自己的。"),
    }.get(why, "")


def refused(error: UnableToMandate) -> tuple[str, str]:
    """The control that is wrong, and what is wrong with it."""
    for kind, (control, words) in _REFUSALS.items():
        if type(error) is kind:
            return control, words()
    return "agent_name", _("没有办成，请再试一次。")


_REFUSALS: Mapping[type[UnableToMandate], tuple[str, Callable[[], str]]] = {
    errors.UnknownAgent: (
        "agent_name",
        lambda: _("没有找到这个人：姓名和号码要对得上，而且对方在这里实名过。"),
    ),
    errors.ToOneself: ("agent_name", lambda: _("自己的事自己就能办，不用委托。")),
    errors.NothingInScope: ("events", lambda: _("请至少选一件要委托的事。")),
    errors.EndsWrongly: ("ends_on", lambda: _("请选今天以后、一年以内的一天。")),
    errors.NotInOwnRight: ("agent_name", lambda: _("委托不能再转给别人，只有委托人自己能给。")),
}
