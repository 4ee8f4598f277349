"""Reads of what people show of their certificates, and of who looked."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from qipan import records

SHOWING = """
SELECT s.id, s.certificate, s.holder, s.way, s.facts, s.use, s.receiver, s.most, s.secret, s.made_at, s.ends_at, s.withdrawn_at,
  (SELECT count(*) FROM certificate_looks l WHERE l.showing = s.id) FROM certificate_showings s"""
MOST = 500


class ShowingRow(NamedTuple):
    """What its holder shows of a certificate, and how often it was looked at."""

    id: int
    certificate: int
    holder: int
    way: str
    facts: tuple[str, ...]
    use: str
    receiver: str
    most: int | None
    secret: bytes
    made_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None
    looks: int

    def over(self, at: datetime) -> str:
        """Why it is not to be seen any more: withdrawn, ended, used-up; nothing while it is."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if at >= self.ends_at:
            return "ended"
        return "used-up" if self.most is not None and self.looks >= self.most else ""


class LookRow(NamedTuple):
    """That somebody looked."""

    id: int
    showing: int
    who: str
    known_as: str
    at: datetime


def showing(number: int, holder: int | None = None) -> ShowingRow | None:
    """Find what is shown; of one holder, or of anybody for those who have its token."""
    statement = f"{SHOWING} WHERE s.id = %s AND coalesce(s.holder = %s, true)"
    found = records.first(ShowingRow, statement, [number, holder])
    return found and found._replace(secret=bytes(found.secret))


def showings_of(certificate_id: int, holder: int, limit: int = 50) -> list[ShowingRow]:
    """What one of its holders shows of a certificate, the latest first."""
    statement = f"{SHOWING} WHERE s.certificate = %s AND s.holder = %s ORDER BY s.id DESC LIMIT %s"
    return records.rows(ShowingRow, statement, [certificate_id, holder, limit])


def looks_at(showings: Collection[int], limit: int = MOST) -> list[LookRow]:
    """Who looked at these, the latest first."""
    statement = """
        SELECT id, showing, who, known_as, at FROM certificate_looks WHERE showing = ANY(%s) ORDER BY id DESC LIMIT %s"""
    return records.rows(LookRow, statement, [list(showings), limit])


def copies_of(number: int) -> int:
    """How many annotated copies were made of what is shown, as the trail has it."""
    statement = "SELECT count(*) FROM entries WHERE subject = %s AND act = 'copy_showing'"
    return records.number(statement, [f"showing:{number}"])
