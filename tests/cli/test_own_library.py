"""The sample province's own library, as a person at the command line meets it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.synthetic_library import write_library
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
TODAY = "2026-11-22"  # grants of the library end one day


def test_the_library_is_sound(run_json: Callable[..., Any]) -> None:
    found = run_json("lint", str(ROOT / "library"), "--today", TODAY)
    assert found["problems"] == []
    assert found["counts"]["elements"] >= 120
    assert found["counts"]["resources"] >= 20


def test_a_married_local_mother_is_asked_little(run_json: Callable[..., Any]) -> None:
    plan = run_json("plan", "newborn", "--today", TODAY)
    savings = plan["savings"]
    assert savings["fields"]["before"] >= 60
    assert savings["fields"]["after"] == len(plan["questions"]) <= 12
    assert savings["documents"]["after"] <= 2
    assert savings["working_days"]["after"] <= 5
    assert len(plan["services"]) == 7
    assert plan["problems"] == []


def test_without_the_marriage_register_only_what_it_gave_is_asked(run_json: Callable[..., Any]) -> None:
    usual = {question["field"] for question in run_json("plan", "newborn", "--today", TODAY)["questions"]}
    without = run_json("plan", "newborn", "--today", TODAY, "--without", "marriage")
    given = {
        pair["field"]
        for fetch in run_json("plan", "newborn", "--today", TODAY)["fetches"]
        if fetch["resource"] == "marriage"
        for pair in fetch["facts"]
    }
    asked = {question["field"] for question in without["questions"]}
    assert usual < asked
    assert asked - usual <= given


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_two_runs_are_byte_identical_whatever_the_order_of_hashes(options: list[str]) -> None:
    command = [sys.executable, "-c", "from qipan.faces.cli import main; main()", "plan", "newborn", *options]
    runs = [
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert runs[0]


@pytest.mark.parametrize(
    "event",
    ["newborn", "open_restaurant", "retirement", "school_enrolment", "enterprise_change", "deregistration"],
)
def test_every_event_is_told_and_drawn(run: Run, event: str) -> None:
    assert "Services: " in run("plan", event, "--lang", "en").stdout
    assert run("graph", event).stdout.startswith("<svg")


def test_the_synthetic_library_is_clean(run_json: Callable[..., Any], tmp_path: Path) -> None:
    write_library(tmp_path, 200)
    found = run_json("lint", str(tmp_path))
    assert found["problems"] == []
    assert found["counts"]["services"] == 200
    plan = run_json("plan", "grand", "--library", str(tmp_path))
    assert len(plan["services"]) == 50
    assert plan["problems"] == []
