"""`qipan graph`: the plan as a drawing, to a file or to the next command."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run

Library = Callable[[str], str]


@pytest.mark.parametrize("options", [[], ["--narrow"], ["--lang", "en"]])
def test_a_drawing_is_written(run: Run, library: Library, tmp_path: Path, options: list[str]) -> None:
    run("graph", "marriage", "--library", library("marriage"), "-o", str(tmp_path / "plan.svg"), *options)
    root = ET.parse(tmp_path / "plan.svg").getroot()  # noqa: S314 - our own drawing
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    title = "Getting married" if "en" in options else "结婚一件事"
    assert root.findtext("{http://www.w3.org/2000/svg}title") == title


def test_without_a_file_the_drawing_is_printed(run: Run, library: Library) -> None:
    drawing = run("graph", "marriage", "--library", library("marriage")).stdout
    assert drawing.startswith("<svg ")
    assert drawing == run("graph", "marriage", "--library", library("marriage")).stdout
