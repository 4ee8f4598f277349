"""Every command of `qipan`: its name, where it is, and what it does in a few words.

A command's module is imported when the command is called: to start one costs what that one needs.
"""

from importlib import import_module
from typing import Final, NamedTuple

import click

import qipan
from qipan.faces.cli.speaking import Speaking


class _Place(NamedTuple):
    """Where a command is, below this package; ``words`` are empty for one that people do not call."""

    module: str
    name: str
    words: str


COMMANDS: Final = {
    "plan": _Place("planning", "plan_command", "Plan a life event 推导一件事的办理方案."),
    "explain": _Place("explaining", "explain_command", "Say why a question is asked 说明为什么要填这一项."),
    "graph": _Place("graphing", "graph_command", "Draw a plan as SVG 把办理方案画成图."),
    "lint": _Place("linting", "lint_command", "Check a library 检查事项库."),
    "schema": _Place("linting", "schema_command", "Print the JSON Schema of a library's files."),
    "walls": _Place("walls", "walls_command", "Print who gives what to whom 打印放行规则."),
    "demo": _Place("run.demo", "demo", "Start a sample province on this machine 启动演示."),
    "tour": _Place("tour.command", "tour", "Go through a birth and check it 走完新生儿一件事."),
    "migrate": _Place("run.migrating", "migrate", "Prepare the database and the library 准备数据库."),
    "worker": _Place("run.worker", "worker", "Do later work until stopped 后台处理."),
    "sealer": _Place("run.sealer", "sealer", "Seal the trail until stopped 存证封存."),
    "gateway": _Place("run.gateway", "gateway", "Exchange data with other nodes until stopped 节点网关."),
    "node": _Place("run.joining", "node", "Take part in the exchange between nodes 节点."),
    "demo-node": _Place("run.one_node", "demo_node", ""),
    "receipt": _Place("trail.commands", "receipt", "Print the receipt of an entry of the trail 存证回执."),
    "copy": _Place("trail.commands", "copy_command", "Print the trail, to be checked elsewhere 导出存证."),
    "verify": _Place("trail.commands", "verify", "Check a certificate or the trail 核验证照与存证."),
    "erase": _Place("trail.commands", "erase", "Erase the details of entries for good 清除存证细节."),
    "thin": _Place("trail.commands", "thin", "Thin old heads of the trail 精简旧存证点."),
    "witness": _Place("trail.witness", "witness", "Be a witness of a trail 见证."),
    "rotate": _Place("trail.rotating", "rotate", "Change keys; old signatures stay valid 更换密钥."),
    "watch": _Place("watch.commands", "watch", "Judge how shared data were read 用数监督."),
    "reconcile": _Place("watch.commands", "reconcile", "Compare records with other nodes' 两边对账."),
    "app": _Place("run.apps", "app", "Register apps that people sign in to 单点登录."),
    "official": _Place("run.officials", "official", "Put an official in office 任命工作人员."),
    "key": _Place("run.keys", "key", "Issue and revoke keys of agencies' systems 接口密钥."),
}


class _Commands(Speaking):
    """The commands of the table, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click gives it
        """Name those that people call."""
        return sorted(name for name, place in COMMANDS.items() if place.words)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None where there is none of that name."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        found: click.Command = getattr(import_module(f"{__package__}.{place.module}"), place.name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table, and import nothing for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].words) for name in self.list_commands(ctx)])


@click.group(cls=_Commands)
@click.version_option(qipan.__version__, prog_name="qipan")
def main() -> None:
    """Qipan 棋盘: one form, one plan, one trail."""
