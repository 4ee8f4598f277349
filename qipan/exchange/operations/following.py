"""Following rows of open cases: which are open is told by the consumer and held by the provider against its look-ups; what is over ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.core.following import Followed
from qipan.exchange import follows
from qipan.exchange.operations.recording import PASSED, Passing, record_passing
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

NOT_LOOKED_UP, LATE = "not-looked-up", "out-of-order"
TELL = """
UPDATE exchange_outgoing SET told_at = %(signed_at)s
WHERE id = %(grant)s AND state = 'running' AND (told_at IS NULL OR told_at < %(signed_at)s)
"""
HOLD = """
WITH said AS (SELECT key::uuid, "case" FROM jsonb_to_recordset(%(rows)s::jsonb) AS one (key text, "case" text))
UPDATE exchange_followed f SET open = NOT f.open
WHERE f."grant" = %(grant)s AND f.open <> EXISTS (SELECT FROM said WHERE said.key = f.key AND said."case" = f."case")
"""
UNFOLLOW = """
DELETE FROM exchange_followed f USING jsonb_to_recordset(%(rows)s::jsonb) AS one (key text, "case" text)
WHERE f."grant" = %(grant)s AND f.key = one.key::uuid AND f."case" = one."case"
"""
END = 'DELETE FROM exchange_followed WHERE "grant" = %(grant)s AND looked_at < %(before)s'
FORGET = """
DELETE FROM exchange_received r WHERE r.stream = %(grant)s
  AND NOT EXISTS (SELECT FROM exchange_followed f WHERE f."grant" = %(grant)s AND f.key = r.key)
"""


class Told(NamedTuple):
    """All rows of open cases under a grant, as the consumer says; ``digest`` is over the bytes that say so, hexadecimal."""

    grant: str
    rows: Sequence[Followed]
    digest: str


class Held(NamedTuple):
    """What came of being told: the outcome on record, and what was never looked up, which is not followed."""

    outcome: str
    unknown: list[Followed]


def hold_open(*, told: Told, passing: Passing) -> Held:
    """Follow these rows of open cases and no others, as far as they were looked up; unless something newer was said before."""
    unknown = follows.never_looked_up(told.grant, told.rows)
    outcome = NOT_LOOKED_UP if unknown else "ok"
    if not records.execute(TELL, {"grant": told.grant, "signed_at": passing.signed_at}):
        outcome = LATE
    alarm = outcome == NOT_LOOKED_UP
    (settled,) = record_passing(passings=[passing._replace(outcome=outcome, alarm=alarm)], at=passing.at)
    if settled.outcome in {*PASSED, NOT_LOOKED_UP}:
        records.execute(HOLD, {"grant": told.grant, "rows": _written(told.rows)})
        _note(told, unknown, passing)
    return Held(settled.outcome, unknown)


def note_told(*, told: Told, unknown: Sequence[Followed], passing: Passing) -> None:
    """Put on record what the provider was told; what it has no look-up of is followed no longer."""
    outcome = NOT_LOOKED_UP if unknown else "ok"
    record_passing(passings=[passing._replace(outcome=outcome, alarm=bool(unknown))], at=passing.at)
    _note(told, unknown, passing)
    unfollow(grant=told.grant, rows=unknown)


def unfollow(*, grant: str, rows: Sequence[Followed]) -> None:
    """Follow these rows no longer for these cases."""
    if rows:
        records.execute(UNFOLLOW, {"grant": grant, "rows": _written(rows)})


def end_following(*, grant: str, before: datetime) -> int:
    """Forget what was looked up before a moment; how many rows and cases."""
    return records.execute(END, {"grant": grant, "before": before})


def forget_unfollowed(*, grant: str, reason: str, at: datetime) -> int:
    """Delete what was received of rows that no open case follows; how many rows."""
    forgotten = records.execute(FORGET, {"grant": grant})
    if forgotten:
        told = {"rows": forgotten, "reason": reason}
        ledger.append([SYSTEM.entry("forget_received", f"stream:{grant}", **told)], at)
    return forgotten


def _note(told: Told, unknown: Sequence[Followed], passing: Passing) -> None:
    """Leave what was told in the trail, under the name that it has at both ends."""
    details = {"grant": told.grant, "rows": len(told.rows), "unknown": len(unknown), "digest": told.digest}
    entry = SYSTEM.entry("follow_rows", f"exchange:{passing.exchange}", **details, side=passing.side)
    ledger.append([entry], passing.at)


def _written(rows: Sequence[Followed]) -> str:
    return records.json_text([one._asdict() for one in rows])
