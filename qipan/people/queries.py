"""Reads about people: who they are, and as whom they act."""

import hashlib

from qipan import records
from qipan.people.actors import Actor
from qipan.people.rows import ApiKeyRow, OfficialRow, PersonRow

PERSON = "SELECT id, id_number, name, phone, story_zh, story_en, sample FROM persons"
OFFICIAL = "SELECT id, name, agency, post, services, clerk, role, sample FROM officials"


def person(person_id: int) -> PersonRow | None:
    """Find a person."""
    return records.prepared(PersonRow, f"{PERSON} WHERE id = %s", [person_id])


def person_by_number(id_number: str) -> PersonRow | None:
    """Find a person by the citizen identity number."""
    return records.first(PersonRow, f"{PERSON} WHERE id_number = %s", [id_number])


def sample_persons(search: str = "", limit: int = 50) -> list[PersonRow]:
    """List sample residents, those with a story first."""
    return records.rows(
        PersonRow,
        f"{PERSON} WHERE sample AND name LIKE %s ORDER BY story_zh = '', id LIMIT %s",
        [f"%{_literal(search)}%", limit],
    )


def official(official_id: int) -> OfficialRow | None:
    """Find an official."""
    return records.prepared(OfficialRow, f"{OFFICIAL} WHERE id = %s", [official_id])


def sample_officials(search: str = "", limit: int = 50) -> list[OfficialRow]:
    """List sample officials of agencies whose code or whose own name holds the text."""
    pattern = f"%{_literal(search)}%"
    statement = f"{OFFICIAL} WHERE sample AND (agency LIKE %s OR name LIKE %s) ORDER BY agency, id LIMIT %s"
    return records.rows(OfficialRow, statement, [pattern, pattern, limit])


def actor_of_person(person_id: int) -> Actor | None:
    """Say as whom a signed-in person acts."""
    found = person(person_id)
    return found and Actor("person", found.id, found.name)


def actor_of_official(official_id: int) -> Actor | None:
    """Say as whom a signed-in official acts."""
    found = official(official_id)
    return found and _actor(found)


def api_keys_of(agency: str) -> list[ApiKeyRow]:
    """List the keys issued to an agency's systems, newest first."""
    return records.rows(
        ApiKeyRow,
        """SELECT k.id, k.label, k.created_at, k.revoked_at FROM api_keys k JOIN officials o ON o.id = k.official_id
        WHERE o.agency = %s ORDER BY k.id DESC""",
        [agency],
    )


def actor_of_key(key: str) -> Actor | None:
    """Say as whom the bearer of an API key acts; None for a key that is unknown or revoked."""
    statement = f"""
        {OFFICIAL} WHERE id = (SELECT official_id FROM api_keys WHERE digest = %s AND revoked_at IS NULL)"""
    found = records.first(OfficialRow, statement, [key_digest(key)])
    return found and _actor(found)


def key_digest(key: str) -> bytes:
    """Hash a key as it is kept; keys are random and long, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).digest()


def _actor(row: OfficialRow) -> Actor:
    return Actor("official", row.id, row.name, row.agency, row.services, row.clerk, row.role)


def _literal(search: str) -> str:
    """Keep what someone typed from working as a pattern."""
    return search.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
