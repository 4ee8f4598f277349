"""Putting calls on record, at either end, many in one transaction: no durable record, no data.

Note [What only the record can decide]
Two processes, or one that was started anew, cannot know from memory whether a nonce was used, how much of a grant is used up, or
whether it was revoked a moment ago. The transaction of the record can: it takes the nonce, counts the rows and reads revocations, and
what it finds becomes the outcome that is recorded. Data wait for it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.core.envelope import SKEW, Fault
from qipan.core.grants import Refusal
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry

VALID = 2 * SKEW + timedelta(seconds=5)  # how long a request could be valid, from the moment that it came
PASSED = frozenset({"ok", "none"})
TAKE_NONCES = """
INSERT INTO exchange_nonces (peer, nonce, until)
SELECT peer, decode(nonce, 'hex'), %(until)s FROM jsonb_to_recordset(%(asked)s::jsonb) AS one (peer text, nonce text)
ORDER BY peer, nonce ON CONFLICT DO NOTHING RETURNING peer, encode(nonce, 'hex') AS nonce
"""
COUNT_ROWS = """
INSERT INTO exchange_usage ("grant", day, rows)
SELECT "grant", %(day)s, rows FROM jsonb_to_recordset(%(wanted)s::jsonb) AS one ("grant" uuid, rows integer) ORDER BY "grant"
ON CONFLICT ("grant", day) DO UPDATE SET rows = exchange_usage.rows + excluded.rows
RETURNING "grant", rows, EXISTS (SELECT FROM exchange_revocations r WHERE r."grant" = exchange_usage."grant") AS revoked
"""
RECORD = """
INSERT INTO exchange_calls (exchange, side, peer, "grant", resource, fields, purpose, basis, "case", official, outcome, alarm,
  rows, at, milliseconds, signed_at, about)
SELECT decode(exchange, 'hex'), side, peer, "grant", resource, string_to_array(fields, ' '), purpose, basis, "case", official,
  outcome, alarm, rows, at, milliseconds, signed_at, decode(nullif(about, ''), 'hex')
FROM jsonb_to_recordset(%(calls)s::jsonb) AS one (exchange text, side text, peer text, "grant" uuid, resource text, fields text,
  purpose text, basis text, "case" text, official text, outcome text, alarm boolean, rows integer, at timestamptz,
  milliseconds integer, signed_at timestamptz, about text)
