"""What the pages of showing a certificate say: what was chosen, how it stands, who looked."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qipan.certificates.showing import CODE
from qipan.certificates.showings import LookRow, ShowingRow
from qipan.faces.look.controls import Choice, Control
from qipan.faces.look.state_words import Said
from qipan.faces.portal.list_views import moment

LONGEST = {"maxlength": "80"}
DAYS = (1, 7, 30)
TIMES = (1, 5, 20)


class Chosen(NamedTuple):
    """A fact to choose: its name, its title and value in words."""

    name: str
    title: str
    said: str


class LookLine(NamedTuple):
    """That somebody looked; ``known_as`` is how they were signed in, if they were."""

    who: str
    known_as: str
    time: str


class ShowingLine(NamedTuple):
    """What was shown, as lists and its own page say it; ``open`` while it is to be seen."""

    id: int
    by_code: bool
    title: str
    use: str
    facts: tuple[str, ...]
    standing: Said
    made_at: str
    ends_at: str
    looked: str
    looks: tuple[LookLine, ...]
    open: bool


def showing_line(
    row: ShowingRow, facts: Sequence[Chosen], looks: Sequence[LookRow], at: datetime
) -> ShowingLine:
    """Put what was shown into words; ``facts`` are all of the certificate's."""
    over = row.over(at)
    return ShowingLine(
        row.id,
        row.way == CODE,
        _("当面扫码") if row.way == CODE else row.receiver,
        row.use,
        tuple(one.title for one in facts if one.name in row.facts),
        standing_words(over),
        moment(row.made_at),
        moment(row.ends_at),
        looked_words(row),
        tuple(
            LookLine(one.who or _("扫码的人"), one.known_as, moment(one.at))
            for one in looks
            if one.showing == row.id
        ),
        not over,
    )


def standing_words(over: str) -> Said:
    """How a showing stands, and in which tone."""
    words = {
        "": (pgettext("showing", "可以看"), "good"),
        "withdrawn": (pgettext("showing", "已收回"), "neutral"),
        "ended": (pgettext("showing", "已到期"), "neutral"),
        "used-up": (pgettext("showing", "次数已用完"), "neutral"),
    }
    return Said(*words[over])


def looked_words(row: ShowingRow) -> str:
    """How often it was looked at."""
    if not row.looks:
        return _("还没有人看过")
    seen = ngettext("看过 %(num)s 次", "看过 %(num)s 次", row.looks) % {"num": row.looks}
    return seen if row.most is None else _("%(seen)s，最多 %(most)s 次") % {"seen": seen, "most": row.most}


def over_words(why: str) -> tuple[str, str]:
    """Why there is nothing to be seen any more, and what to do, for whoever looks."""
    return {
        "withdrawn": (
            _("出示人已经收回"),
            _("从收回的那一刻起，谁也看不到了。需要时，请出示人再发一个链接。"),
        ),
        "ended": (_("这次出示已经到期"), _("出示人定的期限已过。需要时，请出示人再发一个链接。")),
        "used-up": (
            _("可以看的次数已经用完"),
            _("出示人只允许看这么多次。需要时，请出示人再发一个链接。"),
        ),
        "stale": (_("这个码已经过期"), _("出示的二维码只有一分钟有效。请扫对方屏幕上现在的码。")),
    }[why]


def link_controls(typed: dict[str, str], errors: dict[str, str]) -> tuple[Control, ...]:
    """What is asked for a link, besides the facts."""
    return (
        Control(
            "receiver", "receiver", _("给谁看？"), value=typed.get("receiver", ""),
            hint=_("单位或人，例如：西溪幼儿园"), error=errors.get("receiver", ""), attributes=LONGEST,
        ),
        Control(
            "use", "use", _("用来做什么？"), value=typed.get("use", ""),
            hint=_("会印在对方看到的每一页上，例如：入园登记"), error=errors.get("use", ""), attributes=LONGEST,
        ),
        Control(
            "days", "days", _("多久以后失效？"), "radio", typed.get("days", str(DAYS[1])),
            tuple(Choice(str(one), ngettext("%(num)s 天", "%(num)s 天", one) % {"num": one}) for one in DAYS),
        ),
        Control(
            "most", "most", _("最多看几次？"), "radio", typed.get("most", str(TIMES[1])),
            tuple(Choice(str(one), ngettext("%(num)s 次", "%(num)s 次", one) % {"num": one}) for one in TIMES),
        ),
    )  # fmt: skip
