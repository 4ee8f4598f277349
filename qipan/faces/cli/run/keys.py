"""`qipan key`: the keys by which agencies' own systems act through the API."""

import click
from django.db import transaction
from django.utils import timezone

from qipan.agencies import queries as agencies
from qipan.people import operations as people
from qipan.people import queries
from qipan.people.actors import SYSTEM
from qipan.site.setup import set_up

POST = "系统对接"  # the official as whom a system acts


@click.group()
def key() -> None:
    """Issue and revoke the keys of agencies' own systems 接口密钥."""


@key.command()
@click.argument("agency")
@click.option("--label", required=True, help="Which system it is for.")
@click.option(
    "--service", "services", multiple=True, help="A service that it handles; all, when none is named."
)
def issue(agency: str, label: str, services: tuple[str, ...]) -> None:
    """Issue a key to an AGENCY, such as 330106002.public_security; it is shown this once."""
    set_up()
    if agencies.agency(agency) is None:
        raise click.ClickException(f"There is no agency {agency}. 没有这个部门。")
    with transaction.atomic():
        at = timezone.now()
        official = people.appoint_official(agency=agency, name=label, post=POST, services=services, at=at)
        issued = people.issue_api_key(acting=SYSTEM, official=official, label=label, at=at)
    click.echo(issued)


@key.command(name="list")
@click.argument("agency")
def list_keys(agency: str) -> None:
    """List the keys of an AGENCY, each with the number by which it is revoked."""
    set_up()
    for row in queries.api_keys_of(agency):
        state = f"revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else f"since {row.created_at:%Y-%m-%d}"
        click.echo(f"{row.id}\t{row.label}\t{state}")


@key.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Make the key of this NUMBER worthless from now on."""
    set_up()
    with transaction.atomic():
        people.revoke_api_key(acting=SYSTEM, key=number, at=timezone.now())
