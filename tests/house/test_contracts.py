"""Every package has its floor, and the core needs nothing but Python."""

import ast
import configparser
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import qipan
from qipan import faces
from qipan.site.capabilities import CAPABILITIES

ROOT = Path(qipan.__file__).parent
CORE = sorted((ROOT / "core").rglob("*.py"))
# What reads a clock, rolls dice or touches the machine. In the core, all of these are arguments.
IMPURE = {
    "asyncio",
    "io",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "threading",
    "time",
    "uuid",
}


def test_every_package_is_on_a_floor() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT.parent / ".importlinter", encoding="utf-8")
    floors = contracts["importlinter:contract:floors"]["layers"].replace("|", " ").split()
    packages = {f"qipan.{one.name}" for one in pkgutil.iter_modules(qipan.__path__)} - {"qipan.faces"}
    packages |= {f"qipan.faces.{one.name}" for one in pkgutil.iter_modules(faces.__path__)}
    assert packages == set(floors), "Name each package in the contract [floors] of .importlinter."


def test_every_capability_has_its_models_and_tasks_found() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT.parent / ".importlinter", encoding="utf-8")
    named = contracts["importlinter:contract:http-stays-at-the-edge"]["source_modules"].split()
    assert [f"qipan.{one}" for one in CAPABILITIES] == named


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write imports in full"
            yield str(node.module)


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_core_needs_only_the_standard_library(path: Path) -> None:
    for name in imported(path):
        top = name.split(".")[0]
        assert name.startswith("qipan.core") or top in sys.stdlib_module_names, f"{path.name} imports {name}"
        assert top not in IMPURE, f"{path.name} imports {name}: pass what it would give as an argument"
