"""Publishing a library as an immutable, numbered version."""

from datetime import date, datetime
from pathlib import Path

from qipan import records
from qipan.catalogue import queries as catalogue
from qipan.catalogue.archive import pack
from qipan.catalogue.library import LoadedLibrary, check_loaded, load_library
from qipan.core.declarations import Library
from qipan.core.library_changes import ResourceChange, resource_changes
from qipan.core.plan import Problem
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry

PUBLISH = """
WITH published AS (
  INSERT INTO library_versions (digest, archive, published_at)
  SELECT %(digest)s, %(archive)s, %(at)s WHERE NOT EXISTS (SELECT FROM library_versions WHERE digest = %(digest)s)
  ON CONFLICT (digest) DO NOTHING RETURNING number)
SELECT coalesce((SELECT number FROM published), 0)
"""
PUBLISHED = "SELECT coalesce(max(number), 0) FROM library_versions WHERE digest = %s"


VERSIONS = """
INSERT INTO resource_versions (resource, number, library, kind, parts, released_at)
SELECT resource, coalesce((SELECT max(number) FROM resource_versions v WHERE v.resource = new.resource), 0) + 1, %(library)s,
  kind, parts::jsonb, %(at)s
FROM unnest(%(resources)s::text[], %(kinds)s::text[], %(parts)s::text[]) AS new (resource, kind, parts)
"""


class UnableToPublish(Exception):
    """The library has errors; ``problems`` names each with its file and line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems


def publish_library(*, folder: Path, at: datetime) -> int:
    """Publish the library in a folder and give its number; content that is published already keeps its own.

    Raises UnableToPublish where `qipan lint` finds an error.
    """
    loaded = load_library(folder)
    library = _sound(loaded, at.date())
    before = catalogue.current_version()
    files = {Path(name).relative_to(folder).as_posix(): content for name, content in loaded.files.items()}
    number = records.number(PUBLISH, {"digest": library.version, "archive": pack(files), "at": at})
    if number == 0:
        return records.number(PUBLISHED, [library.version])
    entry = NewEntry("publish_library", "system", 0, None, f"library:{number}", {"digest": library.version})
    ledger.append([entry], at)
    _write_versions(number, resource_changes(_published(before), library), at)
    return number


def _published(number: int) -> Library | None:
    """The library before; None for the first, and for one so old that it cannot be read any more."""
    try:
        return catalogue.library(number) if number else None
    except catalogue.NoLibrary:
        return None


def _write_versions(number: int, changes: tuple[ResourceChange, ...], at: datetime) -> None:
    """Give each resource that this library changes its next version."""
    parts = [records.json_text([part._asdict() for part in one.parts]) for one in changes]
    columns = {"resources": [one.resource for one in changes], "kinds": [str(one.kind) for one in changes]}
    if changes:
        records.execute(VERSIONS, {"library": number, "at": at, "parts": parts, **columns})


def _sound(loaded: LoadedLibrary, today: date) -> Library:
    checked = check_loaded(loaded, today)
    if checked.library is None or checked.errors:
        raise UnableToPublish(checked.errors)
    return checked.library
