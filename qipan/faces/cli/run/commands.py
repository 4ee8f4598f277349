"""`qipan migrate` and `qipan worker`."""

import click

from qipan.faces.cli.run.preparing import prepare
from qipan.faces.cli.run.worker import work
from qipan.site.setup import set_up


@click.command()
def migrate() -> None:
    """Bring the tables up to date, publish the library, establish the agencies 准备数据库."""
    set_up()
    click.echo(f"library {prepare()}")


@click.command()
def worker() -> None:
    """Do later work until stopped: look-ups, ready cases, automatic decisions 后台处理."""
    work()
