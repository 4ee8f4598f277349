"""Posts in agencies, and the powers that they carry: who holds which, for how long, and who stands in while somebody is away.

A post, not a person, carries powers; an official holds posts for a time. The three duties of a system that handles others' data are kept
apart (三员分立, after GB/T 22239 8.1.5): nobody manages and operates, or does either and audits, in one agency. In the sharing of
data, nobody asks and decides (GB/T 39477); of a seal, nobody keeps and approves.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple


class Power(StrEnum):
    """What a post lets its holder do; the routes and acts that need each are in docs/handbook/posts.md."""

    HANDLE = "handle"
    SERVE = "serve"
    REQUESTER = "requester"
    APPROVER = "approver"
    COORDINATOR = "coordinator"
    SEAL_KEEPER = "seal_keeper"
    SEAL_APPROVER = "seal_approver"
    MANAGER = "manager"
    AUDITOR = "auditor"


class Duty(StrEnum):
    """Of whom a power is: whoever does the work, whoever says who does it, and whoever looks at what was done."""

    OPERATOR = "operator"
    MANAGER = "manager"
    AUDITOR = "auditor"


DUTIES = {Power.MANAGER: Duty.MANAGER, Power.AUDITOR: Duty.AUDITOR}
EITHER_OR = (
    frozenset({Power.REQUESTER, Power.APPROVER, Power.COORDINATOR}),
    frozenset({Power.SEAL_KEEPER, Power.SEAL_APPROVER}),
)
"""Sets of powers of which nobody has two in one agency, beside the duties."""
OF_WEIGHT = frozenset({Power.APPROVER, Power.COORDINATOR, Power.SEAL_APPROVER, Power.MANAGER, Power.AUDITOR})
"""Powers that a second manager confirms."""
FACTOR_HOLDS = timedelta(hours=12)
FACTORS = frozenset({"totp", "webauthn"})
"""Second factors that open a desk; a recovery code opens an account, so that a new one can be added, and no desk."""


class Period(NamedTuple):
    """From when, and until when, the end not included; without one, from ever or for good."""

    begins: datetime | None = None
    ends: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return (self.begins is None or self.begins <= at) and (self.ends is None or at < self.ends)

    def meets(self, other: "Period") -> bool:
        """Whether some moment lies in both; one that ends no later than it begins has none."""
        return self.within(other) is not None

    def within(self, other: "Period") -> "Period | None":
        """What of it lies in another; None where nothing does."""
        begins = max((one for one in (self.begins, other.begins) if one is not None), default=None)
        ends = min((one for one in (self.ends, other.ends) if one is not None), default=None)
        return None if begins is not None and ends is not None and ends <= begins else Period(begins, ends)


class Leave(NamedTuple):
    """Somebody is away, and who stands in, if anybody."""

    period: Period
    substitute: int | None


class Tenure(NamedTuple):
    """An official in a post; it counts once it is confirmed."""

    official: int
    post: int
    agency: str
    powers: frozenset[Power]
    period: Period
    leaves: tuple[Leave, ...] = ()


class Seat(NamedTuple):
    """What somebody may act as: a post of their own, or one whose holder is away; nobody acts in a post that they rest from."""

    post: int
    agency: str
    powers: frozenset[Power]
    stands_in_for: int | None = None


class Apart(NamedTuple):
    """Two powers that nobody has both."""

    one: Power
    other: Power


def duty(power: Power) -> Duty:
    """Say whose power it is."""
    return DUTIES.get(power, Duty.OPERATOR)


def are_apart(one: Power, other: Power) -> bool:
    """Whether nobody may have both in one agency."""
    return duty(one) is not duty(other) or any(
        {one, other} <= group for group in EITHER_OR if one is not other
    )


APART = frozenset(frozenset(pair) for pair in combinations(Power, 2) if are_apart(*pair))
"""Every two powers that are kept apart."""


def conflict(powers: Collection[Power]) -> Apart | None:
    """Find two powers among some that nobody may have both, the first in the order of `Power`."""
    ordered = [one for one in Power if one in powers]
    return next((Apart(*pair) for pair in combinations(ordered, 2) if frozenset(pair) in APART), None)


def seats_at(official: int, tenures: Iterable[Tenure], at: datetime) -> list[Seat]:
    """List what an official may act as at a moment, their own posts first; one they rest from has no powers."""
    running = [one for one in tenures if one.period.holds(at)]
    own, lent = [], []
    for tenure in running:
        leave = next((one for one in tenure.leaves if one.period.holds(at)), None)
        if tenure.official == official:
            own.append(Seat(tenure.post, tenure.agency, frozenset() if leave else tenure.powers))
        elif leave and leave.substitute == official:
            lent.append(Seat(tenure.post, tenure.agency, tenure.powers, tenure.official))
    return own + lent


def clash(official: int, tenures: Sequence[Tenure]) -> Apart | None:
    """Find two powers kept apart that an official would have at one time in one agency, by posts or by standing in for others.

    A post that they rest from counts as theirs: they come back to what was done meanwhile.
    """
    held = list(_held(official, tenures))
    for (agency, period, powers), (other_agency, other_period, other_powers) in combinations(held, 2):
        if agency == other_agency and period.meets(other_period):
            found = conflict(powers | other_powers)
            if found:
                return found
    return next((found for _, _, powers in held if (found := conflict(powers))), None)


def _held(official: int, tenures: Iterable[Tenure]) -> Iterator[tuple[str, Period, frozenset[Power]]]:
    for tenure in tenures:
        if tenure.official == official:
            yield tenure.agency, tenure.period, tenure.powers
            continue
        for leave in tenure.leaves:
            standing = leave.period.within(tenure.period) if leave.substitute == official else None
            if standing:
                yield tenure.agency, standing, tenure.powers


def is_weighty(powers: Collection[Power]) -> bool:
    """Whether giving a post of these powers takes two managers."""
    return not OF_WEIGHT.isdisjoint(powers)


def is_away(official: int, tenures: Iterable[Tenure], period: Period) -> bool:
    """Whether an official is away at some time of a period, from any post."""
    mine = (one for one in tenures if one.official == official)
    return any(leave.period.meets(period) for one in mine for leave in one.leaves)


def stands_in(official: int, tenures: Iterable[Tenure], period: Period) -> bool:
    """Whether an official stands in for somebody at some time of a period."""
    leaves = (leave for one in tenures if one.official != official for leave in one.leaves)
    return any(leave.substitute == official and leave.period.meets(period) for leave in leaves)


def factor_holds(shown_at: datetime | None, at: datetime) -> bool:
    """Whether a second factor shown at some time, if any, opens a desk: for twelve hours, and not before it was shown."""
    return shown_at is not None and timedelta(0) <= at - shown_at < FACTOR_HOLDS
