"""Who gave and who used, drawn day by day; and corrections and recalls with who has not acknowledged them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qipan.core.declarations import Library
from qipan.core.elements import Field as Declared
from qipan.core.sharing import Role
from qipan.faces.desk.pool.catalogue_views import field_of
from qipan.faces.look.state_words import Said
from qipan.people.actors import Actor
from qipan.sharing.holding import titles_of
from qipan.sharing.letters import TAKEN
from qipan.sharing.rows import NoticeRow, ReceiptRow, Used, UsedDay

DAYS = (7, 30, 90)
HEIGHT, WIDTH, GAP = 100, 10, 2  # of the chart, in its own units


class Bar(NamedTuple):
    """A day of the chart: where its bars stand, answered calls below, refused ones on top."""

    x: int
    height: float
    refused: float
    title: str


class Chart(NamedTuple):
    """Calls day by day; ``most`` is the height of the chart in calls."""

    bars: tuple[Bar, ...]
    width: int
    most: int
    first: str
    last: str
    label: str
    refused: str
    rows: tuple[tuple[str, int, int], ...]


class UsedLine(NamedTuple):
    """What somebody got of somebody's resource; ``share`` is out of 100, ``resource`` empty where the catalogue has none of it."""

    resource: str
    title: str
    giver: str
    receiver: str
    calls: int
    found: int
    refused: int
    facts: int
    share: float


class Receipt(NamedTuple):
    """Whether a receiver has acknowledged a notice; ``node`` is what its node is called, where that is elsewhere."""

    agency: str
    node: str
    at: datetime | None
    who: str
    answer: str
    state: Said


class NoticeLine(NamedTuple):
    """A correction or recall, as the reader's agency gave or got it; ``given`` where all of its receivers are shown."""

    id: UUID
    kind: Said
    resource: str
    title: str
    provider: str
    node: str
    what: str
    fields: str
    message: str
    issued_at: datetime
    due: str
    receipts: tuple[Receipt, ...]
    missing: int
    mine: bool
    given: bool


def chart(rows: Sequence[UsedDay], since: date, until: date) -> Chart:
    """Draw the days, those without use as well."""
    by_day = {row.day: row for row in rows}
    days = [since + timedelta(days=offset) for offset in range((until - since).days + 1)]
    most = max((row.calls for row in rows), default=0)
    bars = tuple(_bar(place, day, by_day.get(day), most) for place, day in enumerate(days))
    total = sum(row.calls for row in rows)
    refused = sum(row.refused for row in rows)
    label = ngettext("%(days)s 天里共 %(num)s 次调用", "%(days)s 天里共 %(num)s 次调用", total)
    return Chart(
        bars,
        len(days) * WIDTH,
        most,
        date_format(since, "MONTH_DAY_FORMAT"),
        date_format(until, "MONTH_DAY_FORMAT"),
        label % {"days": len(days), "num": total},
        ngettext("其中拒绝 %(num)s 次", "其中拒绝 %(num)s 次", refused) % {"num": refused} if refused else "",
        tuple((date_format(row.day), row.calls, row.refused) for row in rows),
    )


def used_lines(rows: Sequence[Used], library: Library, language: str) -> list[UsedLine]:
    """Who got what of whom, the most used first."""
    most = max((row.calls for row in rows), default=1)
    return [
        UsedLine(
            row.resource if row.resource in library.resources else "",
            library.resources[row.resource].title.say(language)
            if row.resource in library.resources
            else row.resource or _("（被拒绝，没有说明资源）"),
            _agency(row.giver, row.giver_zh, row.giver_en, library, language),
            _agency(row.receiver, row.receiver_zh, row.receiver_en, library, language)
            or _("（没有说明事项）"),
            row.calls,
            row.found,
            row.refused,
            row.facts,
            round(100 * row.calls / most, 1),
        )
        for row in rows
    ]


def notice_lines(
    rows: Sequence[NoticeRow], library: Library, actor: Actor, today: date, language: str
) -> list[NoticeLine]:
    """The notices that an agency gave or got."""
    titles = titles_of({row.node for row in rows} | {one.node for row in rows for one in row.receipts})
    nodes = {name: title.say(language) for name, title in titles.items()}
    return [_notice(row, library, actor, today, language, nodes=nodes) for row in rows]


def kind_said(kind: str) -> Said:
    """A correction or a recall."""
    return Said(_("召回"), "bad") if kind == "recall" else Said(_("更正"), "warn")


def _bar(place: int, day: date, row: UsedDay | None, most: int) -> Bar:
    calls, refused = (row.calls, row.refused) if row else (0, 0)
    scale = HEIGHT / most if most else 0
    said = ngettext("%(num)s 次", "%(num)s 次", calls) % {"num": calls}
    return Bar(
        place * WIDTH, round(calls * scale, 1), round(refused * scale, 1), f"{date_format(day)} {said}"
    )


def _notice(
    row: NoticeRow, library: Library, actor: Actor, today: date, language: str, *, nodes: Mapping[str, str]
) -> NoticeLine:
    resource = library.resources.get(row.resource)
    separator = "、" if language.startswith("zh") else ", "
    titles = [
        field_of(library, resource, Declared.parse(name), language).title for name in row.fields if resource
    ]
    receipts = tuple(_receipt(one, row.due_on, nodes, today, language) for one in row.receipts)
    whole = _("整个资源（发布版本 %(version)s）") % {"version": row.version}
    return NoticeLine(
        row.id,
        kind_said(row.kind),
        row.resource,
        resource.title.say(language) if resource else row.resource,
        _agency(row.provider, row.provider_zh, row.provider_en, library, language),
        nodes[row.node],
        _("记录 %(record)s") % {"record": row.record} if row.record else whole,
        separator.join(titles),
        row.message,
        row.issued_at,
        date_format(row.due_on, "MONTH_DAY_FORMAT"),
        receipts,
        sum(one.at is None for one in receipts),
        any(_waits_for(actor, one) for one in row.receipts),
        actor.agency == row.provider or actor.role in {Role.AUDITOR, Role.COORDINATOR},
    )


def _waits_for(actor: Actor, row: ReceiptRow) -> bool:
    mine = not row.node and row.consumer == actor.agency
    return mine and row.acknowledged_at is None and actor.role in {Role.REQUESTER, Role.APPROVER}


def _receipt_state(row: ReceiptRow, due_on: date, today: date) -> Said:
    if row.acknowledged_at is not None:
        return Said(_("已确认"), "good")
    if row.node and row.told and row.outcome != TAKEN:
        return Said(_("对方节点不接收"), "bad")
    if row.node and not row.told:
        return Said(_("还没送到对方节点"), "bad" if due_on < today else "warn")
    return Said(_("逾期未确认"), "bad") if due_on < today else Said(_("未确认"), "warn")


def _receipt(row: ReceiptRow, due_on: date, nodes: Mapping[str, str], today: date, language: str) -> Receipt:
    name = row.consumer_zh if language.startswith("zh") else row.consumer_en or row.consumer_zh
    at = datetime.fromisoformat(row.acknowledged_at) if row.acknowledged_at else None
    state = _receipt_state(row, due_on, today)
    return Receipt(name or row.consumer, nodes[row.node], at, row.who, row.answer, state)


def _agency(code: str, zh: str, en: str, library: Library, language: str) -> str:
    """An agency by its name, or a kind of agency by its title."""
    if code in library.agencies:
        return library.agencies[code].title.say(language)
    return (zh if language.startswith("zh") else en or zh) or code
