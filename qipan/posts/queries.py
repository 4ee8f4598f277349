"""Reads about posts: those of an agency with who holds them, what waits for a second manager, and what was changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.core.sharing import realm

HELD = """
SELECT p.id AS post, p.agency, p.title, p.services, p.powers, t.id AS tenure, t.official_id AS official, coalesce(o.name, '') AS name,
  t.begins, t.ends, t.confirmed_at IS NOT NULL AS confirmed, t.given_by, coalesce(g.name, '') AS giver,
  coalesce((SELECT jsonb_agg(jsonb_build_array(l.id, l.begins, l.ends, coalesce(s.name, '')) ORDER BY l.begins, l.id)
    FROM leaves l LEFT JOIN officials s ON s.id = l.substitute_id WHERE l.tenure_id = t.id AND l.ends > %(at)s), '[]') AS leaves
FROM posts p LEFT JOIN tenures t ON t.post_id = p.id AND (t.ends IS NULL OR t.ends > %(at)s)
LEFT JOIN officials o ON o.id = t.official_id LEFT JOIN officials g ON g.id = t.given_by
"""
OF_AGENCY = f"{HELD} WHERE p.agency = %(agency)s ORDER BY p.title, p.id, t.id LIMIT %(limit)s"
BELOW = f"""
{HELD} JOIN agencies a ON a.code = p.agency WHERE a.parent = %(agency)s AND t.id IS NOT NULL AND t.confirmed_at IS NULL
ORDER BY t.id LIMIT %(limit)s
"""
ONE = f"{HELD} WHERE t.id = %(tenure)s"
OF_OFFICIAL = (
    f"{HELD} WHERE t.official_id = %(official)s AND t.confirmed_at IS NOT NULL ORDER BY p.agency, t.id"
)
POST = "SELECT id, agency, title, services, powers FROM posts WHERE id = %s"
COLLEAGUES = """
SELECT DISTINCT o.id, o.name FROM officials o JOIN tenures t ON t.official_id = o.id JOIN posts p ON p.id = t.post_id
WHERE p.agency = %(agency)s AND t.confirmed_at IS NOT NULL AND (t.ends IS NULL OR t.ends > %(at)s) AND o.id <> %(but)s
ORDER BY o.name, o.id LIMIT %(limit)s
"""
# Agencies whose posts anybody changed; those that the platform gave from ever are most, and no change.
CHANGED = """
SELECT 'posts:' || p.agency FROM posts p WHERE p.agency LIKE %(realm)s AND (
  NOT EXISTS (SELECT FROM tenures t WHERE t.post_id = p.id)
  OR EXISTS (SELECT FROM tenures t WHERE t.post_id = p.id AND (t.given_by IS NOT NULL OR t.ends IS NOT NULL))
  OR EXISTS (SELECT FROM leaves l JOIN tenures t ON t.id = l.tenure_id WHERE t.post_id = p.id))
"""
CHANGES = f"""
SELECT e.id, e.at, e.act, coalesce(o.name, '') AS who, e.details, substr(e.subject, 7) AS agency, coalesce(g.name_zh, '') AS agency_zh,
  coalesce(g.name_en, '') AS agency_en, coalesce(w.name, '') AS whom, coalesce(p.title, '') AS title, coalesce(s.name, '') AS substitute
FROM entries e LEFT JOIN officials o ON e.actor_kind = 'official' AND o.id = e.actor LEFT JOIN agencies g ON g.code = substr(e.subject, 7)
LEFT JOIN officials w ON w.id = (e.details->>'official')::bigint LEFT JOIN posts p ON p.id = (e.details->>'to_post')::bigint
LEFT JOIN officials s ON s.id = (e.details->>'substitute')::bigint
WHERE e.subject = %(own)s OR %(below)s AND e.subject IN ({CHANGED}) ORDER BY e.id DESC LIMIT %(limit)s
"""
MOST = 200


class PostRow(NamedTuple):
    """A post."""

    id: int
    agency: str
    title: str
    services: tuple[str, ...]
    powers: tuple[str, ...]


class HeldPost(NamedTuple):
    """A post with one who holds it, will hold it, or waits for it to be confirmed; ``tenure`` is None where nobody does.

    ``leaves`` are those not over: number, beginning, end, and the name of who stands in.
    """

    post: int
    agency: str
    title: str
    services: tuple[str, ...]
    powers: tuple[str, ...]
    tenure: int | None
    official: int | None
    name: str
    begins: datetime | None
    ends: datetime | None
    confirmed: bool
    given_by: int | None
    giver: str
    leaves: Sequence[tuple[int, str, str, str]]


class Colleague(NamedTuple):
    """Somebody who holds a post in an agency."""

    id: int
    name: str


class ChangeRow(NamedTuple):
    """An entry of the trail about posts: who did what to whose post."""

    id: int
    at: datetime
    act: str
    who: str
    details: Mapping[str, object]
    agency: str
    agency_zh: str
    agency_en: str
    whom: str
    title: str
    substitute: str


def posts_of(agency: str, at: datetime) -> list[HeldPost]:
    """List the posts of an agency, each with everybody who holds it or will."""
    return records.rows(HeldPost, OF_AGENCY, {"agency": agency, "at": at, "limit": MOST})


def waiting_below(agency: str, at: datetime) -> list[HeldPost]:
    """List what a manager of the agency above may confirm for those directly below it."""
    return records.rows(HeldPost, BELOW, {"agency": agency, "at": at, "limit": MOST})


def posts_held(official: int, at: datetime) -> list[HeldPost]:
    """List the posts that an official holds or will hold."""
    return records.rows(HeldPost, OF_OFFICIAL, {"official": official, "at": at})


def held_post(tenure: int, at: datetime) -> HeldPost | None:
    """Find who holds which post by the number of the tenure, unless it is over."""
    return records.first(HeldPost, ONE, {"tenure": tenure, "at": at})


def post(number: int) -> PostRow | None:
    """Find a post."""
    return records.first(PostRow, POST, [number])


def colleagues(agency: str, at: datetime, but: int = 0) -> list[Colleague]:
    """List whoever holds a post in an agency, but one of them."""
    return records.rows(Colleague, COLLEAGUES, {"agency": agency, "at": at, "but": but, "limit": MOST})


def changes(agency: str, *, all_below: bool, limit: int) -> list[ChangeRow]:
    """List what was changed about the posts of an agency, newest first; or of all agencies in its division."""
    values = {"own": f"posts:{agency}", "below": all_below, "realm": f"{realm(agency)}%", "limit": limit}
    return records.rows(ChangeRow, CHANGES, values)
