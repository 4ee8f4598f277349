"""What the pages of requests show: lists by deadline, one request with its clock and its use, and the form."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qipan.core.declarations import Library
from qipan.core.sharing import RUNNING, Role, State, allowed
from qipan.faces.desk.clocks import Clock, clock_of
from qipan.faces.desk.pool.catalogue_views import field_of
from qipan.faces.desk.pool.ways import Station, way_of
from qipan.faces.desk.pool.words import (
    Field,
    caller_said,
    done_said,
    mode_said,
    outcome_said,
    request_state,
    rows_said,
    subject_said,
)
from qipan.faces.look.posts import post_said
from qipan.faces.look.state_words import Said
from qipan.people.actors import Actor
from qipan.sharing.holding import titles_of
from qipan.sharing.locked import Parties, is_theirs
from qipan.sharing.rows import Asked, CallUnder, RequestCounts, RequestDetail, RequestRow, UsedDay
from qipan.sharing.wanted import ALL, OWN_CASES, OWN_REGION

MOST_DAYS = 14  # of use within a node
RUNS = "submitted"  # any state of clocks.RUNNING: the desk's clock asks only whether it runs


class Tally(NamedTuple):
    """A list, and how many are in it; tones as of badges."""

    title: str
    number: int
    href: str
    current: bool
    tone: str = ""


class RequestLine(NamedTuple):
    """A request in a list."""

    id: UUID
    number: str
    title: str
    purpose: str
    other: str
    state: Said
    clock: Clock


class AskedLine(NamedTuple):
    """A request for a resource, on the resource's page."""

    id: UUID
    number: str
    who: str
    state: Said


class Step(NamedTuple):
    """Something that was done to a request."""

    at: datetime
    act: str
    who: str
    reason: str


class UseLine(NamedTuple):
    """A call under the grant."""

    at: datetime
    fields: str
    case: str
    official: str
    outcome: Said
    rows: int


class InsideDay(NamedTuple):
    """How often a resource was looked up within this node on a day."""

    day: str
    calls: int
    found: int


class RequestPage(NamedTuple):
    """All that the page shows; ``acts`` are the reader's to do."""

    id: UUID
    number: str
    resource: str
    title: str
    state: Said
    clock: Clock
    clock_title: str
    way: tuple[Station, ...]
    consumer: str
    provider: str
    asked_by: str
    facts: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]
    granted: tuple[str, ...]
    partial: bool
    reason: str
    decided_by: str
    grant: UUID | None
    document: str
    signatures: tuple[tuple[str, str, str], ...]
    history: tuple[Step, ...]
    uses: tuple[UseLine, ...]
    inside: tuple[InsideDay, ...]
    acts: tuple[str, ...]
    ending: str
    consumer_node: str
    provider_node: str
    coordinator_node: str
    retold: bool
    waits_for: str
    undelivered: str


def tallies(counts: RequestCounts, shown: str) -> list[Tally]:
    """The lists."""
    said = [
        ("mine", _("等我办"), counts.mine, "warn" if counts.overdue else ""),
        ("running", _("办理中"), counts.running, ""),
        ("standing", _("授权有效"), counts.standing, ""),
        ("ending", _("快到期"), counts.ending, "warn" if counts.ending else ""),
        ("ended", _("已结束"), counts.ended, ""),
    ]
    return [Tally(title, number, f"?show={key}", key == shown, tone) for key, title, number, tone in said]


def request_lines(
    rows: Sequence[RequestRow], library: Library, actor: Actor, today: date, language: str
) -> list[RequestLine]:
    """The requests of a list; ``other`` is the agency on the other side."""
    return [_line(row, library, actor, today, language) for row in rows]


def asked_lines(rows: Sequence[Asked], today: date, language: str) -> list[AskedLine]:
    """Who asked for a resource, and how it stands."""
    return [
        AskedLine(
            row.id,
            row.number,
            _named(row.consumer_zh, row.consumer_en, row.consumer, language),
            request_state(row.state, ended=row.until < today),
        )
        for row in rows
    ]


def request_page(
    row: RequestDetail,
    library: Library,
    actor: Actor,
    uses: Sequence[CallUnder],
    *,
    inside: Sequence[UsedDay] = (),
    today: date,
    notice: int,
    language: str,
) -> RequestPage:
    """One request."""
    resource = library.resources[row.asked.resource]
    titles = {str(field): field_of(library, resource, field, language) for field in resource.gives}
    nodes = titles_of({row.consumer_node, row.provider_node, row.coordinator_node, row.undelivered})
    acts = tuple(
        str(act)
        for act in allowed(State(row.state), actor.role)
        if is_theirs(act, actor, _parties(row)) and not _ended(row, today)
    )
    state = request_state(row.state, ended=_ended(row, today))
    clock = _clock(row.state, row.due_on, today)
    return RequestPage(
        id=row.id,
        number=row.asked.number,
        resource=row.asked.resource,
        title=resource.title.say(language),
        state=state,
        clock=clock,
        clock_title=_clock_title(row.state),
        way=way_of(row, state.words, clock, today),
        consumer=_named(row.consumer_zh, row.consumer_en, row.asked.consumer, language),
        provider=_named(row.provider_zh, row.provider_en, row.asked.provider, language),
        asked_by=row.asked_by,
        facts=tuple(_facts(row, library, language)),
        fields=tuple(titles[name]._replace(chosen=True) for name in row.asked.fields if name in titles),
        granted=tuple(titles[name].title for name in row.granted if name in titles),
        partial=bool(row.granted) and len(row.granted) < len(row.asked.fields),
        reason=row.reason,
        decided_by=row.decided_by,
        grant=row.grant,
        document=bytes(row.document).decode() if row.document else "",
        signatures=tuple(_signatures(row)),
        history=tuple(_step(one, language) for one in reversed(row.history)),
        uses=tuple(_use(one, titles, language) for one in uses),
        inside=tuple(
            InsideDay(date_format(one.day), one.calls, one.found) for one in reversed(inside[-MOST_DAYS:])
        ),
        acts=acts,
        ending=_ending(row, today, notice),
        consumer_node=nodes[row.consumer_node].say(language),
        provider_node=nodes[row.provider_node].say(language),
        coordinator_node=nodes[row.coordinator_node].say(language) if row.state == State.DISPUTED else "",
        waits_for=_waits_for(row, actor, language),
        undelivered=nodes[row.undelivered].say(language),
        retold=bool(row.consumer_node and row.provider_node and row.reason and not row.decided_by),
    )


