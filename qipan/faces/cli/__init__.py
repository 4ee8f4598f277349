"""The command line: qipan."""

from qipan.faces.cli.commands import main

__all__ = ["main"]
