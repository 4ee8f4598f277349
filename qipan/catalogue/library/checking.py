"""Checking a library as a whole: what `qipan lint` reports, and what forbids to publish."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from qipan.catalogue.library.load import LoadedLibrary, files_passed_over, load_library
from qipan.core.declarations import Library
from qipan.core.plan import Problem
from qipan.core.planner import check_library
from qipan.core.resting import collector_resting


class Checked(NamedTuple):
    """A library with all that is wrong in it; None where its files are misshapen.

    ``complete`` is false where a file could not be read at all, so that the rest could not be checked against it; ``skipped``
    are named like files of the library and are none.
    """

    library: Library | None
    problems: tuple[Problem, ...]
    complete: bool = True
    skipped: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What forbids to use the library; warnings do not."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def check_folder(folder: Path, today: date) -> Checked:
    """Load a library and check it; ``today`` tells which grants have ended."""
    with collector_resting():
        checked = check_loaded(load_library(folder), today)
    return checked._replace(skipped=tuple(map(str, files_passed_over(folder))))


def check_loaded(loaded: LoadedLibrary, today: date) -> Checked:
    """Check a library whose files are read."""
    library, problems, readable, _ = loaded
    if library is not None:
        return Checked(library, tuple(_told(check_library(library, today))))
    if readable is None:
        return Checked(None, problems, complete=False)
    return Checked(None, tuple(sorted((*problems, *readable.problems()), key=_place)))


def _told(problems: tuple[Problem, ...]) -> Iterator[Problem]:
    """What is unused is only told once nothing else is wrong: a misspelt name leaves the right one unused."""
    faulty = any(problem.severity == "error" for problem in problems)
    return (problem for problem in problems if not (faulty and problem.code == "unused"))


def _place(problem: Problem) -> tuple[str, int]:
    return problem.position or ("", 0)
