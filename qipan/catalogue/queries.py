"""Reads of published libraries; one that was read stays in memory, as it never changes."""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from qipan import records
from qipan.catalogue.archive import load_packed
from qipan.core.declarations import Library
from qipan.core.library_changes import Change, ResourceChange, resource_changes
from qipan.core.pool_index import PoolIndex, index

FOR_EVER = 700_000  # days


class NoLibrary(LookupError):
    """No such version of the library is published; `qipan migrate` publishes the first."""


class PartChange(NamedTuple):
    """What a library changed in one part of a resource, as written there."""

    part: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


class VersionRow(NamedTuple):
    """A version of a resource: the library that brought it, and what it changed."""

    number: int
    library: int
    kind: str
    parts: tuple[PartChange, ...]
    released_at: datetime


class _Version(NamedTuple):
    number: int
    library: int
    kind: str
    parts: list[dict[str, Any]]
    released_at: datetime


class _Archive(NamedTuple):
    archive: bytes


def current_version() -> int:
    """Give the number of the latest version, 0 before the first."""
    return records.number("SELECT coalesce(max(number), 0) FROM library_versions")


@lru_cache(maxsize=8)
def library(number: int) -> Library:
    """Give a published library; raises NoLibrary."""
    row = records.first(_Archive, "SELECT archive FROM library_versions WHERE number = %s", [number])
    loaded = row and load_packed(bytes(row.archive)).library
    if loaded is None:
        raise NoLibrary(number)
    return loaded


def current_library() -> Library:
    """Give the latest library; raises NoLibrary."""
    return library(current_version())


@lru_cache(maxsize=4)
def pool(number: int) -> PoolIndex:
    """Give the index of a published library's resources; raises NoLibrary."""
    return index(library(number))


def current_pool() -> PoolIndex:
    """Give the index of the latest library; raises NoLibrary."""
    return pool(current_version())


def untold_in(published: Library) -> dict[str, str]:
    """Give the resources of whose use a law forbids to tell people, for some time or ever, each with that law."""
    return {one.name: one.untold_law for one in published.resources.values() if one.untold_law}


def untold_days() -> dict[str, int]:
    """For how many days nobody is told of a use, by resource; what is not named is told at once."""
    version = current_version()
    return untold_days_in(library(version)) if version else {}


def untold_days_in(published: Library) -> dict[str, int]:
    """The same of one library."""
    return {one.name: one.untold_days or FOR_EVER for one in published.resources.values() if one.untold_law}


def versions_of(resource: str) -> list[VersionRow]:
    """List the versions of a resource, the newest first; none for one published before versions were kept."""
    statement = """
        SELECT number, library, kind, parts, released_at FROM resource_versions WHERE resource = %s ORDER BY number DESC"""
    return [
        VersionRow(row.number, row.library, row.kind, tuple(map(_part, row.parts)), row.released_at)
        for row in records.rows(_Version, statement, [resource])
    ]


def changes_between(before: int, after: int) -> tuple[ResourceChange, ...]:
    """Say what changed in resources from one published library to another; raises NoLibrary."""
    return resource_changes(library(before), library(after))


def _part(written: dict[str, Any]) -> PartChange:
    change = Change(written["part"], tuple(written["before"]), tuple(written["after"]))
    return PartChange(change.part, change.gone, change.new)
