"""`qipan lint` and `qipan schema`: a library's mistakes, and the shape of its files."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from qipan.catalogue.library import Checked, check_folder, json_schema
from qipan.core.declarations import Library
from qipan.faces.cli.opening import print_problems, problem_as_dict
from qipan.faces.cli.options import (
    EXIT_PROBLEMS,
    console,
    json_option,
    language_option,
    own_library,
    print_json,
    today_option,
)
from qipan.faces.cli.words import counted, say
from qipan.faces.look.shape_words import SECTIONS

_COUNTED: Final = ("events", "services", "resources", "certificates", "elements", "agencies")


@click.command("lint")
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=own_library,
    required=False,
)
@today_option
@language_option
@json_option
def lint_command(folder: Path, today: datetime, language: str, as_json: bool) -> None:
    """Check a library 检查事项库: every mistake with its file and line, and what to do about it."""
    checked = check_folder(folder, today.date())
    if as_json:
        _print_json(checked, language)
    else:
        _print(checked, language)
    if checked.errors:
        raise SystemExit(EXIT_PROBLEMS)


def _print(checked: Checked, language: str) -> None:
    terminal = console()
    if checked.skipped:
        terminal.print(say(language, "skipped-names", names=", ".join(checked.skipped)), soft_wrap=True)
    print_problems(terminal, checked.problems, language, checked.library)
    if checked.problems:
        tally = Counter(problem.severity for problem in checked.problems)
        numbers = {
            key: counted(language, tally[key.removesuffix("s")], key) for key in ("errors", "warnings")
        }
        terminal.print(say(language, "found", **numbers), style="bold")
    if not checked.complete:
        terminal.print(say(language, "shape-first"), soft_wrap=True)
    elif checked.library is not None and not checked.errors:
        key = "no-errors" if checked.problems else "clean"
        terminal.print(say(language, key, counts=_counts_said(checked.library, language)), soft_wrap=True)


def _print_json(checked: Checked, language: str) -> None:
    print_json(
        {
            "problems": [problem_as_dict(problem, language, checked.library) for problem in checked.problems],
            "counts": _counts(checked.library) if checked.library else None,
            "version": checked.library.version if checked.library else None,
            "skipped": list(checked.skipped),
        }
    )


def _counts(library: Library) -> dict[str, int]:
    return {section: len(getattr(library, section)) for section in _COUNTED}


def _counts_said(library: Library, language: str) -> str:
    counts = _counts(library)
    if language == "zh":
        return "、".join(f"{SECTIONS[section][0]} {number}" for section, number in counts.items())
    return ", ".join(counted(language, number, section) for section, number in counts.items())


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a library's files 打印事项库文件的 JSON Schema, for editors."""
    print_json(json_schema())
