"""Libraries of other places: the sound are planned, the broken are refused with code, file, line and a sentence in both languages.

Each broken library says at its head what is to be said of it, and marks the line at fault with ``<- here``.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

LIBRARIES = Path(__file__).parents[1] / "libraries"
BROKEN = sorted((LIBRARIES / "broken").iterdir(), key=lambda folder: folder.name)
GOOD = sorted((LIBRARIES / "good").iterdir(), key=lambda folder: folder.name)


def marked(text: str, mark: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if line.endswith(f"<- {mark}")]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("folder", BROKEN, ids=lambda folder: folder.name)
def test_a_broken_library_is_refused(run_json: Callable[..., Any], folder: Path, language: str) -> None:
    file = folder / "library.yaml"
    text = file.read_text(encoding="utf-8")
    problems = run_json("lint", str(folder), "--lang", language, exit_code=1)["problems"]
    errors = [problem for problem in problems if problem["severity"] == "error"]
    assert {problem["code"] for problem in errors} == {text.splitlines()[0].removeprefix("# ")}
    assert {problem["file"] for problem in errors} == {str(file)}
    assert {problem["line"] for problem in errors} == set(marked(text, "here"))
    related = sorted(place for problem in errors for place in problem["related"])
    assert related == [f"{file}:{line}" for line in marked(text, "see also")]
    sentences = re.findall(rf"^# {language}: (.*)$", text, re.MULTILINE)
    assert [problem["sentence"] for problem in errors] == sentences


@pytest.mark.parametrize("folder", BROKEN, ids=lambda folder: folder.name)
def test_a_broken_library_is_not_planned(run: Run, folder: Path) -> None:
    said = run("plan", "settling", "--library", str(folder), exit_code=1)
    assert str(folder / "library.yaml") in said.stderr
    assert not said.stdout


@pytest.mark.parametrize("folder", GOOD, ids=lambda folder: folder.name)
def test_a_sound_library_is_planned(run: Run, run_json: Callable[..., Any], folder: Path) -> None:
    assert not [one for one in run_json("lint", str(folder))["problems"] if one["severity"] == "error"]
    plan = run_json("plan", folder.name, "--library", str(folder))
    assert plan["problems"] == []
    assert plan["savings"]["fields"]["after"] < plan["savings"]["fields"]["before"]
    for field in [question["field"] for question in plan["questions"]]:
        run("explain", folder.name, field, "--library", str(folder))


def test_every_code_of_the_handbook_has_a_broken_library() -> None:
    handbook = (LIBRARIES.parents[1] / "docs" / "handbook" / "library.md").read_text(encoding="utf-8")
    table = handbook.partition("## What the check refuses")[2].partition("\n## ")[0]
    codes = set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))
    shown = {
        (folder / "library.yaml").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        for folder in BROKEN
    }
    assert codes == shown
