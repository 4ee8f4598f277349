"""`qipan watch` and `qipan reconcile`: what the worker does every few minutes, at once."""

from importlib import import_module

import click
from django.conf import settings
from django.utils import timezone
from rich.table import Table

from qipan.faces.cli.options import EXIT_PROBLEMS, console, json_option, language_option, print_json
from qipan.site.setup import set_up

TASKS = "qipan.watch.tasks"  # needs Django's tables, which are there only once it is set up
NO_NODE = ("请用 QIPAN_NODE 写明本节点的名称。", "Set QIPAN_NODE to this node's name.")
HEADINGS = (("节点", "node"), ("已对到", "compared until"), ("相符", "calls that met"), ("新发现", "new findings"), ("未对成", "not compared"))  # fmt: skip
FOUND = (
    "新发现 {count} 件，请审计员到工作台“审计”处理。",
    "{count} new findings wait for an auditor at the desk.",
)
NOBODY = ("没有要对账的节点。", "There is no node to compare with.")


@click.command()
@json_option
@language_option
def watch(*, as_json: bool, language: str) -> None:
    """Judge what was read since the last time 用数监督."""
    set_up()
    raised = import_module(TASKS).watch_once(timezone.now())
    if as_json:
        print_json([{"id": str(one.id), "kind": one.kind, "score": one.score} for one in raised])
    else:
        click.echo(FOUND[language == "en"].format(count=len(raised)))


@click.command()
@click.option("--peer", default="", help="Compare with this node alone.")
@json_option
@language_option
def reconcile(*, peer: str, as_json: bool, language: str) -> None:
    """Compare our records of calls with other nodes' 两边对账; ends with 1 where something new was found."""
    set_up()
    english = language == "en"
    if not settings.QIPAN_NODE:
        raise click.ClickException(NO_NODE[english])
    met = import_module(TASKS).reconcile_once(timezone.now(), only=peer)
    if as_json:
        print_json([{**one._asdict(), "until": one.until and one.until.isoformat()} for one in met])
    elif met:
        table = Table(*(each[english] for each in HEADINGS), box=None)
        for one in met:
            until = timezone.localtime(one.until).strftime("%Y-%m-%d %H:%M") if one.until else "–"
            table.add_row(one.peer, until, str(one.met), str(one.new), one.silent)
        console().print(table)
    else:
        click.echo(NOBODY[english])
    if any(one.new for one in met):
        raise SystemExit(EXIT_PROBLEMS)
