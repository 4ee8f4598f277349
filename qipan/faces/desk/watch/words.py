"""Findings in words: what, how often, and what is usual."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qipan.faces.look.state_words import Said
from qipan.watch.kinds import Kind, State
from qipan.watch.queries import FindingRow

RARE, RARER, RAREST = 6, 9, 12  # zeros behind the point
_TITLES: Mapping[Kind, Callable[[], str]] = {
    Kind.VOLUME: lambda: _("查看次数异常"),
    Kind.IDLE: lambda: _("看了多人却没有办理"),
    Kind.OFF_HOURS: lambda: _("非工作时间查看"),
    Kind.CLOSED: lambda: _("查看已办结的事"),
    Kind.NAMESAKE: lambda: _("查看同名者"),
    Kind.SOUGHT: lambda: _("一人被多人查看"),
    Kind.GRANT_VOLUME: lambda: _("授权用量异常"),
    Kind.ONE_SIDED: lambda: _("两边记录对不上"),
    Kind.SILENT: lambda: _("对方没有对账"),
}
_STATES: Mapping[State, tuple[Callable[[], str], str]] = {
    State.OPEN: (lambda: _("待处理"), "warn"),
    State.JUSTIFIED: (lambda: _("有正当理由"), "good"),
    State.MISUSE: (lambda: _("认定滥用"), "bad"),
    State.RESOLVED: (lambda: _("已查明"), "good"),
}
_VERDICTS: Mapping[State, Callable[[], str]] = {
    State.JUSTIFIED: lambda: pgettext("verdict", "有正当理由"),
    State.MISUSE: lambda: pgettext("verdict", "认定为滥用"),
    State.RESOLVED: lambda: pgettext("verdict", "已经查明"),
}
_GAPS: Mapping[str, Callable[[], str]] = {
    "only-here": lambda: _("本方有记录，对方没有"),
    "only-there": lambda: _("对方有记录，本方没有"),
    "contradiction": lambda: _("两边说法不一"),
    "answer-lost": lambda: _("数据给出了，回答没有送到"),
}


def title_of(kind: str) -> str:
    """What a kind of finding is called."""
    return _TITLES[Kind(kind)]()


def state_of(state: str) -> Said:
    """Where a finding stands."""
    words, tone = _STATES[State(state)]
    return Said(words(), tone)


def verdict_said(verdict: State) -> str:
    """How an auditor decides."""
    return _VERDICTS[verdict]()


def gap_said(gap: str) -> str:
    """How two records differ."""
    say = _GAPS.get(gap)
    return say() if say else gap


def told(finding: FindingRow) -> list[str]:
    """The whole finding in sentences, the first of which says what was found."""
    return [_SENTENCES[Kind(finding.kind)](finding), *_usual(finding), *_chance(finding)]


def _volume(finding: FindingRow) -> str:
    return ngettext(
        "%(day)s一天查看了 %(count)s 次。", "%(day)s一天查看了 %(count)s 次。", _count(finding)
    ) % _day(finding)


def _idle(finding: FindingRow) -> str:
    return ngettext(
        "%(day)s看了 %(count)s 人的办件，没有为他们办任何事。",
        "%(day)s看了 %(count)s 人的办件，没有为他们办任何事。",
        _count(finding),
    ) % _day(finding)


def _off_hours(finding: FindingRow) -> str:
    return ngettext(
        "%(day)s在早上 7 点前、晚上 8 点后或休息日查看了 %(count)s 次。",
        "%(day)s在早上 7 点前、晚上 8 点后或休息日查看了 %(count)s 次。",
        _count(finding),
    ) % _day(finding)


def _closed(finding: FindingRow) -> str:
    return ngettext(
        "%(day)s查看了 %(count)s 次当时没有在办的事。",
        "%(day)s查看了 %(count)s 次当时没有在办的事。",
        _count(finding),
    ) % _day(finding)


def _namesake(finding: FindingRow) -> str:
    return ngettext(
        "%(day)s查看了 %(count)s 次与本人同名者的信息。同名不一定是同一个人，请核对。",
        "%(day)s查看了 %(count)s 次与本人同名者的信息。同名不一定是同一个人，请核对。",
        _count(finding),
    ) % _day(finding)


def _sought(finding: FindingRow) -> str:
    facts = finding.facts
    named = {
        "day": date_format(timezone.localtime(finding.begins)),
        "count": facts["count"],
        "agencies": facts["agencies"],
        "cases": facts["cases"],
    }
    return (
        _(
            "%(day)s起的一周里，%(agencies)s 个部门的 %(count)s 名工作人员查看过同一个人；这个人在办或刚办完的有 %(cases)s 件。"
        )
        % named
    )


def _grant_volume(finding: FindingRow) -> str:
    named = {**_day(finding), "grant": finding.subject.partition(":")[2][:8], "node": finding.facts["node"]}
    return _("%(day)s（协调世界时），节点“%(node)s”凭授权 %(grant)s 取走了 %(count)s 条记录。") % named


def _one_sided(finding: FindingRow) -> str:
    begins = timezone.localtime(finding.begins)
    named = {
        "peer": finding.facts["peer"],
        "day": date_format(begins),
        "from": f"{begins:%H:%M}",
        "to": f"{begins + timedelta(minutes=10):%H:%M}",
    }
    if finding.facts.get("too_much"):
        return (
            _("与节点“%(peer)s”对账，%(day)s %(from)s 至 %(to)s 的差异太多，对方给的不能逐条核对。") % named
        )
    gaps: Any = finding.facts["gaps"]
    listed = _("；").join(
        ngettext("%(gap)s：%(num)s 次", "%(gap)s：%(num)s 次", count) % {"gap": gap_said(gap), "num": count}
        for gap, count in gaps.items()
    )
    return _("与节点“%(peer)s”对账，%(day)s %(from)s 至 %(to)s 有调用对不上。%(gaps)s。") % {
        **named,
        "gaps": listed,
    }


def _silent(finding: FindingRow) -> str:
    since = timezone.localtime(finding.begins)
    named = {"peer": finding.facts["peer"], "day": date_format(since), "time": f"{since:%H:%M}"}
    return _("节点“%(peer)s”从%(day)s %(time)s 起没有与本节点对账，超过一天。") % named


_SENTENCES: Mapping[Kind, Callable[[FindingRow], str]] = {
    Kind.VOLUME: _volume,
    Kind.IDLE: _idle,
    Kind.OFF_HOURS: _off_hours,
    Kind.CLOSED: _closed,
    Kind.NAMESAKE: _namesake,
    Kind.SOUGHT: _sought,
    Kind.GRANT_VOLUME: _grant_volume,
    Kind.ONE_SIDED: _one_sided,
    Kind.SILENT: _silent,
}


def _usual(finding: FindingRow) -> list[str]:
    """What is usual, where anything was counted: somebody's own, and their peers'."""
    if "chance" not in finding.facts:
        return []
    own, peers = finding.facts["own"], finding.facts["peers"]
    said = []
    if isinstance(own, dict):
        said.append(_of_own(finding, own))
    if isinstance(peers, dict):
        said.append(_of_peers(finding, peers))
    return said or [_("以前的记录还不够，无从比较；只有远超一般水平的才会列出。")]


def _of_own(finding: FindingRow, own: Mapping[str, Any]) -> str:
    named = {"middle": number(own["middle"]), "days": own["days"]}
    if finding.kind == Kind.GRANT_VOLUME:
        return _("这份授权以前通常一天 %(middle)s 条（最近 %(days)s 个用过它的日子的中位数，下同）。") % named
    return _("本人以前通常一天 %(middle)s（最近 %(days)s 个有记录的日子的中位数，下同）。") % named


def _of_peers(finding: FindingRow, peers: Mapping[str, Any]) -> str:
    named = {"middle": number(peers["middle"]), "days": peers["days"]}
    if finding.kind == Kind.SOUGHT:
        return _("同一周里别的被查看的人，通常有 %(middle)s 名工作人员看过（%(days)s 人的中位数）。") % named
    return _("同岗位的人通常一天 %(middle)s（%(days)s 人次日的中位数）。") % named


def _chance(finding: FindingRow) -> list[str]:
    if "chance" not in finding.facts:
        return []
    expected = number(float(str(finding.facts["expected"])))
    if finding.score >= RAREST:
        chance = _("不到一万亿分之一")
    elif finding.score >= RARER:
        chance = _("不到十亿分之一")
    else:
        chance = _("不到百万分之一")
    return [
        _("就算平常多到 %(expected)s，碰巧达到这么多的可能也%(chance)s。")
        % {"expected": expected, "chance": chance}
    ]


def number(value: float) -> str:
    """A number as it is said: no decimals that say nothing."""
    return f"{value:.1f}".removesuffix(".0")


def _count(finding: FindingRow) -> int:
    return int(str(finding.facts["count"]))


def _day(finding: FindingRow) -> dict[str, object]:
    zone = None if finding.kind == Kind.GRANT_VOLUME else timezone.get_current_timezone()
    day = finding.begins.date() if zone is None else timezone.localdate(finding.begins, zone)
    return {"day": date_format(day), "count": _count(finding)}
