"""The file grammar of docs/handbook/house.md, each rule with a message that says what to do."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import qipan
from qipan.site.capabilities import CAPABILITIES

ROOT = Path(qipan.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted(Path(__file__).parents[1].rglob("*.py"))
LONGEST = 600  # lines; see also LONG
LONG = 400
DRAWERS = {"common", "helper", "helpers", "misc", "util", "utils"}
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
WITHOUT_USE_CASES = {"ledger"}  # others append to it, within their own
EDGES = {"tasks", "advancing", "prefill"}  # registers are asked between two transactions, which these open
READING = {"models", "queries"}  # the parts that change nothing
WRITTEN = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b")
SQL = re.compile(r"\b(SELECT\b.+\bFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.DOTALL)
HTTP = ("django.http", "django.shortcuts", "django.template", "django.forms", "django.urls", "django.views")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT.parent))


def in_capability(path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] in CAPABILITIES


def grammar_part(path: Path) -> str:
    """`operations` for both operations.py and operations/anything.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if len(parts) > 1 else parts[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def attributes(path: Path) -> Iterator[tuple[int, ast.Attribute]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node


def texts(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


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
def test_reading_changes_nothing(path: Path) -> None:
    if grammar_part(path) not in READING:
        return
    for line, node in attributes(path):
        assert not (node.attr in WRITES and in_tables(node)), (
            f"line {line}: write through a use case in operations.py"
        )
    for line, text in texts(path):
        assert not WRITTEN.search(text), f"line {line}: write through a use case in operations.py"


@pytest.mark.parametrize("path", [one for one in MODULES if not in_capability(one)], ids=name_of)
def test_tables_are_reached_through_their_capability(path: Path) -> None:
    for line, node in attributes(path):
        assert not in_tables(node), f"line {line}: call a query or an operation of the capability"
    if "faces" in path.parts:
        for line, text in texts(path):
            assert not SQL.search(text), f"line {line}: move the statement to queries.py of its capability"


@pytest.mark.parametrize("path", [one for one in MODULES if in_capability(one)], ids=name_of)
def test_http_stays_at_the_edge(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert not str(node.module).startswith(HTTP), (
                f"line {node.lineno}: raise an UnableTo... error; the page answers"
            )
        if isinstance(node, ast.Attribute) and node.attr == "atomic" and grammar_part(path) not in EDGES:
            pytest.fail(f"line {node.lineno}: the transaction is opened at the edge, by the page or the task")


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("*/operations*/**/*.py")) + sorted(ROOT.glob("*/operations.py")), ids=name_of
)
def test_use_cases_take_their_arguments_by_name(path: Path) -> None:
    if path.parent.name in WITHOUT_USE_CASES:
        return
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert len(node.args.args) <= 1, f"line {node.lineno}: begin the arguments of {node.name} with *"


@pytest.mark.parametrize("path", [one for one in MODULES if in_capability(one)], ids=name_of)
def test_an_error_says_what_it_means(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and any(
            ast.unparse(base).endswith(("Exception", "Error")) for base in node.bases
        ):
            assert ast.get_docstring(node), f"line {node.lineno}: the docstring of an error is its message"
