"""Reading which rows are followed, for which cases."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.core.following import Followed

GRANTS = 'SELECT DISTINCT "grant"::text FROM exchange_followed'
ROWS = """
SELECT replace(key::text, '-', '') AS key, "case" FROM exchange_followed WHERE "grant" = %(grant)s AND looked_at >= %(since)s
ORDER BY key, "case"
"""
OPEN = """
SELECT DISTINCT replace(key::text, '-', '') AS key, '' AS "case" FROM exchange_followed
WHERE "grant" = %(grant)s AND looked_at >= %(since)s AND open
"""
NEVER_LOOKED_UP = """
SELECT one.key, one."case" FROM jsonb_to_recordset(%(rows)s::jsonb) AS one (key text, "case" text)
WHERE NOT EXISTS (SELECT FROM exchange_followed f WHERE f."grant" = %(grant)s AND f.key = one.key::uuid AND f."case" = one."case")
"""


class _Grant(NamedTuple):
    grant: str


def grants_that_follow() -> list[str]:
    """The grants under which rows are followed, at either end."""
    return [one.grant for one in records.rows(_Grant, GRANTS)]


def followed(grant: str, since: datetime) -> list[Followed]:
    """The rows that were looked up since then, with their cases, in order."""
    return records.rows(Followed, ROWS, {"grant": grant, "since": since})


def open_keys(grant: str, since: datetime) -> frozenset[str]:
    """The rows of which the consumer says that a case is open, and that were looked up for it since then."""
    return frozenset(one.key for one in records.rows(Followed, OPEN, {"grant": grant, "since": since}))


def never_looked_up(grant: str, rows: Sequence[Followed]) -> list[Followed]:
    """Of these rows those that were not looked up under the grant for the case that is named."""
    told = {"grant": grant, "rows": records.json_text([one._asdict() for one in rows])}
    return records.rows(Followed, NEVER_LOOKED_UP, told)
