"""A command costs what it needs: none of what others need is loaded for it."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from qipan.faces.cli.commands import COMMANDS, main

HEAVY = (
    "django",
    "psycopg",
    "sqlalchemy",
    "polars",
    "httpx",
    "pydantic",
    "cryptography",
    "pyhanko",
    "fpdf",
    "granian",
)
LOADED = f"""
import sys
from qipan.faces.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)
"""
GOOD = Path(__file__).parents[1] / "libraries" / "good" / "marriage"


@pytest.mark.parametrize(
    "arguments", [["--help"], ["plan", "marriage", "--library", str(GOOD)], ["lint", str(GOOD)]], ids=" ".join
)
def test_what_reads_declarations_loads_no_platform(arguments: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True
    )
    assert ran.stderr.split() == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_the_table_says(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert command.hidden is not bool(COMMANDS[name].words)


def test_every_command_is_found_before_the_platform_is_set_up() -> None:
    finding = """
import click
from qipan.faces.cli.commands import COMMANDS, main
print(*(main.get_command(click.Context(main), name).name for name in COMMANDS))
"""
    ran = subprocess.run([sys.executable, "-c", finding], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == list(COMMANDS)
