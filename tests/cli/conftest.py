"""Runs commands as a person would, in English or Chinese."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qipan.faces.cli import main

GOOD = Path(__file__).parents[1] / "libraries" / "good"
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("plan", "marriage", "--json", exit_code=0)`; the library of the same name as the event unless one is given."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(main, list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == exit_code, result.output
        return result

    return call


@pytest.fixture
def run_json(run: Run) -> Callable[..., Any]:
    """The same, with `--json`, and its output read."""

    def call(*arguments: str, exit_code: int = 0) -> Any:
        return json.loads(run(*arguments, "--json", exit_code=exit_code).stdout)

    return call


@pytest.fixture
def library() -> Callable[[str], str]:
    """The folder of a good foreign library, as an option's value."""
    return lambda name: str(GOOD / name)
