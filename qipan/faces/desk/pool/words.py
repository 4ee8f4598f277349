"""The pool's words: how something is shared, where a request stands, what was done to it, what stands in the way."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qipan.core.classes import Category, Format
from qipan.core.declarations import Share
from qipan.core.sharing import Act, Role, State
from qipan.faces.look.exchange_words import refusal_said as refusal_words
from qipan.faces.look.state_words import Said
from qipan.sharing.errors import UnableToShare
from qipan.sharing.wanted import ALL, OWN_CASES, OWN_REGION


class Field(NamedTuple):
    """A field of a resource to read or to tick."""

    name: str
    title: str
    type: str
    grade: int
    chosen: bool = False


_SHARE: Mapping[str, tuple[Callable[[], str], str]] = {
    Share.UNCONDITIONAL: (lambda: _("无条件共享"), "good"),
    Share.CONDITIONAL: (lambda: _("有条件共享"), "warn"),
    Share.WITHHELD: (lambda: _("不予共享"), "bad"),
}
_STATES: Mapping[str, tuple[Callable[[], str], str]] = {
    State.SUBMITTED: (lambda: _("待审核"), "active"),
    State.RETURNED: (lambda: _("待补充"), "warn"),
    State.APPROVED: (lambda: _("已同意，待签收"), "active"),
    State.GRANTED: (lambda: _("授权有效"), "good"),
    State.REFUSED: (lambda: _("不同意"), "bad"),
    State.DISPUTED: (lambda: _("争议协调中"), "warn"),
    State.ORDERED: (lambda: _("协调决定共享，待提供方签署"), "active"),
    State.UPHELD: (lambda: _("维持不同意"), "bad"),
    State.WITHDRAWN: (lambda: pgettext("request", "已撤回"), "neutral"),
    State.GIVEN_UP: (lambda: _("用完已停"), "neutral"),
    State.REVOKED: (lambda: _("已撤销"), "bad"),
}
_ACTS: Mapping[str, Callable[[], str]] = {
    Act.RETURN: lambda: _("退回补充"),
    Act.RESUBMIT: lambda: _("补充后再报"),
    Act.APPROVE: lambda: _("同意"),
    Act.REFUSE: lambda: _("不同意"),
    Act.SIGN: lambda: _("签收授权"),
    Act.DISPUTE: lambda: _("提请协调"),
    Act.UPHOLD: lambda: _("维持原意见"),
    Act.OVERTURN: lambda: _("决定应当共享"),
    Act.ORDER: lambda: _("决定应当共享"),
    Act.WITHDRAW: lambda: _("撤回申请"),
    Act.GIVE_UP: lambda: _("用完停用"),
    Act.REVOKE: lambda: _("撤销授权"),
}
_DONE: Mapping[str, Callable[[], str]] = {
    "submit_share_request": lambda: _("提出申请"),
    **{f"{act}_share_request": say for act, say in _ACTS.items()},
}
_ROLES: Mapping[str, Callable[[], str]] = {
    Role.REQUESTER: lambda: _("申请员"),
    Role.APPROVER: lambda: _("审批员"),
    Role.AUDITOR: lambda: _("审计员"),
    Role.COORDINATOR: lambda: _("协调员"),
}
_CYCLES: Mapping[str, Callable[[], str]] = {
    "realtime": lambda: _("实时"),
    "hourly": lambda: _("每小时"),
    "daily": lambda: _("每日"),
    "weekly": lambda: _("每周"),
    "monthly": lambda: _("每月"),
    "quarterly": lambda: _("每季度"),
    "yearly": lambda: _("每年"),
}
_MODES: Mapping[str, Callable[[], str]] = {
    "look-up": lambda: _("逐条查询"),
    "push": lambda: _("变更推送"),
    "batch": lambda: _("批量文件"),
}
_CATEGORIES: Mapping[str, Callable[[], str]] = {
    Category.BASE: lambda: _("基础信息资源"),
    Category.THEME: lambda: _("主题信息资源"),
    Category.DEPARTMENT: lambda: _("部门信息资源"),
}
_FORMATS: Mapping[str, Callable[[], str]] = {
    Format.DATABASE: lambda: _("数据库"),
    Format.SPREADSHEET: lambda: _("电子表格"),
    Format.DOCUMENT: lambda: _("电子文件"),
    Format.STRUCTURED: lambda: _("结构化数据（接口）"),
    Format.IMAGE: lambda: _("图形图像"),
    Format.STREAM: lambda: _("流媒体"),
}
_TYPES: Mapping[str, Callable[[], str]] = {
    "text": lambda: _("字符"),
    "integer": lambda: _("整数"),
    "decimal": lambda: _("小数"),
    "boolean": lambda: _("是否"),
    "date": lambda: _("日期"),
    "code": lambda: _("代码"),
}
_PARTS: Mapping[str, Callable[[], str]] = {
    "title": lambda: _("名称"),
    "agency": lambda: _("提供部门"),
    "keys": lambda: _("查询条件"),
    "gives": lambda: _("信息项"),
    "record_of": lambda: _("权威数据元"),
    "share": lambda: _("共享类型"),
    "share_condition": lambda: _("共享条件"),
    "share_law": lambda: _("不予共享的依据"),
    "update_cycle": lambda: _("更新周期"),
    "legal_basis": lambda: _("依据"),
    "abstract": lambda: _("摘要"),
    "open": lambda: _("是否开放"),
    "modes": lambda: _("共享方式"),
    "quality": lambda: _("质量"),
    "format": lambda: _("格式"),
    "code": lambda: _("目录代码"),
    "days": lambda: _("答复所需工作日"),
}
_KINDS: Mapping[str, Callable[[], str]] = {
    "added": lambda: _("首次发布"),
    "changed": lambda: _("修改"),
    "removed": lambda: _("撤下"),
}
_PROBLEMS: Mapping[tuple[str, str], Callable[[], str]] = {
    ("fields", "missing"): lambda: _("请至少勾选一个信息项。"),
    ("fields", "wrong"): lambda: _("有信息项不在这个资源里，请重新勾选。"),
    ("purpose", "missing"): lambda: _("请写明用来做什么。"),
    ("purpose", "wrong"): lambda: _("用途写成一行，不超过 200 字。"),
    ("purpose_en", "wrong"): lambda: _("用途写成一行，不超过 200 字。"),
    ("basis", "missing"): lambda: _("请写明依据的法律、法规或规章，到条。"),
    ("basis", "wrong"): lambda: _("每行写一条依据，不重复，不超过 200 字。"),
    ("event", "wrong"): lambda: _("请从列表里选一件事。"),
    ("services", "wrong"): lambda: _("这个事项不在所选的一件事里。"),
    ("modes", "missing"): lambda: _("请选择怎样共享。"),
    ("modes", "wrong"): lambda: _("这个资源没有这种共享方式。"),
    ("rows", "wrong"): lambda: _("请选择要哪些人的数据。"),
    ("volume", "wrong"): lambda: _("请填每天最多多少条：1 到 10000000 的整数。"),
    ("retention", "wrong"): lambda: _("请填保存多少天：0 到 3650 的整数。"),
    ("until", "missing"): lambda: _("请填用到哪一天。"),
    ("until", "wrong"): lambda: _("截止日期要在今天之后、五年以内。"),
    ("resource", "withheld"): lambda: _("这个资源依法不予共享，不能申请。"),
    ("resource", "own"): lambda: _("这是本部门自己的资源，不用申请。"),
    ("resource", "unknown"): lambda: _("没有这个资源，或者还没有部门负责它。"),
    ("record", "wrong"): lambda: _("记录的号码太长，请核对。"),
    ("kind", "wrong"): lambda: _("请选择更正还是召回。"),
}
_REFUSALS: Mapping[str, Callable[[], str]] = {
    "not-in-this-state": lambda: _("它的状态刚刚变了，现在不能这样办，请看最新情况。"),
    "unreasoned": lambda: _("请写明理由。"),
    "less-than-ordered": lambda: _("协调决定要共享的信息项，一项也不能少。"),
    "past-its-end": lambda: _("申请的截止日期已经过了，请让对方重新申请。"),
    "nothing-granted": lambda: _("请在申请的信息项里至少勾选一项。"),
    "nobody-to-sign": lambda: _("本节点没有加入节点清单，还不能签署授权，请联系管理员。"),
}
_OUTCOMES: Mapping[str, tuple[Callable[[], str], str]] = {
    "ok": (lambda: _("查到了"), "good"),
    "none": (lambda: _("没有记录"), "neutral"),
    "taken-before": (lambda: _("早已送到，没有重复收"), "neutral"),
    "grant-revoked": (lambda: _("拒绝：授权已撤销"), "bad"),
    "grant-expired": (lambda: _("拒绝：授权已到期"), "bad"),
    "case-not-open": (lambda: _("拒绝：办件没有在办，或当事人没有同意"), "bad"),
    "field-not-granted": (lambda: _("拒绝：超出授权的信息项"), "bad"),
    "volume-used-up": (lambda: _("拒绝：今天的用量已用完"), "bad"),
    "foreign-row": (lambda: _("拒绝：不是授权地区的记录"), "bad"),
    "not-looked-up": (lambda: _("拒绝：没有为这件办件查过"), "bad"),
    "peer-down": (lambda: _("对方节点没有回答"), "warn"),
    "register-down": (lambda: _("部门业务库没有回答"), "warn"),
}
_SUBJECTS: Mapping[str, Callable[[], str]] = {
    "draft": lambda: _("填写中的表单"),
    "application": lambda: _("申请"),
    "case": lambda: _("办件"),
    "stream": lambda: _("推送或批量"),
}
SHOWN_OF_A_NUMBER = 8  # characters; the whole number is in the trail


def share_said(share: str) -> Said:
    """How a resource is shared."""
    return _said(_SHARE, share)


def request_state(state: str, *, ended: bool = False) -> Said:
    """Where a request stands; ``ended``: the grant is past its last day."""
    return Said(_("已到期"), "neutral") if ended and state == State.GRANTED else _said(_STATES, state)


def outcome_said(outcome: str) -> Said:
    """What came of a call; the words of most refusals are the gateway's own, in two languages, with the code behind them."""
    if outcome in _OUTCOMES:
        return _said(_OUTCOMES, outcome)
    words = refusal_words(outcome).say(get_language() or "zh")
    return Said(_("拒绝：%(words)s（%(code)s）") % {"words": words.rstrip("。."), "code": outcome}, "bad")


