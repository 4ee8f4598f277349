"""Receipts of what was done in an application: each act in words, with the leaf that it is in the trail."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qipan.applications.rows import ApplicationDetail
from qipan.faces.look.titles import Titles
from qipan.faces.portal.list_views import moment
from qipan.ledger.queries import About

_ACTS: Mapping[str, Callable[[], str]] = {
    "submit_application": lambda: pgettext("receipt", "提交了申请"),
    "look_up": lambda: pgettext("receipt", "查询了数据"),
    "consent": lambda: pgettext("receipt", "同意查询"),
    "read_case": lambda: pgettext("receipt", "工作人员打开了这一件"),
    "open_case": lambda: pgettext("receipt", "转到部门"),
    "accept_case": lambda: pgettext("receipt", "受理"),
    "review_case": lambda: pgettext("receipt", "开始审查"),
    "decline_case": lambda: pgettext("receipt", "不予受理"),
    "return_for_correction": lambda: pgettext("receipt", "退回补正"),
    "answer_correction": lambda: pgettext("receipt", "补正了"),
    "answer_missing": lambda: pgettext("receipt", "补充了"),
    "grant_case": lambda: pgettext("receipt", "批准"),
    "refuse_case": lambda: pgettext("receipt", "不予批准"),
    "deliver_case": lambda: pgettext("receipt", "送达"),
    "issue_certificate": lambda: pgettext("receipt", "签发了电子证照"),
    "revoke_certificate": lambda: pgettext("receipt", "撤销了电子证照"),
    "replace_certificate": lambda: pgettext("receipt", "换发了电子证照"),
    "withdraw_case": lambda: pgettext("receipt", "撤回了一件"),
    "withdraw_application": lambda: pgettext("receipt", "撤回了申请"),
    "stop_case": lambda: pgettext("receipt", "停止"),
    "rate_case": lambda: pgettext("receipt", "评价"),
}


class ReceiptLine(NamedTuple):
    """An act with the number of its entry; ``leaf`` is where it stands in the trail, None for less than a second."""

    entry: int
    what: str
    about: str
    time: str
    leaf: int | None


def subjects_of(detail: ApplicationDetail) -> dict[str, str]:
    """What the trail calls an application and its cases, with the service of each case."""
    found = {f"application:{detail.id}": ""}
    for case in detail.cases:
        found |= {f"case:{case.id}": case.service, f"reading:{case.id}": case.service}
    return found


def receipt_lines(entries: Iterable[About], detail: ApplicationDetail, titles: Titles) -> list[ReceiptLine]:
    """Each act, the latest first."""
    subjects = subjects_of(detail)
    return [_line(one, subjects.get(one.subject, ""), titles) for one in reversed(list(entries))]


def _line(one: About, service: str, titles: Titles) -> ReceiptLine:
    say = _ACTS.get(one.act)
    about = titles.service(service) if service else titles.event.title.say(titles.language)
    return ReceiptLine(one.id, say() if say else _("办理中的一步"), about, moment(one.at), one.leaf)
