"""`qipan migrate`: makes the database and the library ready."""

import click

from qipan.faces.cli.run.preparing import prepare
from qipan.site import rights
from qipan.site.setup import set_up

ONE_ROLE = (
    "The platform runs as the owner of its tables, and so could empty or change the trail. Give it a role of its own:\n"
    "set QIPAN_OWNER_URL for `qipan migrate` (docs/handbook/settings.md). 平台正以表的所有者身份运行，建议另设角色。"
)


@click.command()
def migrate() -> None:
    """Bring the tables up to date, publish the library, establish the agencies 准备数据库."""
    set_up()
    try:
        click.echo(f"library {prepare()}")
    except rights.UnableToGrant as error:
        raise click.ClickException(str(error)) from error
    if not rights.separate():
        click.echo(ONE_ROLE, err=True)
