"""`qipan app`: agencies' own apps that people sign in to with their account (docs/handbook/accounts.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rich.table import Table

from qipan.accounts import queries
from qipan.accounts.errors import UnknownApp, UnsafeRedirect
from qipan.agencies import queries as agencies
from qipan.faces.cli.options import console, json_option, print_json
from qipan.site.setup import set_up

OPERATIONS = "qipan.accounts.operations"  # needs Django's tables, which are there only once it is set up
NO_AGENCY = "There is no agency {}. 没有这个部门。"
NO_APP = "There is no app {}. 没有这个应用。"
ONCE = "The secret is shown this once; hand it to the app's makers alone. 密钥只显示这一次。"


@click.group()
def app() -> None:
    """Register agencies' apps that people sign in to 单点登录."""


@app.command()
@click.argument("agency")
@click.option("--name-zh", required=True, help="What people know it as, in Chinese.")
@click.option("--name-en", default="", help="In English.")
@click.option(
    "--redirect",
    "redirects",
    multiple=True,
    required=True,
    help="Where it is gone back to, to the letter; may be given again.",
)
@click.option(
    "--sector", default="", help="Apps of one sector know a person under one name; else the agency's."
)
@json_option
def add(
    *, agency: str, name_zh: str, name_en: str, redirects: tuple[str, ...], sector: str, as_json: bool
) -> None:
    """Register an app of an AGENCY, such as 330106.health; its id and its secret are shown this once."""
    set_up()
    if agencies.agency(agency) is None:
        raise click.ClickException(NO_AGENCY.format(agency))
    named = {"agency": agency, "name_zh": name_zh, "name_en": name_en, "sector": sector}
    try:
        with transaction.atomic():
            known = _operations().register_app(**named, redirects=redirects, at=timezone.now())
    except UnsafeRedirect as error:
        raise click.ClickException(f"{error}: {UnsafeRedirect.__doc__} 回跳网址要用 https。") from error
    told = {"issuer": settings.QIPAN_ADDRESS, "client_id": known.id, "client_secret": known.secret}
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        click.echo(f"{name}\t{value}")
    click.echo(ONCE, err=True)


@app.command(name="list")
@json_option
def list_apps(*, as_json: bool) -> None:
    """List the apps that people can sign in to."""
    set_up()
    found = queries.apps()
    if as_json:
        print_json([{**one._asdict(), "created_at": one.created_at.isoformat()} for one in found])
        return
    table = Table("id", "agency 部门", "name 名称", "back to 回跳网址", "sector 范围", box=None)
    for one in found:
        table.add_row(one.id, one.agency, one.name_zh, "\n".join(one.redirects), one.sector)
    console().print(table)


@app.command()
@click.argument("number")
def secret(number: str) -> None:
    """Give the app of this NUMBER another secret; the one before is worth nothing from now on."""
    set_up()
    with _known(number), transaction.atomic():
        click.echo(_operations().renew_secret(app=number, at=timezone.now()))
    click.echo(ONCE, err=True)


@app.command()
@click.argument("number")
def rotate(number: str) -> None:
    """Give the app of this NUMBER another signing key: published at once, used in two hours."""
    set_up()
    with _known(number), transaction.atomic():
        _operations().rotate_key(app=number, at=timezone.now())


@app.command()
@click.argument("number")
def end(number: str) -> None:
    """Let nobody sign in to the app of this NUMBER any more; every consent to it is over."""
    set_up()
    with _known(number), transaction.atomic():
        _operations().end_app(app=number, at=timezone.now())


@contextmanager
def _known(number: str) -> Iterator[None]:
    """Say in words that there is no such app."""
    try:
        yield
    except UnknownApp as error:
        raise click.ClickException(NO_APP.format(number)) from error


def _operations() -> Any:
    return import_module(OPERATIONS)
