"""Following rows of one's own open cases: what the consumer of a subscription says of the cases for which it looked rows up.

A row is followed from its look-up on, under a grant that names look-ups, pushes and own cases, for as long as its case is open, and no
longer than what was looked up may be kept. The consumer says each time which rows of which cases are open, all of them; the
provider follows those that were looked up for this very case. docs/handbook/exchange.md shows the bytes.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from qipan.core import deliveries
from qipan.core.canonical import printable
from qipan.core.deliveries import NotADelivery
from qipan.core.elements import Value
from qipan.core.grants import Grant, Mode

LONGEST_CASE = 64  # characters
MOST = 50_000  # rows that one grant may follow at once
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Followed(NamedTuple):
    """A row, by the digest of its keys, and the case for which it was looked up (``case:…``, ``application:…``, ``draft:…``)."""

    key: str
    case: str


def follows(grant: Grant) -> bool:
    """Whether rows that are looked up under a grant are followed."""
    own = grant.rows.own_cases and grant.consumer.node != grant.provider.node
    return own and grant.retention > 0 and {Mode.LOOK_UP, Mode.PUSH} <= set(grant.modes)


def followed_row(grant: Grant, keys: Mapping[str, Value]) -> str:
    """The row that a look-up begins to follow, or nothing under another kind of grant."""
    return deliveries.row_key(grant.id, keys) if follows(grant) else ""


def oldest(grant: Grant, at: datetime) -> datetime:
    """Since when a row must have been looked up to be followed: as long as may be kept what was looked up."""
    return max(grant.begins, at - timedelta(days=grant.retention))


def write_open(rows: Iterable[Followed]) -> bytes:
    """Write what is open, one ``["key","case"]`` a line, in order."""
    return b"".join(_WRITER.encode(list(one)).encode() + b"\n" for one in sorted(rows))


def read_open(plaintext: bytes) -> list[Followed]:
    """Read what is open; raises NotADelivery."""
    try:
        return [_followed(json.loads(line)) for line in plaintext.splitlines()]
    except (ValueError, RecursionError):
        raise NotADelivery from None


def _followed(written: object) -> Followed:
    match written:
        case [str() as key, str() as case] if deliveries.is_key(key) and 0 < len(case) <= LONGEST_CASE:
            if printable(case):
                return Followed(key, case)
    raise NotADelivery
