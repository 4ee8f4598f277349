"""What many commands take: the library's folder, the language, JSON instead of tables."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.console import Console

import qipan

F = TypeVar("F", bound=Callable[..., Any])
EXIT_PROBLEMS: Final = 1
_OWN_LIBRARY: Final = Path(qipan.__file__).parents[1] / "library"


def own_library() -> Path:
    """The library that this installation runs on."""
    return Path(os.environ.get("QIPAN_LIBRARY") or _OWN_LIBRARY)


def default_language() -> str:
    """English where the terminal's locale is English, Chinese everywhere else."""
    locale = next(
        (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), ""
    )
    return "en" if locale.lower().startswith("en") else "zh"


def library_option(command: F) -> F:
    return click.option(
        "--library",
        "folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=own_library,
        show_default="QIPAN_LIBRARY",
        help="The folder of the library 事项库所在的文件夹.",
    )(command)


def language_option(command: F) -> F:
    return click.option(
        "--lang",
        "language",
        type=click.Choice(["zh", "en"]),
        default=default_language,
        show_default="by locale",
        help="The language of the words 语言.",
    )(command)


def today_option(command: F) -> F:
    return click.option(
        "--today",
        type=click.DateTime(["%Y-%m-%d"]),
        default=lambda: time.strftime("%Y-%m-%d"),
        show_default="the current day",
        help="The day, for grants that end 判断授权是否到期.",
    )(command)


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="JSON instead of words and tables.")(command)


def print_json(value: object) -> None:
    """Print JSON, its keys in the order given; equal values give equal bytes."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def console(*, stderr: bool = False) -> Console:
    """A terminal for words and tables; colour is left out where nobody would see it."""
    return Console(stderr=stderr, highlight=False, emoji=False)
