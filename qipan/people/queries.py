"""Reads about people: who they are, and as whom they act."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from qipan import records
from qipan.core.posts import Leave, Period, Power, Tenure, seats_at
from qipan.people.actors import Actor
from qipan.people.rows import ApiKeyRow, HeldRow, OfficialRow, PersonRow, SeatRow

PERSON = "SELECT id, id_number, name, phone, story_zh, story_en, sample, kind FROM persons"
OFFICIAL = """
SELECT o.id, o.name, p.agency, p.title, p.services, p.powers, o.sample
FROM officials o JOIN tenures t ON t.official_id = o.id JOIN posts p ON p.id = t.post_id
"""
LEAVES = """coalesce((SELECT jsonb_agg(jsonb_build_array(l.begins, l.ends, l.substitute_id) ORDER BY l.begins, l.id)
    FROM leaves l WHERE l.tenure_id = t.id), '[]')"""
# An official's posts, and those of others in which they stand in at some time.
TENURES = f"""
SELECT t.official_id, p.id, p.agency, p.powers, t.begins, t.ends, {LEAVES} AS leaves, p.title, p.services, o.name, o.sample, t.confirmed_at IS NOT NULL,
  t.id AS tenure, h.name AS holder
FROM tenures t JOIN posts p ON p.id = t.post_id JOIN officials h ON h.id = t.official_id JOIN officials o ON o.id = %(official)s
WHERE t.official_id = %(official)s OR t.id IN (SELECT l.tenure_id FROM leaves l WHERE l.substitute_id = %(official)s)
ORDER BY t.id
"""
OF_PERSON = "SELECT coalesce((SELECT id FROM officials WHERE person_id = %s), 0)"
OF_KEY = "SELECT coalesce((SELECT official_id FROM api_keys WHERE digest = %s AND revoked_at IS NULL), 0)"


def person(person_id: int) -> PersonRow | None:
    """Find a person."""
    return records.prepared(PersonRow, f"{PERSON} WHERE id = %s", [person_id])


def person_by_number(id_number: str) -> PersonRow | None:
    """Find a resident by the citizen identity number."""
    return records.first(PersonRow, f"{PERSON} WHERE id_number = %s AND kind = 'person'", [id_number])


def sample_persons(search: str = "", limit: int = 50) -> list[PersonRow]:
    """List sample residents, those with a story first."""
    return records.rows(
        PersonRow,
        f"{PERSON} WHERE sample AND name LIKE %s ORDER BY story_zh = '', id LIMIT %s",
        [f"%{_literal(search)}%", limit],
    )


def official_of_person(person_id: int) -> int:
    """Find the official whom a person is, by number; 0 where they are none."""
    return records.number(OF_PERSON, [person_id])


def sample_officials(search: str = "", limit: int = 50) -> list[OfficialRow]:
    """List sample officials, in each of their posts, of agencies whose code or whose own name holds the text."""
    pattern = f"%{_literal(search)}%"
    statement = f"{OFFICIAL} WHERE o.sample AND t.ends IS NULL AND (p.agency LIKE %s OR o.name LIKE %s) ORDER BY p.agency, o.id, t.id LIMIT %s"
    return records.rows(OfficialRow, statement, [pattern, pattern, limit])


def tenures_of(official_id: int) -> list[Tenure]:
    """List the posts of an official, and those of others in which they stand in, also those that are over or not confirmed."""
    return [_tenure(row) for row in _held(official_id)]


def actor_of_person(person_id: int) -> Actor | None:
    """Say as whom a signed-in person acts."""
    found = person(person_id)
    return found and Actor("person", found.id, found.name)


def actor_of_official(official_id: int, at: datetime, seat: str = "") -> Actor | None:
    """Say as whom an official acts: in the seat that they chose, where it is still theirs, or else in their first; None out of office."""
    return actor_in(seats_of(official_id, at), seat)


def seats_of(official_id: int, at: datetime) -> list[SeatRow]:
    """List what an official may act as at a moment, their own posts first; one statement."""
    held = _held(official_id)
    known = {(row.post, row.official): row for row in held}
    seats = seats_at(official_id, map(_tenure, (row for row in held if row.confirmed)), at)
    return [SeatRow(official_id, known[seat.post, seat.stands_in_for or official_id], seat) for seat in seats]


def actor_in(seats: Sequence[SeatRow], chosen: str = "") -> Actor | None:
    """Say as whom somebody acts who has these seats; where none is chosen, in the first that they do not rest from."""
    first = sorted(seats, key=lambda one: not one.seat.powers)
    found = next((one for one in seats if one.key == chosen), first[0] if first else None)
    if found is None:
        return None
    held, seat = found.held, found.seat
    return Actor(
        "official",
        found.official,
        held.name,
        seat.agency,
        tuple(held.services),
        seat.powers,
        post=seat.post,
        stands_in_for=seat.stands_in_for,
    )


def api_keys_of(agency: str) -> list[ApiKeyRow]:
    """List the keys issued to an agency's systems, newest first."""
    return records.rows(
        ApiKeyRow,
        """SELECT k.id, k.label, k.created_at, k.revoked_at FROM api_keys k JOIN officials o ON o.id = k.official_id
        WHERE o.agency = %s ORDER BY k.id DESC""",
        [agency],
    )


def actor_of_key(key: str, at: datetime) -> Actor | None:
    """Say as whom the bearer of an API key acts; None for a key that is unknown or revoked, or of somebody out of office."""
    official_id = records.number(OF_KEY, [key_digest(key)])
    return actor_of_official(official_id, at) if official_id else None


def key_digest(key: str) -> bytes:
    """Hash a key as it is kept; keys are random and long, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).digest()


def _held(official_id: int) -> list[HeldRow]:
    return records.prepared_rows(HeldRow, TENURES, {"official": official_id})


def _tenure(row: HeldRow) -> Tenure:
    leaves = tuple(
        Leave(Period(datetime.fromisoformat(begins), datetime.fromisoformat(ends)), substitute)
        for begins, ends, substitute in row.leaves
    )
    powers = frozenset(map(Power, row.powers))
    return Tenure(row.official, row.post, row.agency, powers, Period(row.begins, row.ends), leaves)


def _literal(search: str) -> str:
    """Keep what someone typed from working as a pattern."""
    return search.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
