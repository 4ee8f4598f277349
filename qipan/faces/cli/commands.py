"""Every command of `qipan`, by name."""

import click
from django.core.management import call_command

import qipan
from qipan.site.setup import set_up


@click.group()
@click.version_option(qipan.__version__, prog_name="qipan")
def main() -> None:
    """Qipan 棋盘: one form, one plan, one trail."""


@main.command()
def migrate() -> None:
    """Bring the database's tables up to this version."""
    set_up()
    call_command("migrate", verbosity=0)
