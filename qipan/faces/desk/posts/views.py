"""Posts as they are shown: plain values."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _

from qipan.core.declarations import Library
from qipan.faces.desk.posts.words import act_said, day_said, powers_said
from qipan.faces.look.posts import post_said
from qipan.people.actors import Actor
from qipan.people.rows import SeatRow
from qipan.posts.queries import ChangeRow, HeldPost


class LeaveLine(NamedTuple):
    """Somebody is or will be away."""

    id: int
    since: str
    until: str
    substitute: str


class HolderLine(NamedTuple):
    """Who holds a post; `waits` until a second manager confirms, `mine` whether it is the reader's own or given by them."""

    tenure: int
    name: str
    since: str
    until: str
    waits: bool
    giver: str
    mine: bool
    leaves: tuple[LeaveLine, ...]


class PostLine(NamedTuple):
    """A post with who holds it."""

    id: int
    title: str
    powers: tuple[str, ...]
    services: tuple[str, ...]
    agency: str
    holders: tuple[HolderLine, ...]


class SeatLine(NamedTuple):
    """What one may act as."""

    key: str
    title: str
    agency: str
    powers: tuple[str, ...]
    stands_in_for: str
    current: bool
    rests: bool


class ChangeLine(NamedTuple):
    """A change of posts, in words."""

    at: datetime
    who: str
    act: str
    title: str
    whom: str
    substitute: str
    agency: str
    entry: int


def post_lines(rows: Iterable[HeldPost], library: Library, reader: Actor, language: str) -> list[PostLine]:
    """Posts, each once, with everybody who holds it."""
    groups = (list(group) for _number, group in groupby(rows, key=lambda row: row.post))
    return [_post(group, library, reader, language) for group in groups]


def _post(rows: Sequence[HeldPost], library: Library, reader: Actor, language: str) -> PostLine:
    first = rows[0]
    services = (library.services.get(one) for one in first.services)
    return PostLine(
        first.post,
        post_said(first.title),
        tuple(powers_said(first.powers)),
        tuple(one.title.say(language) for one in services if one),
        first.agency,
        tuple(_holder(row, reader) for row in rows if row.tenure is not None),
    )


def _holder(row: HeldPost, reader: Actor) -> HolderLine:
    leaves = tuple(_leave(*one) for one in row.leaves)
    mine = reader.id in {row.official, row.given_by}
    return HolderLine(
        row.tenure or 0,
        row.name,
        day_said(row.begins),
        _last_day(row.ends),
        not row.confirmed,
        row.giver,
        mine,
        leaves,
    )


def _leave(number: int, begins: str, ends: str, substitute: str) -> LeaveLine:
    since, until = map(datetime.fromisoformat, (begins, ends))
    return LeaveLine(number, day_said(since), _last_day(until), substitute)


def _last_day(ends: datetime | None) -> str:
    """Periods end at midnight; people name the day before."""
    return day_said(ends - timedelta(seconds=1)) if ends else ""


def seat_lines(seats: Sequence[SeatRow], actor: Actor | None, agencies: dict[str, str]) -> list[SeatLine]:
    """What one may act as, in a list to choose from."""
    return [
        SeatLine(
            one.key,
            post_said(one.held.title),
            agencies.get(one.seat.agency, one.seat.agency),
            tuple(powers_said(one.held.powers)),
            one.held.holder if one.seat.stands_in_for is not None else "",
            bool(actor and (actor.post, actor.stands_in_for) == (one.seat.post, one.seat.stands_in_for)),
            not one.seat.powers,
        )
        for one in seats
    ]


def change_lines(rows: Iterable[ChangeRow], language: str) -> list[ChangeLine]:
    """Changes of posts, in words."""
    chinese = language.startswith("zh")
    return [
        ChangeLine(
            row.at,
            row.who or _("系统"),
            act_said(row.act),
            post_said(row.title),
            row.whom,
            row.substitute,
            (row.agency_zh if chinese else row.agency_en or row.agency_zh) or row.agency,
            row.id,
        )
        for row in rows
    ]
