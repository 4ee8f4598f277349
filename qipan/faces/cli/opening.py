"""Opening a library for a command: checked, or refused with everything that is wrong in it."""

import difflib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn

import click
from rich.console import Console
from rich.text import Text

from qipan.catalogue.library import check_folder
from qipan.core.declarations import Library, LifeEvent
from qipan.core.plan import Problem
from qipan.faces.cli.options import EXIT_PROBLEMS, console, print_json
from qipan.faces.cli.words import counted, say
from qipan.faces.look.problem_words import problem_sentence

MAX_ALIKE: Final = 20
MAX_NAMED: Final = 30


def open_library(folder: Path, language: str, *, as_json: bool) -> Library:
    """Give a library without errors; otherwise print them and leave with 1."""
    checked = check_folder(folder, date.max)  # grants that have ended are no error
    if checked.library is not None and not checked.errors:
        return checked.library
    if as_json:
        every = [problem_as_dict(problem, language, checked.library) for problem in checked.errors]
        print_json({"problems": every})
    else:
        terminal = console(stderr=True)
        print_problems(terminal, checked.errors, language, checked.library)
        terminal.print(
            say(language, "library-faulty", count=counted(language, len(checked.errors), "errors")),
            style="bold red",
        )
    raise SystemExit(EXIT_PROBLEMS)


def print_problems(
    terminal: Console, problems: Iterable[Problem], language: str, library: Library | None
) -> None:
    """Print each problem as file:line, severity and sentence; of many alike warnings in a file, their number."""
    told: Counter[tuple[str, str]] = Counter()
    for problem in problems:
        alike = (problem.position.file if problem.position else "", problem.code)
        told[alike] += problem.severity == "warning"
        if told[alike] > MAX_ALIKE:
            continue
        where = f"{problem.position}: " if problem.position else ""
        severity = Text(say(language, problem.severity), "red" if problem.severity == "error" else "yellow")
        sentence = problem_sentence(problem, language, library)
        also = (
            f" ({say(language, 'see-also')} {', '.join(map(str, problem.related))})"
            if problem.related
            else ""
        )
        terminal.print(Text.assemble(where, severity, " ", sentence, also), soft_wrap=True)
    for (file, code), count in told.items():
        if count > MAX_ALIKE:
            terminal.print(
                say(language, "more-alike", file=file, count=count - MAX_ALIKE, code=code), soft_wrap=True
            )


def problem_as_dict(problem: Problem, language: str, library: Library | None) -> dict[str, Any]:
    """A problem in plain values."""
    position = problem.position
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": position.file if position else None,
        "line": position.line if position else None,
        "sentence": problem_sentence(problem, language, library),
        "related": [str(place) for place in problem.related],
        "values": {name: plain(value) for name, value in problem.values.items()},
    }


def plain(value: object) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def open_event(library: Library, name: str, language: str) -> LifeEvent:
    """Give a life event; otherwise leave with 2 and say which there are."""
    if name not in library.events:
        refuse(say(language, "no-event", name=name), name, library.events, language)
    return library.events[name]


def refuse(message: str, name: str, known: Iterable[str], language: str) -> NoReturn:
    """Leave with 2, naming what may have been meant, or all there is."""
    raise click.UsageError(f"{message} {hinted(name, known, language)}".strip())


def _first(names: list[str]) -> list[str]:
    return names if len(names) <= MAX_NAMED else [*names[:MAX_NAMED], "…"]


def hinted(name: str, known: Iterable[str], language: str) -> str:
    """Name what may have been meant, whatever its case, or what there is, as far as it can be overlooked."""
    every = sorted(known)
    near = [one for one in every if one.casefold() == name.casefold()]
    near = near or difflib.get_close_matches(name.casefold(), every, n=2, cutoff=0.75)
    key, names = ("did-you-mean", near) if near else ("there-are", _first(every))
    return say(language, key, names=("、" if language == "zh" else ", ").join(names)) if names else ""
