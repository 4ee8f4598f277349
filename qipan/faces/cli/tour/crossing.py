"""What crossed between the nodes during a tour, as each node's own record has it: either end must have put the same calls on record."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from rich.table import Table

from qipan.faces.cli.options import console
from qipan.faces.cli.run.three_nodes import environment_of, home_of_nodes
from qipan.faces.cli.tour.visitor import UnableToGoOn
from qipan.sample.shares import CITY, NODES


class Crossed(NamedTuple):
    """A call as one end has it on record."""

    exchange: str
    side: str
    peer: str
    resource: str
    outcome: str
    case: str


@contextmanager
def crossing(language: str) -> Iterator[None]:
    """Compare, after the block, what both ends recorded meanwhile; raises UnableToGoOn where it is not the same, or nothing came."""
    since = time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime())
    yield
    asked = [one for one in _calls(CITY.name, since) if one.side == "consumer"]
    table = Table("来自" if language == "zh" else "from", "数据" if language == "zh" else "what", "exchange")
    for node in (one for one in NODES if one is not CITY):
        gave = {one.exchange: one for one in _calls(node.name, since) if one.side == "provider"}
        got = [one for one in asked if one.peer == node.name and one.outcome == "ok"]
        _check(node.name, got, gave)
        for one in got:
            table.add_row(
                node.title_zh if language == "zh" else node.title_en, one.resource, one.exchange[:16]
            )
    console().print(table)


def _check(node: str, got: Sequence[Crossed], gave: dict[str, Crossed]) -> None:
    if not got:
        raise UnableToGoOn(f"nothing came from the node {node}")
    if missing := [one.resource for one in got if gave.get(one.exchange) is None]:
        raise UnableToGoOn(f"the node {node} has no record of having given {', '.join(missing)}")


def _calls(node: str, since: str) -> list[Crossed]:
    command = [
        sys.executable,
        "-m",
        "qipan.faces.cli",
        "node",
        "calls",
        "--json",
        "--since",
        since,
    ]
    done = subprocess.run(
        command, env=environment_of(home_of_nodes() / node), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UnableToGoOn(f"the node {node} does not say what it recorded: {done.stderr[-500:]}")
    return [Crossed(**one) for one in json.loads(done.stdout)]