"""
FOLLOW = """
INSERT INTO exchange_followed ("grant", key, "case", looked_at, open)
SELECT "grant", key, "case", max(at), false
FROM jsonb_to_recordset(%(rows)s::jsonb) AS one ("grant" uuid, key uuid, "case" text, at timestamptz)
GROUP BY "grant", key, "case" ORDER BY "grant", key, "case"
ON CONFLICT ("grant", key, "case") DO UPDATE SET looked_at = greatest(exchange_followed.looked_at, excluded.looked_at)
"""
FORGET = "DELETE FROM exchange_nonces WHERE until < %s"
ACTS = {"provider": "provide_data", "consumer": "use_data"}


class Passing(NamedTuple):
    """One end's side of a call; ``nonce`` (hexadecimal) where it must not have been used, ``volume`` where rows are counted.

    ``signed_at``, the moment in the request's envelope, lets both ends' records be compared; ``about`` (hexadecimal) is as in the table;
    ``row`` names the row of a look-up that is followed from now on.
    """

    exchange: str
    side: str
    peer: str
    grant: str | None
    resource: str
    fields: tuple[str, ...]
    purpose: str
    basis: str
    case: str
    official: str
    outcome: str
    rows: int
    at: datetime
    milliseconds: int
    alarm: bool = False
    nonce: str = ""
    volume: int | None = None
    signed_at: datetime | None = None
    about: str = ""
    row: str = ""


class _Taken(NamedTuple):
    peer: str
    nonce: str


class _Counted(NamedTuple):
    grant: UUID
    rows: int
    revoked: bool


def record_passing(*, passings: Sequence[Passing], at: datetime) -> list[Passing]:
    """Put calls on record in the caller's transaction, and give them with the outcomes that they have on record.

    See Note [What only the record can decide]: an ``ok`` may come back as ``replayed``, ``volume-used-up`` or ``grant-revoked``.
    """
    settled = list(_counted(_unused(passings, at), at))
    ledger.append([_entry(one) for one in settled], at)
    records.execute_prepared(RECORD, {"calls": records.json_text([_row(one) for one in settled])})
    if followed := [_followed(one) for one in settled if one.row and one.outcome in PASSED]:
        records.execute_prepared(FOLLOW, {"rows": records.json_text(followed)})
    return settled


def forget_nonces(*, at: datetime) -> int:
    """Forget the nonces of requests that could not be valid any more."""
    return records.execute(FORGET, [at])


def _unused(passings: Sequence[Passing], at: datetime) -> Iterator[Passing]:
    asked = [{"peer": one.peer, "nonce": one.nonce} for one in passings if one.nonce]
    told = {"asked": records.json_text(asked), "until": at + VALID}
    free = {*map(tuple, records.prepared_rows(_Taken, TAKE_NONCES, told))} if asked else set()
    for one in passings:
        used = one.nonce and (one.peer, one.nonce) not in free
        free.discard((one.peer, one.nonce))
        yield one._replace(outcome=Fault.REPLAYED.value, alarm=True, rows=0) if used else one


def _counted(passings: Iterator[Passing], at: datetime) -> Iterator[Passing]:
    found = list(passings)
    wanted: Counter[str] = Counter()
    for one in found:
        if one.grant and one.volume is not None and one.outcome in PASSED:
            wanted[one.grant] += one.rows
    volumes = {str(one.grant): one.volume for one in found if one.volume is not None}
    left = _rows_left(wanted, volumes, at) if wanted else {}
    for one in found:
        yield _against(one, left) if one.grant in left and one.outcome in PASSED else one


def _rows_left(wanted: Mapping[str, int], volumes: Mapping[str, int], at: datetime) -> dict[str, int | None]:
    """How many rows of each grant may still pass, of those wanted now; None where it is revoked."""
    asked = [{"grant": grant, "rows": rows} for grant, rows in wanted.items()]
    told = {"wanted": records.json_text(asked), "day": at.astimezone(UTC).date()}
    return {
        str(one.grant): None if one.revoked else volumes[str(one.grant)] - (one.rows - wanted[str(one.grant)])
        for one in records.prepared_rows(_Counted, COUNT_ROWS, told)
    }


def _against(one: Passing, left: dict[str, int | None]) -> Passing:
    rest = left[str(one.grant)]
    if rest is None:
        return one._replace(outcome=Refusal.REVOKED.value, rows=0)
    if one.rows > rest:
        return one._replace(outcome=Refusal.VOLUME.value, rows=0)
    left[str(one.grant)] = rest - one.rows
    return one


def _entry(one: Passing) -> NewEntry:
    details = {
        "peer": one.peer,
        "grant": one.grant or "",
        "resource": one.resource,
        "fields": list(one.fields),
        "purpose": one.purpose,
        "basis": one.basis,
        "case": one.case,
        "official": one.official,
        "outcome": one.outcome,
        "rows": one.rows,
    }
    return NewEntry(ACTS[one.side], "system", 0, None, f"exchange:{one.exchange}", details)


def _row(one: Passing) -> dict[str, object]:
    written = {"at": one.at.isoformat(), "signed_at": one.signed_at and one.signed_at.isoformat()}
    return {**one._asdict(), "fields": " ".join(one.fields), **written}


def _followed(one: Passing) -> dict[str, str | None]:
    return {"grant": one.grant, "key": one.row, "case": one.case, "at": one.at.isoformat()}