def _waits_for(row: RequestDetail, actor: Actor, language: str) -> str:
    """Whose turn it is, where it is another agency's."""
    state, consumer, provider = State(row.state), row.asked.consumer, row.asked.provider
    if state is State.DISPUTED:
        return _("上级协调员") if actor.role != Role.COORDINATOR else ""
    if state in {State.SUBMITTED, State.ORDERED} and actor.agency != provider:
        return _named(row.provider_zh, row.provider_en, provider, language)
    if state in {State.RETURNED, State.APPROVED} and actor.agency != consumer:
        return _named(row.consumer_zh, row.consumer_en, consumer, language)
    return ""


def _parties(row: RequestDetail) -> Parties:
    return Parties(
        row.asked.consumer, row.asked.provider, row.consumer_node, row.provider_node, row.coordinator_node
    )


def _line(row: RequestRow, library: Library, actor: Actor, today: date, language: str) -> RequestLine:
    other = (row.provider_zh, row.provider_en, row.provider)
    if actor.agency == row.provider:
        other = (row.consumer_zh, row.consumer_en, row.consumer)
    resource = library.resources.get(row.resource)
    return RequestLine(
        row.id,
        row.number,
        resource.title.say(language) if resource else row.resource,
        row.purpose,
        _named(*other, language),
        request_state(row.state, ended=row.until < today),
        _clock(row.state, row.due_on, today),
    )


def _clock(state: str, due_on: date | None, today: date) -> Clock:
    """The desk's own clock; a returned request's stands still."""
    if state == State.RETURNED:
        return Clock("", _("停表，等补充"), "neutral")
    return clock_of(RUNS if state in RUNNING else "", due_on if state in RUNNING else None, today)


def _clock_title(state: str) -> str:
    return {
        State.SUBMITTED: _("答复期限"),
        State.APPROVED: _("提供期限"),
        State.DISPUTED: _("协调期限"),
        State.ORDERED: _("提供期限"),
    }.get(State(state), "")


def _facts(row: RequestDetail, library: Library, language: str) -> list[tuple[str, str]]:
    separator = "、" if language.startswith("zh") else ", "
    event = library.events.get(row.asked.event)
    services = separator.join(
        library.services[name].title.say(language) for name in row.asked.services if name in library.services
    )
    rows = OWN_REGION if row.asked.region else OWN_CASES if row.asked.own_cases else ALL
    said = [
        (_("用途"), row.asked.purpose),
        (_("一件事"), event.title.say(language) if event else ""),
        (_("事项"), services),
        (_("依据"), separator.join(row.asked.basis)),
        (_("数据范围"), rows_said(rows)),
        (_("共享方式"), separator.join(mode_said(mode) for mode in row.asked.modes)),
        (_("每天最多"), ngettext("%(num)s 条", "%(num)s 条", row.asked.volume) % {"num": row.asked.volume}),
        (_("保存"), ngettext("%(num)s 天", "%(num)s 天", row.asked.retention) % {"num": row.asked.retention}),
        (_("用到"), date_format(row.asked.until)),
    ]
    return [(title, value) for title, value in said if value]


def _signatures(row: RequestDetail) -> list[tuple[str, str, str]]:
    said = {"provider": _("提供方"), "consumer": _("使用方")}
    return [
        (said[party], str(one["key"]), str(one["signature"]))
        for party, one in sorted(row.signatures.items(), reverse=True)
    ]


def _step(entry: Mapping[str, Any], language: str) -> Step:
    agency = entry["agency_zh"] if language.startswith("zh") else entry["agency_en"] or entry["agency_zh"]
    who = " ".join(one for one in (agency, post_said(entry["post"]), entry["who"]) if one)
    return Step(datetime.fromisoformat(entry["at"]), done_said(entry["act"]), who, entry["reason"] or "")


def _use(one: CallUnder, titles: Mapping[str, Field], language: str) -> UseLine:
    separator = "、" if language.startswith("zh") else ", "
    fields = separator.join(titles[name].title if name in titles else name for name in one.fields)
    return UseLine(
        one.at, fields, subject_said(one.case), caller_said(one.official), outcome_said(one.outcome), one.rows
    )


def _ended(row: RequestDetail, today: date) -> bool:
    return row.state == State.GRANTED and row.asked.until < today


def _ending(row: RequestDetail, today: date, notice: int) -> str:
    left = (row.asked.until - today).days
    if row.state != State.GRANTED or not 0 <= left <= notice:
        return ""
    return ngettext("授权还有 %(num)s 天到期。", "授权还有 %(num)s 天到期。", left) % {"num": left}


def _named(zh: str, en: str, code: str, language: str) -> str:
    return (zh if language.startswith("zh") else en or zh) or code
