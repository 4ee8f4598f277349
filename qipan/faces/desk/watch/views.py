"""What the auditor's pages show: findings as lines, one finding whole, and charts by day and hour."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qipan.core.declarations import Library
from qipan.core.elements import Text
from qipan.faces.desk.state_words import case_state
from qipan.faces.desk.watch.words import gap_said, state_of, title_of, told, verdict_said
from qipan.faces.look.posts import post_said
from qipan.faces.look.state_words import Said
from qipan.watch.kinds import RECORDS, Kind, State, verdicts
from qipan.watch.queries import DayRow, FindingRow, HourRow, KindCount, OwnDayRow, PeerRow, ReadingRow

DAYS = 30
NODES = ("node", "peer")  # the parts of a finding's facts that name one
HEIGHT, WIDTH = 100, 10  # of a chart, in its own units
GROUPS: Mapping[str, frozenset[Kind]] = {
    "": frozenset(Kind),
    "use": frozenset(Kind) - RECORDS,
    "records": RECORDS,
}
STATES: Mapping[str, tuple[State, ...]] = {
    "": (State.OPEN,),
    "decided": (State.JUSTIFIED, State.MISUSE, State.RESOLVED),
    "misuse": (State.MISUSE,),
}


class Wanted(NamedTuple):
    """Which findings are asked for: a group of kinds, a kind of it, and where they stand."""

    group: str = ""
    kind: str = ""
    show: str = ""
    start: int = 0

    def address(self, **changes: object) -> str:
        """The address of the same with changes."""
        said = {**self._asdict(), "start": 0, **changes}
        return "?" + urlencode({name: value for name, value in said.items() if value})

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are shown."""
        return (self.kind,) if self.kind else tuple(sorted(GROUPS[self.group]))


class Tally(NamedTuple):
    """A count, and the address of what it counts."""

    title: str
    number: int
    href: str
    current: bool


class Line(NamedTuple):
    """A finding in the list."""

    id: UUID
    title: str
    who: str
    said: str
    raised_at: datetime
    state: Said


class Bar(NamedTuple):
    """One bar: where it stands, how high, and how much of it is out of the ordinary."""

    x: int
    height: float
    marked: float
    title: str


class Chart(NamedTuple):
    """Bars with words for who cannot see them; ``rows`` are the same as a table."""

    bars: tuple[Bar, ...]
    width: int
    label: str
    first: str
    last: str
    most: int
    rows: tuple[tuple[str, int, int], ...]


class ReadingLine(NamedTuple):
    """One reading behind a finding."""

    at: datetime
    who: str
    person: str
    what: str
    state: Said | None
    notes: tuple[str, ...]
    entry: int | None


class Example(NamedTuple):
    """A call that does not meet its twin."""

    exchange: str
    minute: datetime
    said: str
    entry: int | None


class FindingPage(NamedTuple):
    """A finding whole."""

    id: UUID
    title: str
    who: str
    sentences: tuple[str, ...]
    state: Said
    open: bool
    raised_at: datetime
    reason: str
    decided: str
    decided_at: datetime | None
    verdicts: tuple[tuple[str, str], ...]
    examples: tuple[Example, ...]
    more: int


class PeerLine(NamedTuple):
    """How far records were compared with a node."""

    name: str
    until: datetime | None
    met: int
    state: Said


def wanted_in(address: Mapping[str, str]) -> Wanted:
    """Read what an address asks for; what makes no sense there is as if it was not."""
    group, kind, show = (address.get(name, "") for name in ("group", "kind", "show"))
    start = address.get("start", "")
    group = group if group in GROUPS else ""
    return Wanted(
        group,
        kind if kind in GROUPS[group] else "",
        show if show in STATES else "",
        int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 0,  # noqa: PLR2004 -- nobody turns so many pages
    )


def state_tallies(counts: Sequence[KindCount], wanted: Wanted) -> list[Tally]:
    """What is open, and what was decided."""
    shown = [one for one in counts if one.kind in wanted.kinds]
    waiting = sum(one.findings for one in shown if one.open)
    decided = sum(one.findings for one in shown if not one.open)
    return [
        Tally(_("待处理"), waiting, wanted.address(show=""), wanted.show == ""),
        Tally(_("处理过的"), decided, wanted.address(show="decided"), wanted.show == "decided"),
    ]


def group_tabs(wanted: Wanted) -> list[tuple[str, str, bool]]:
    """Both groups of findings: title, address, and whether it is shown."""
    titles = {"": _("全部"), "use": _("用数是否正当"), "records": _("两边记录是否相符")}
    return [
        (title, wanted.address(group=group, kind=""), wanted.group == group)
        for group, title in titles.items()
    ]


def kind_choices(wanted: Wanted) -> list[tuple[str, str]]:
    """The kinds that can be chosen."""
    return [(str(kind), title_of(kind)) for kind in Kind if kind in GROUPS[wanted.group]]


def lines(rows: Sequence[FindingRow], language: str) -> list[Line]:
    """Findings as lines."""
    return [
        Line(
            row.id,
            title_of(row.kind),
            who_of(row, language),
            told(row)[0],
            row.raised_at,
            state_of(row.state),
        )
        for row in rows
    ]


def who_of(row: FindingRow, language: str) -> str:
    """Whom a finding is about."""
    agency = (row.agency_zh if language.startswith("zh") else row.agency_en or row.agency_zh) or row.agency
    if row.name:
        return " ".join(filter(None, (agency, post_said(row.post), row.name)))
    kind, _colon, name = row.subject.partition(":")
    if kind == "person":
        return _("居民 %(number)s") % {"number": name}
    if kind == "grant":
        return " ".join(filter(None, (agency, _("授权 %(number)s") % {"number": name[:8]})))
    return _("节点 %(name)s") % {"name": row.facts.get("peer") or name or row.subject}


