"""`qipan official`: the first manager of an agency, who gives all other posts at the desk."""

from importlib import import_module

import click
from django.db import transaction
from django.utils import timezone

from qipan.agencies import queries as agencies
from qipan.core.posts import Power
from qipan.people.operations import POSTS
from qipan.posts.errors import UnableToChangePosts
from qipan.site.setup import set_up


@click.command()
@click.argument("agency")
@click.argument("number")
@click.option(
    "--power", type=click.Choice([one.value for one in Power]), default=str(Power.MANAGER), show_default=True
)
@click.option("--title", default="", help="What the post is called.")
def official(agency: str, number: str, power: str, title: str) -> None:
    """Put somebody real-named, with this citizen identity NUMBER, in a post of an AGENCY 任命工作人员."""
    set_up()
    if agencies.agency(agency) is None:
        raise click.ClickException(f"There is no agency {agency}. 没有这个部门。")
    carried = Power(power)
    operations = import_module("qipan.posts.operations")
    try:
        with transaction.atomic():
            found = operations.put_in_office(
                agency=agency,
                id_number=number,
                title=title or POSTS.get(carried, power),
                powers=[carried],
                at=timezone.now(),
            )
    except UnableToChangePosts as error:
        raise click.ClickException(f"{type(error).__doc__} 没有办成。") from error
    click.echo(f"official {found} 已任命")
