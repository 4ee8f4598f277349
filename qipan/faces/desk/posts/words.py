"""How powers, refusals and changes about posts are said."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from qipan.core.posts import Power
from qipan.posts.errors import (
    ByAManager,
    KeptApart,
    NobodyFound,
    NoColleague,
    NotReady,
    Themselves,
    UnableToChangePosts,
    WrongPeriod,
)

_POWERS: Mapping[Power, Callable[[], str]] = {
    Power.HANDLE: lambda: _("办件"),
    Power.SERVE: lambda: _("窗口代办"),
    Power.REQUESTER: lambda: _("申请数据共享"),
    Power.APPROVER: lambda: _("审批数据共享"),
    Power.COORDINATOR: lambda: _("协调数据共享争议"),
    Power.SEAL_KEEPER: lambda: _("申请和保管印章"),
    Power.SEAL_APPROVER: lambda: _("审批印章"),
    Power.MANAGER: lambda: _("管理岗位"),
    Power.AUDITOR: lambda: _("审计"),
}
_ACTS: Mapping[str, Callable[[], str]] = {
    "make_post": lambda: _("设了岗位"),
    "take_on": lambda: _("录用为工作人员"),
    "give_post": lambda: _("交给岗位"),
    "confirm_post": lambda: _("复核了岗位"),
    "end_post": lambda: _("收回岗位"),
    "take_leave": lambda: _("登记了离岗"),
    "end_leave": lambda: _("登记了回岗"),
}
_REFUSALS: Mapping[type[UnableToChangePosts], Callable[[], str]] = {
    Themselves: lambda: _("不能给自己，也不能复核自己交出的岗位。请另一位管理员来办。"),
    WrongPeriod: lambda: _(
        "日期不对：要从今天或以后开始，结束在开始之后，不超过一年，也不能和已登记的离岗重叠。"
    ),
    NoColleague: lambda: _("顶岗的人要在本部门任职，那段时间自己也在岗。"),
    NobodyFound: lambda: _("没有找到这个号码。请本人先注册账号并实名。"),
    ByAManager: lambda: _("这个岗位由谁顶岗，要由岗位管理员来定。"),
    NotReady: lambda: _("它的状态刚刚变了，请看最新情况。"),
}


def power_said(power: str) -> str:
    """What a power is called."""
    return _POWERS[Power(power)]()


def powers_said(powers: Iterable[str]) -> list[str]:
    """What powers are called, in the order in which they are declared."""
    return [power_said(one) for one in Power if one in powers]


def act_said(act: str) -> str:
    """What was done about a post."""
    return _ACTS[act]() if act in _ACTS else act


def refusal_said(error: UnableToChangePosts) -> str:
    """Why it was not done."""
    if isinstance(error, KeptApart):
        return _("同一个人在一个部门里不能既“%(one)s”又“%(other)s”。") % {
            "one": power_said(error.apart.one),
            "other": power_said(error.apart.other),
        }
    say = _REFUSALS.get(type(error))
    return say() if say else _("没有找到，或者不归本部门管。")


def day_said(at: datetime | None) -> str:
    """A day, with its year."""
    return date_format(timezone.localtime(at), "DATE_FORMAT") if at else ""
