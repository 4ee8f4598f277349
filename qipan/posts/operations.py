"""Making posts, giving, confirming and ending them, and leaves. Each act is an entry about ``posts:<agency>``.

PostgreSQL refuses as well what would join powers that are kept apart, and what somebody would give themselves (migration 0028).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from qipan import records
from qipan.agencies import queries as agencies
from qipan.core.posts import Leave, Period, Power, Tenure, clash, conflict, is_away, is_weighty, stands_in
from qipan.ledger import operations as ledger
from qipan.people import queries as people
from qipan.people.actors import SYSTEM, Acting
from qipan.posts import queries
from qipan.posts.errors import (
    ByAManager,
    KeptApart,
    NobodyFound,
    NoColleague,
    NotReady,
    NotTheirs,
    Themselves,
    WrongPeriod,
)

LONGEST = timedelta(days=366)
LONGEST_TITLE = 40
FIND = "SELECT id FROM posts WHERE (agency, title, services, powers) = (%s, %s, %s::text[], %s::text[])"
MAKE = """
INSERT INTO posts (agency, title, services, powers, made_at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""
ADMIT = """
INSERT INTO officials (name, agency, post, person_id, sample) VALUES (%s, %s, %s, %s, false)
ON CONFLICT (person_id) DO UPDATE SET name = excluded.name RETURNING id
"""
GIVE = """
INSERT INTO tenures (official_id, post_id, begins, ends, given_by, given_at, confirmed_at)
VALUES (%(official)s, %(post)s, %(begins)s, %(ends)s, %(by)s, %(at)s, %(confirmed)s) RETURNING id
"""
LOCK = """
SELECT t.id, t.official_id, t.post_id, t.begins, t.ends, t.given_by, t.confirmed_at IS NOT NULL, p.agency, p.powers
FROM tenures t JOIN posts p ON p.id = t.post_id WHERE t.id = %s FOR UPDATE OF t
"""
CONFIRM = "UPDATE tenures SET confirmed_by = %s, confirmed_at = %s WHERE id = %s"
END = "UPDATE tenures SET ends = greatest(%s, begins) WHERE id = %s"
LEAVE = """
INSERT INTO leaves (tenure_id, begins, ends, substitute_id, given_by, given_at)
VALUES (%(tenure)s, %(begins)s, %(ends)s, %(substitute)s, %(by)s, %(at)s) RETURNING id
"""
TENURE_OF_LEAVE = "SELECT coalesce((SELECT tenure_id FROM leaves WHERE id = %s AND ends > %s), 0)"
RETURN = "UPDATE leaves SET ends = greatest(%s, begins) WHERE id = %s"


class _Locked(NamedTuple):
    id: int
    official: int
    post: int
    begins: datetime | None
    ends: datetime | None
    given_by: int | None
    confirmed: bool
    agency: str
    powers: tuple[str, ...]


class _Id(NamedTuple):
    id: int


def make_post(
    *, acting: Acting, title: str, powers: Collection[Power], services: Collection[str], at: datetime
) -> int:
    """Set up a post in the manager's agency; gives its number. Raises NotTheirs, KeptApart, NotReady where there is one like it."""
    actor = acting.actor
    if Power.MANAGER not in actor.powers or not powers or not title.strip():
        raise NotTheirs
    apart = conflict(powers)
    if apart:
        raise KeptApart(apart)
    carried = sorted(map(str, powers))
    made = records.first(
        _Id, MAKE, [actor.agency, title.strip()[:LONGEST_TITLE], sorted(services), carried, at]
    )
    if made is None:
        raise NotReady
    _record(acting, "make_post", actor.agency, at, to_post=made.id, powers=carried)
    return made.id


def take_on(*, acting: Acting, post: int, id_number: str, at: datetime) -> int:
    """Make somebody an official, found by the whole number alone; gives their number. Raises NotTheirs and NobodyFound."""
    wanted = _managed_post(acting, post)
    found = people.person_by_number("".join(id_number.split()).upper())
    if found is None:
        raise NobodyFound
    number = records.number(ADMIT, [found.name, wanted.agency, wanted.title, found.id])
    _record(acting, "take_on", wanted.agency, at, official=number)
    return number


def put_in_office(*, agency: str, id_number: str, title: str, powers: Collection[Power], at: datetime) -> int:
    """Put somebody real-named in a post from now on, by the platform's own word; gives the official's number.

    Raises NobodyFound and KeptApart.
    """
    found = people.person_by_number("".join(id_number.split()).upper())
    if found is None:
        raise NobodyFound
    carried = sorted(map(str, powers))
    records.execute(MAKE, [agency, title, [], carried, at])
    post = records.number(FIND, [agency, title, [], carried])
    official = records.number(ADMIT, [found.name, agency, title, found.id])
    coming = Tenure(official, post, agency, frozenset(powers), Period(at))
    apart = clash(official, [*people.tenures_of(official), coming])
    if apart:
        raise KeptApart(apart)
    values = {"official": official, "post": post, "begins": at, "ends": None, "by": None, "at": at}
    number = records.number(GIVE, {**values, "confirmed": at})
    _record(SYSTEM, "give_post", agency, at, tenure=number, official=official, to_post=post)
    return official


def give_post(
    *, acting: Acting, post: int, official: int, begins: datetime, ends: datetime | None, at: datetime
) -> bool:
    """Give somebody a post for a time; whether it counts already, or waits for a second manager.

    Raises NotTheirs, Themselves, WrongPeriod, KeptApart.
    """
    wanted, period = _managed_post(acting, post), Period(begins, ends)
    if official == acting.actor.id:
        raise Themselves
    if (ends is not None and ends <= begins) or (ends is not None and ends <= at):
        raise WrongPeriod
    powers = frozenset(map(Power, wanted.powers))
    coming = Tenure(official, post, wanted.agency, powers, period)
    apart = clash(official, [*people.tenures_of(official), coming])
    if apart:
        raise KeptApart(apart)
    counts = not is_weighty(powers)
    values = {
        "official": official,
        "post": post,
        "begins": begins,
        "ends": ends,
        "by": acting.actor.id,
        "at": at,
    }
    number = records.number(GIVE, {**values, "confirmed": at if counts else None})
    _record(acting, "give_post", wanted.agency, at, tenure=number, official=official, to_post=post)
    return counts


def confirm_tenure(*, acting: Acting, tenure: int, at: datetime) -> None:
    """Confirm, as a second manager of the agency or of the one above, a post of weight; raises NotTheirs, Themselves, NotReady."""
    found = _lock(tenure)
    if not _manages(acting, found.agency, above=True):
        raise NotTheirs
    if acting.actor.id in {found.given_by, found.official}:
        raise Themselves
    if found.confirmed or _over(found, at):
        raise NotReady
    records.execute(CONFIRM, [acting.actor.id, at, tenure])
    _record(acting, "confirm_post", found.agency, at, **_said(found))


def end_tenure(*, acting: Acting, tenure: int, at: datetime) -> None:
    """End a post that somebody holds, or was to hold, at once; raises NotTheirs, NotReady."""
    found = _lock(tenure)
    if not _manages(acting, found.agency):
        raise NotTheirs
    if _over(found, at):
        raise NotReady
    records.execute(END, [at, tenure])
    _record(acting, "end_post", found.agency, at, **_said(found))


def take_leave(
    *, acting: Acting, tenure: int, begins: datetime, ends: datetime, substitute: int | None, at: datetime
) -> None:
    """Say from when to when the holder of a post is away, and who stands in: the holder does, or a manager.

    Raises NotTheirs, WrongPeriod, NoColleague, ByAManager, Themselves, KeptApart.
    """
    found, period = _lock(tenure), Period(begins, ends)
    own = found.official == acting.actor.id
    if not (own or _manages(acting, found.agency)) or not found.confirmed:
        raise NotTheirs
    if (
        ends <= max(begins, at)
        or ends - begins > LONGEST
        or period.within(Period(found.begins, found.ends)) is None
    ):
        raise WrongPeriod
    if substitute is not None:
        if own and is_weighty([Power(one) for one in found.powers]):
            raise ByAManager
        _check_substitute(found, period, substitute, at)
    if is_away(found.official, _of(found, people.tenures_of(found.official)), period):
        raise WrongPeriod
    if stands_in(found.official, people.tenures_of(found.official), period):
        raise NoColleague
    values = {
        "tenure": tenure,
        "begins": begins,
        "ends": ends,
        "substitute": substitute,
        "by": acting.actor.id,
        "at": at,
    }
    number = records.number(LEAVE, values)
    told: dict[str, object] = {"leave": number}
    if substitute is not None:
        told["substitute"] = substitute
    _record(acting, "take_leave", found.agency, at, **_said(found), **told)


def end_leave(*, acting: Acting, leave: int, at: datetime) -> None:
    """The holder is back, or goes after all; from here on nobody stands in. Raises NotTheirs."""
    tenure = records.number(TENURE_OF_LEAVE, [leave, at])
    found = _lock(tenure)
    if found.official != acting.actor.id and not _manages(acting, found.agency):
        raise NotTheirs
    records.execute(RETURN, [at, leave])
    _record(acting, "end_leave", found.agency, at, **_said(found), leave=leave)


def _check_substitute(found: _Locked, period: Period, substitute: int, at: datetime) -> None:
    if substitute == found.official:
        raise Themselves
    theirs = people.tenures_of(substitute)
    here = any(
        one.official == substitute and one.agency == found.agency and one.period.holds(at) for one in theirs
    )
    if not here or is_away(substitute, theirs, period):
        raise NoColleague
    lent = Tenure(
        found.official,
        found.post,
        found.agency,
        frozenset(map(Power, found.powers)),
        Period(found.begins, found.ends),
        (Leave(period, substitute),),
    )
    apart = clash(substitute, [*theirs, lent])
    if apart:
        raise KeptApart(apart)


def _of(found: _Locked, tenures: list[Tenure]) -> list[Tenure]:
    return [one for one in tenures if one.official == found.official and one.post == found.post]


def _managed_post(acting: Acting, post: int) -> queries.PostRow:
    found = queries.post(post)
    if found is None or not _manages(acting, found.agency):
        raise NotTheirs
    return found


def _manages(acting: Acting, agency: str, *, above: bool = False) -> bool:
    """Whether somebody manages the posts of an agency; with ``above``, also from the agency directly above it."""
    actor = acting.actor
    if actor.kind != "official" or Power.MANAGER not in actor.powers:
        return False
    if actor.agency == agency:
        return True
    row = agencies.agency(agency) if above else None
    return row is not None and row.parent == actor.agency


def _lock(tenure: int) -> _Locked:
    found = records.first(_Locked, LOCK, [tenure])
    if found is None:
        raise NotTheirs
    return found


def _over(found: _Locked, at: datetime) -> bool:
    return found.ends is not None and found.ends <= at


def _said(found: _Locked) -> dict[str, object]:
    return {"tenure": found.id, "official": found.official, "to_post": found.post}


def _record(acting: Acting, act: str, agency: str, at: datetime, **details: object) -> None:
    ledger.append([acting.entry(act, f"posts:{agency}", **details)], at)
