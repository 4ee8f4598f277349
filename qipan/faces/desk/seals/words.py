"""Seals, what is done with them, and what stands in the way, in words."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from qipan.certificates import errors
from qipan.certificates.errors import UnableToCertify
from qipan.faces.look.state_words import Said

_STATES: Mapping[str, tuple[Callable[[], str], str]] = {
    "asked": (lambda: _("待审批"), "active"),
    "approved": (lambda: _("待复核"), "active"),
    "active": (lambda: _("使用中"), "good"),
    "suspended": (lambda: _("已停用"), "warn"),
    "destroyed": (lambda: _("已销毁"), "neutral"),
}
_ACTS: Mapping[str, Callable[[], str]] = {
    "ask_for_seal": lambda: _("已申请制作"),
    "approve_seal": lambda: _("审批同意"),
    "make_seal": lambda: _("复核同意，制成"),
    "suspend_seal": lambda: _("已停用"),
    "resume_seal": lambda: _("已恢复使用"),
    "destroy_seal": lambda: _("已销毁"),
}
_STANDINGS: Mapping[str, tuple[Callable[[], str], str]] = {
    "valid": (lambda: _("有效"), "good"),
    "revoked": (lambda: _("已吊销"), "bad"),
    "suspended": (lambda: _("已停用"), "warn"),
    "replaced": (lambda: _("已换发"), "neutral"),
    "expired": (lambda: _("已过期"), "neutral"),
    "not-yet": (lambda: _("未生效"), "neutral"),
}
_REFUSALS: Mapping[type[UnableToCertify], Callable[[], str]] = {
    errors.SamePerson: lambda: _("申请、审批、复核须是三个不同的人，您已经办过其中一步。"),
    errors.SealNotSo: lambda: _("印章的状态刚刚变了，现在不能这样办，请看最新情况。"),
    errors.NoIssuer: lambda: _("这个部门还没有签发密钥，请联系平台管理员。"),
    errors.NoSeal: lambda: _("这个部门和上级部门都没有使用中的印章，现在不能换发。"),
    errors.CertificateNotSo: lambda: _("证照的状态刚刚变了，现在不能这样办，请看最新情况。"),
    errors.NothingToIssue: lambda: _("这件现在没有可以签发的证照。"),
}


def seal_state(state: str) -> Said:
    """Where a seal stands."""
    words, tone = _STATES[state]
    return Said(words(), tone)


def standing(state: str) -> Said:
    """Where a certificate stands."""
    words, tone = _STANDINGS[state]
    return Said(words(), tone)


def act_said(act: str) -> str:
    """What was done with a seal."""
    return _ACTS[act]()


def refusal(error: UnableToCertify) -> str:
    """What to tell the official whose act could not be done."""
    words = _REFUSALS.get(type(error))
    return words() if words else _("没有办成，请再试一次。")
