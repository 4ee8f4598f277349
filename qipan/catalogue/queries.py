"""Reads of published libraries; one that was read stays in memory, as it never changes."""

from functools import lru_cache
from typing import NamedTuple

from qipan import records
from qipan.catalogue.archive import load_packed
from qipan.core.declarations import Library


class NoLibrary(LookupError):
    """No such version of the library is published; `qipan migrate` publishes the first."""


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
