"""Says what was done to a case, by whom."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qipan.applications.rows import EntryRow, Filed
from qipan.faces.look.titles import Titles


class Done(NamedTuple):
    """An act in words; `more` says what it concerned, `entry` is its number in the trail, for the receipt."""

    at: datetime
    act: str
    who: str
    more: str
    entry: int = 0


def done(entry: EntryRow, titles: Titles) -> Done:
    """One act of the trail."""
    return Done(entry.at, act_words(entry.act), _who(entry), _more(entry, titles), entry.id)


def act_words(act: str) -> str:
    """What an act is called; one without words of its own stands as it is."""
    say = _ACTS.get(act)
    return say() if say else act


def filed_words(filed: Filed) -> str:
    """Who sent the application for another, and on what ground."""
    kind, _colon, number = filed.under.partition("-mandate:")
    said = {"agent": filed.agent, "number": number}
    return {
        "representative": _("%(agent)s以法定代表人身份为企业提交（委托 %(number)s 号）。") % said,
        "agent": _("%(agent)s受企业委托，代企业提交（委托 %(number)s 号）。") % said,
    }.get(kind, _("%(agent)s受申请人委托，代申请人提交（委托 %(number)s 号）。") % said)


def _who(entry: EntryRow) -> str:
    match entry.actor_kind:
        case "official":
            return entry.actor
        case "person" if entry.actor:
            return _("%(agent)s代申请人") % {"agent": entry.actor}
        case "person":
            return _("申请人")
        case _:
            return _("系统")


def _more(entry: EntryRow, titles: Titles) -> str:
    if entry.details.get("automatic") is True:
        return _("按规则秒批")
    if entry.act not in {"return_for_correction", "answer_correction"}:
        return ""
    fields = entry.details.get("fields")
    return titles.listed(map(titles.field_named, map(str, fields))) if isinstance(fields, list) else ""


_ACTS: Mapping[str, Callable[[], str]] = {
    "open_case": lambda: pgettext("done", "送到本部门"),
    "accept_case": lambda: pgettext("done", "受理"),
    "review_case": lambda: pgettext("done", "开始审查"),
    "decline_case": lambda: pgettext("done", "不予受理"),
    "return_for_correction": lambda: pgettext("done", "退回补正"),
    "answer_correction": lambda: pgettext("done", "补正了"),
    "grant_case": lambda: pgettext("done", "批准"),
    "refuse_case": lambda: pgettext("done", "不予批准"),
    "deliver_case": lambda: pgettext("done", "送达"),
    "issue_certificate": lambda: pgettext("done", "签发了电子证照"),
    "revoke_certificate": lambda: pgettext("done", "撤销了电子证照"),
    "replace_certificate": lambda: pgettext("done", "换发了电子证照"),
    "withdraw_case": lambda: pgettext("done", "撤回"),
    "stop_case": lambda: pgettext("done", "停止"),
    "rate_case": lambda: pgettext("done", "评价"),
    "retry_application": lambda: pgettext("done", "重新查询数据"),
}
