"""The rows of people's queries."""

from datetime import datetime
from typing import NamedTuple


class PersonRow(NamedTuple):
    """A person; the story introduces a sample one."""

    id: int
    id_number: str
    name: str
    phone: str
    story_zh: str
    story_en: str
    sample: bool


class OfficialRow(NamedTuple):
    """An official in post; without ``services``, they handle all of the agency's."""

    id: int
    name: str
    agency: str
    post: str
    services: tuple[str, ...]
    clerk: bool
    role: str
    sample: bool


class ApiKeyRow(NamedTuple):
    """A key of an agency's own system; the key itself is kept nowhere."""

    id: int
    label: str
    created_at: datetime
    revoked_at: datetime | None


class NewPerson(NamedTuple):
    """A person to admit."""

    id_number: str
    name: str
    phone: str = ""
    story_zh: str = ""
    story_en: str = ""
    sample: bool = False