def subject_said(subject: str) -> str:
    """For what a call was made: ``case:1a2b…`` as 办件 1a2b…"""
    kind, _colon, number = subject.partition(":")
    return f"{_SUBJECTS[kind]()} {number[:SHOWN_OF_A_NUMBER]}" if kind in _SUBJECTS else subject


def caller_said(official: str) -> str:
    """Who made a call: a name, or whom it was made by where it was no official of ours."""
    kind, _colon, number = official.partition(":")
    said = {"person": _("本人"), "system": _("自动办理"), "official": _("对方经办人 %s") % number}
    return said.get(kind, official) if number else official


def act_said(act: str) -> str:
    """What an act is called on its button."""
    return _word(_ACTS, act)


def done_said(act: str) -> str:
    """What an act is called in the history."""
    return _word(_DONE, act)


def role_said(role: str) -> str:
    """What somebody does in the pool."""
    return _word(_ROLES, role)


def cycle_said(cycle: str) -> str:
    """How often a resource is brought up to date."""
    return _word(_CYCLES, cycle)


def mode_said(mode: str) -> str:
    """How a resource is passed on."""
    return _word(_MODES, mode)


def category_said(category: str) -> str:
    """A class of the national catalogue."""
    return _word(_CATEGORIES, category)


def format_said(kept: str) -> str:
    """How a resource is kept."""
    return _word(_FORMATS, kept)


def type_said(kind: str) -> str:
    """How an element's value is written."""
    return _word(_TYPES, kind)


def part_said(part: str) -> str:
    """A part of a resource that changed."""
    return _word(_PARTS, part)


def kind_said(kind: str) -> str:
    """What a library did to a resource."""
    return _word(_KINDS, kind)


def rows_said(rows: str) -> str:
    """Which rows are asked for."""
    return {
        OWN_CASES: _("只查在办案件涉及的人"),
        OWN_REGION: _("本区域的人"),
        ALL: _("全部"),
    }.get(rows, rows)


def problem_said(part: str, problem: str) -> str:
    """What is wrong with one part of a request."""
    say = _PROBLEMS.get((part, problem))
    return say() if say else _("请核对这一项。")


def refusal_said(error: UnableToShare) -> str:
    """Why an act was not done, and what to do."""
    return _word(_REFUSALS, error.code) if error.code in _REFUSALS else _("没有办成，请再试一次。")


def _said(words: Mapping[str, tuple[Callable[[], str], str]], key: str) -> Said:
    say, tone = words[key]
    return Said(say(), tone)


def _word(words: Mapping[str, Callable[[], str]], key: str) -> str:
    say = words.get(key)
    return say() if say else key
