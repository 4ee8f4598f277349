"""Every command of `qipan`, by name."""

import click

import qipan
from qipan.faces.cli.explaining import explain_command
from qipan.faces.cli.graphing import graph_command
from qipan.faces.cli.linting import lint_command, schema_command
from qipan.faces.cli.planning import plan_command
from qipan.faces.cli.run.commands import migrate, sealer, worker
from qipan.faces.cli.run.demo import demo
from qipan.faces.cli.run.gateway import gateway
from qipan.faces.cli.run.joining import node
from qipan.faces.cli.run.keys import key
from qipan.faces.cli.run.one_node import demo_node
from qipan.faces.cli.speaking import Speaking
from qipan.faces.cli.tour.command import tour
from qipan.faces.cli.trail.commands import copy_command, erase, receipt, thin, verify
from qipan.faces.cli.trail.rotating import rotate
from qipan.faces.cli.trail.witness import witness
from qipan.faces.cli.walls import walls_command
from qipan.faces.cli.watch.commands import reconcile, watch


@click.group(cls=Speaking)
@click.version_option(qipan.__version__, prog_name="qipan")
def main() -> None:
    """Qipan 棋盘: one form, one plan, one trail."""


for command in (
    plan_command,
    explain_command,
    graph_command,
    lint_command,
    schema_command,
    walls_command,
    demo,
    tour,
    migrate,
    worker,
    sealer,
    gateway,
    node,
    demo_node,
    receipt,
    copy_command,
    verify,
    erase,
    thin,
    witness,
    rotate,
    watch,
    reconcile,
    key,
):
    main.add_command(command)
