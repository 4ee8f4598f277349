"""`qipan tour` ends in results from all seven services, and says so when something is off."""

import os
import subprocess
import sys
from pathlib import Path

QIPAN = [sys.executable, "-m", "qipan.faces.cli"]


def _tour(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"QIPAN_HOME": str(home), "COLUMNS": "160"}
    return subprocess.run(
        [*QIPAN, "tour", *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_the_tour_comes_to_its_end(demo: str, demo_home: Path) -> None:
    told = _tour(demo_home, "--lang", "zh")

    assert told.returncode == 0, told.stderr
    assert "公民身份号码" in told.stdout
    assert "社会保障卡卡号" in told.stdout


def test_the_tour_fails_where_nothing_answers(demo_home: Path, demo: str) -> None:
    told = _tour(demo_home, "--base", "http://127.0.0.1:9")

    assert told.returncode == 1
    assert "127.0.0.1:9" in told.stderr
    assert "Traceback" not in told.stderr
