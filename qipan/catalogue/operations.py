"""Publishing a library as an immutable, numbered version."""

from datetime import date, datetime
from pathlib import Path

from qipan import records
from qipan.catalogue.archive import pack
from qipan.catalogue.library import LoadedLibrary, check_loaded, load_library
from qipan.core.declarations import Library
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
    files = {Path(name).relative_to(folder).as_posix(): content for name, content in loaded.files.items()}
    number = records.number(PUBLISH, {"digest": library.version, "archive": pack(files), "at": at})
    if number == 0:
        return records.number(PUBLISHED, [library.version])
    entry = NewEntry("publish_library", "system", 0, None, f"library:{number}", {"digest": library.version})
    ledger.append([entry], at)
    return number


def _sound(loaded: LoadedLibrary, today: date) -> Library:
    checked = check_loaded(loaded, today)
    if checked.library is None or checked.errors:
        raise UnableToPublish(checked.errors)
    return checked.library