def nodes_in(rows: Sequence[FindingRow]) -> set[str]:
    """Which nodes findings are about."""
    return {str(row.facts[part]) for row in rows for part in NODES if part in row.facts}


def with_titles(rows: Sequence[FindingRow], titles: Mapping[str, Text], language: str) -> list[FindingRow]:
    """The same findings, with nodes as they are called."""
    return [row._replace(facts={**row.facts, **_titles(row, titles, language)}) for row in rows]


def _titles(row: FindingRow, titles: Mapping[str, Text], language: str) -> dict[str, str]:
    return {part: titles[str(row.facts[part])].say(language) for part in NODES if part in row.facts}


def finding_page(row: FindingRow, language: str) -> FindingPage:
    """One finding whole."""
    examples: Any = row.facts.get("examples", [])
    gaps: Any = row.facts.get("gaps", {})
    shown = tuple(
        Example(one["exchange"], datetime.fromisoformat(one["minute"]), gap_said(one["gap"]), one["entry"])
        for one in examples
    )
    return FindingPage(
        row.id,
        title_of(row.kind),
        who_of(row, language),
        tuple(told(row)),
        state_of(row.state),
        row.state == State.OPEN,
        row.raised_at,
        row.reason,
        row.auditor,
        row.decided_at,
        tuple((str(one), verdict_said(one)) for one in verdicts(Kind(row.kind))),
        shown,
        sum(count for gap, count in gaps.items() if gap != "answer-lost") - len(shown),
    )


def reading_lines(rows: Sequence[ReadingRow], library: Library, language: str) -> list[ReadingLine]:
    """The readings behind a finding."""
    return [_reading(row, library, language) for row in rows]


def peer_lines(rows: Sequence[PeerRow], titles: Mapping[str, Text], language: str) -> list[PeerLine]:
    """How far records were compared with each node."""
    return [
        PeerLine(
            titles[row.peer].say(language),
            row.until if row.answered_at else None,
            row.met,
            Said(_("没有回应"), "warn") if row.silent_since else Said(_("在对账"), "good"),
        )
        for row in rows
    ]


def daily_chart(rows: Sequence[DayRow], since: date, until: date) -> Chart:
    """Everybody's readings by day, those at unusual hours marked."""
    found = {row.day: (row.volume, row.off_hours) for row in rows}
    days = [since + timedelta(days=place) for place in range((until - since).days + 1)]
    values = [(date_format(day, "MONTH_DAY_FORMAT"), *found.get(day, (0, 0))) for day in days]
    total = sum(volume for volume, _off in found.values())
    label = ngettext("近 %(days)s 天共查看 %(num)s 次", "近 %(days)s 天共查看 %(num)s 次", total) % {
        "days": len(days),
        "num": total,
    }
    return _chart(values, label)


def own_chart(rows: Sequence[OwnDayRow], marked: date, since: date, until: date) -> Chart:
    """Somebody's readings by day, the day of the finding marked."""
    found = {row.day: row.volume for row in rows}
    days = [since + timedelta(days=place) for place in range((until - since).days + 1)]
    values = [
        (date_format(day, "MONTH_DAY_FORMAT"), found.get(day, 0), found.get(day, 0) if day == marked else 0)
        for day in days
    ]
    return _chart(values, _("本人每天查看的次数"))


def hourly_chart(rows: Sequence[HourRow], label: str) -> Chart:
    """Readings by hour of the day, those outside offices' hours marked."""
    found = {row.hour: row.times for row in rows}
    values = [
        (
            pgettext("hour", "%(hour)s时") % {"hour": hour},
            found.get(hour, 0),
            0 if 7 <= hour < 20 else found.get(hour, 0),  # noqa: PLR2004 -- as in qipan.watch.operations.counting
        )
        for hour in range(24)
    ]
    return _chart(values, label)


def _chart(values: Sequence[tuple[str, int, int]], label: str) -> Chart:
    most = max((value for _name, value, _marked in values), default=0)
    scale = HEIGHT / most if most else 0
    bars = [
        Bar(
            place * WIDTH,
            round(value * scale, 1),
            round(marked * scale, 1),
            f"{name} " + ngettext("%(num)s 次", "%(num)s 次", value) % {"num": value},
        )
        for place, (name, value, marked) in enumerate(values)
    ]
    return Chart(
        tuple(bars),
        len(values) * WIDTH,
        label,
        values[0][0] if values else "",
        values[-1][0] if values else "",
        most,
        tuple(values),
    )


def _reading(row: ReadingRow, library: Library, language: str) -> ReadingLine:
    service = library.services.get(row.service)
    named = service.title.say(language) if service else row.service
    what = {
        "case": " ".join(filter(None, (named, row.number))),
        "window": _("窗口代办"),
        "exchange": _("向别的节点查询 %(subject)s") % {"subject": row.subject},
    }[row.kind]
    agency = (row.agency_zh if language.startswith("zh") else row.agency_en or row.agency_zh) or row.agency
    notes = [
        "" if row.in_hand else _("当时没有在办"),
        _("没有办理") if row.kind == "case" and not row.acted else "",
        ngettext("%(num)s 次", "%(num)s 次", row.times) % {"num": row.times} if row.times > 1 else "",
    ]
    return ReadingLine(
        row.at,
        " ".join(filter(None, (agency, post_said(row.post), row.name))) or row.who,
        _initial(row.person),
        what,
        case_state(row.state) if row.state else None,
        tuple(filter(None, notes)),
        row.entry,
    )


def _initial(name: str) -> str:
    """A name as far as an auditor needs it to tell people apart."""
    return name[:1] + "*" * (len(name) - 1)
