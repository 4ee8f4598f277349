"""The file grammar of docs/handbook/house.md, each rule with a message that says what to do."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import qipan
from qipan.site.capabilities import CAPABILITIES

ROOT = Path(qipan.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted(Path(__file__).parents[1].rglob("*.py"))
LONGEST = 600  # lines; see also LONG
LONG = 400
DRAWERS = {"base", "common", "helper", "helpers", "misc", "shared", "util", "utils"}
WRITES = {
    "acreate",
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "save",
    "update_or_create",
}
MAY_WRITE = {"operations"}
MAY_READ = {"models", "operations", "queries", "tasks"}
HTTP = ("django.http", "django.shortcuts", "django.template", "django.forms", "django.urls", "django.views")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT.parent))


def in_capability(path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] in CAPABILITIES


def grammar_part(path: Path) -> str:
    """`operations` for both operations.py and operations/anything.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if len(parts) > 1 else parts[0]


def calls(path: Path) -> Iterator[tuple[int, ast.Attribute]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node


def in_tables(node: ast.Attribute) -> bool:
    """Whether the expression goes through a manager: anything.objects.…"""
    return node.attr == "objects" or (isinstance(node.value, ast.Attribute) and in_tables(node.value))


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=name_of)
def test_no_module_is_too_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{lines} lines: split it by what it is about, into modules of at most {LONG}"


def test_long_modules_are_few() -> None:
    long = [name_of(path) for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > LONG]
    assert len(long) <= len(MODULES) // 50, f"too many modules of more than {LONG} lines: {long}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_a_drawer(path: Path) -> None:
    assert path.stem not in DRAWERS, (
        "name the module for what it is about, and put each function where it belongs"
    )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_hides_one_of_the_standard_library(path: Path) -> None:
    assert path.stem not in sys.stdlib_module_names, f"call it something else than Python's own `{path.stem}`"


@pytest.mark.parametrize("path", [one for one in MODULES if in_capability(one)], ids=name_of)
def test_only_queries_and_operations_reach_the_tables(path: Path) -> None:
    part = grammar_part(path)
    for line, node in calls(path):
        if part not in MAY_READ:
            assert not in_tables(node), f"line {line}: read through a function in queries.py"
        if part not in MAY_WRITE and node.attr in WRITES:
            assert not in_tables(node), f"line {line}: write through a use case in operations.py"
        if part not in MAY_WRITE and node.attr == "save":
            pytest.fail(f"line {line}: write through a use case in operations.py")


@pytest.mark.parametrize("path", [one for one in MODULES if "faces" in one.parts], ids=name_of)
def test_pages_reach_no_table(path: Path) -> None:
    for line, node in calls(path):
        assert not in_tables(node), f"line {line}: call a query or an operation of the capability"


@pytest.mark.parametrize("path", [one for one in MODULES if in_capability(one)], ids=name_of)
def test_http_stays_at_the_edge(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not str(node.module).startswith(HTTP), (
                f"line {node.lineno}: raise an UnableTo... error; the page answers"
            )
        if isinstance(node, ast.Attribute) and node.attr == "atomic" and grammar_part(path) != "tasks":
            pytest.fail(f"line {node.lineno}: the transaction is opened at the edge, by the page or the task")


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("*/operations*/**/*.py")) + sorted(ROOT.glob("*/operations.py")), ids=name_of
)
def test_use_cases_take_their_arguments_by_name(path: Path) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert not node.args.args, f"line {node.lineno}: begin the arguments of {node.name} with *"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_errors_are_named_for_what_could_not_be_done(path: Path) -> None:
    if not in_capability(path):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and any(
            ast.unparse(base) in {"Exception", "ValueError"} for base in node.bases
        ):
            assert node.name.startswith("UnableTo"), f"line {node.lineno}: call it UnableTo…"
            assert ast.get_docstring(node), f"line {node.lineno}: its docstring is its message"
