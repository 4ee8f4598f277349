"""`qipan demo --nodes 3`: a provincial hub, a city and the hospitals on this machine, each with processes, database and keys of its own.

One embedded PostgreSQL serves three databases: a cluster for each would take three times the memory and the start, and would keep
nothing apart here that databases do not, as whoever runs the demo owns them all. Nodes share nothing else but the folder they are in.
"""

import os
import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click
from django.conf import settings
from django.utils import timezone

from qipan.adapters import embedded_postgres
from qipan.adapters.seals import PrivateKey, Suite, key_files
from qipan.catalogue.library import load_library
from qipan.core.nodes import Node, NodeKey, introduction
from qipan.exchange.trust import signer_of, written_key
from qipan.faces.cli.options import console
from qipan.faces.cli.run.children import Child, Family
from qipan.faces.cli.run.sample_grants import agreed
from qipan.faces.cli.run.starting import HOST, free_port, free_ports, step, wait_until
from qipan.sample import seeding
from qipan.sample.shares import CITY, HUB, NODES, SampleNode
from qipan.site.server import collect_static_files
from qipan.site.setup import set_up

SIZES = ("1", "3")
FOLDER = "nodes"
ENV = "env"  # what a node's operator reads into a shell before `qipan …`
SUITE = Suite.SM2
KEY_HOLDS = timedelta(days=2 * 365)
READY_SECONDS = 1200  # on a slow machine; a node that fails ends, which is seen at once
PORTS = 10  # between the pages' port and the gateways'


class Placed(NamedTuple):
    """A node and where its parts answer, by port."""

    node: SampleNode
    home: Path
    site: int
    public: int
    inside: int

    @property
    def address(self) -> str:
        """Where other nodes reach it."""
        return f"http://{HOST}:{self.public}"

    @property
    def pages(self) -> str:
        """Where people reach it."""
        return f"http://{HOST}:{self.site}"

    @property
    def ready(self) -> bool:
        """Whether it says so."""
        return (self.home / "demo-address").exists()

    def environment(self, cluster: Path) -> dict[str, str]:
        """What its processes are told."""
        database = f"node_{self.node.name}"
        return {
            "QIPAN_HOME": str(self.home),
            "DATABASE_URL": embedded_postgres.url(cluster, database, embedded_postgres.PLATFORM),
            "QIPAN_OWNER_URL": embedded_postgres.url(cluster, database),
            "QIPAN_NODE": self.node.name,
            "QIPAN_DIVISION": self.node.division,
            "QIPAN_GATEWAY": f"http://{HOST}:{self.inside}",
            "QIPAN_TRAIL_ORIGIN": f"{self.node.name}.qipan.example/trail",
            "QIPAN_ADDRESS": self.pages,
            "QIPAN_WORKERS": "1",
        }


def run_nodes(port: int) -> None:
    """Run the nodes until Ctrl-C; `ready` says where to look."""
    with serving_nodes(port) as (placed, family):
        _say_where(placed)
        family.watch()


@contextmanager
def serving_nodes(port: int) -> Iterator[tuple[Sequence[Placed], Family]]:
    """Start all nodes, and wait until each is ready; they end with the block."""
    if os.environ.get("DATABASE_URL"):
        raise click.ClickException(
            "NODES=3 keeps its databases itself: unset DATABASE_URL. 请取消 DATABASE_URL。"
        )
    cluster = home_of_nodes()
    os.environ["QIPAN_HOME"] = str(cluster)
    start = time.monotonic()
    with step("PostgreSQL"):
        set_up()
    with step("style sheets 样式"):
        collect_static_files()
    placed = _placed(cluster, port)
    family = Family(_children(placed, cluster))
    try:
        family.start()
        for one in placed:
            with step(f"the node {one.node.name} {one.node.title_zh}"):
                ready = partial(_is_ready, one, placed, family)
                wait_until(ready, f"The node {one.node.name} is not ready", READY_SECONDS)
        console(stderr=True).print(f"  three nodes in {time.monotonic() - start:.1f} s")
        yield placed, family
    finally:
        family.stop()
        for one in placed:
            (one.home / "demo-address").unlink(missing_ok=True)


def home_of_nodes() -> Path:
    """The folder of the nodes, in the home that the environment names; it is the home of their PostgreSQL."""
    home = Path(os.environ.get("QIPAN_HOME") or ".qipan").absolute()
    return home if home.name == FOLDER else home / FOLDER


def environment_of(home: Path) -> dict[str, str]:
    """What a node's operator has in the environment, as the file ``env`` in its home says; raises FileNotFoundError."""
    lines = (home / ENV).read_text(encoding="utf-8").splitlines()
    said = (line.removeprefix("export ").partition("=") for line in lines)
    return os.environ | {key: shlex.split(value)[0] for key, _, value in said}


def address_of(name: str) -> str:
    """Where the pages of a running node are; empty where it does not run."""
    note = home_of_nodes() / name / "demo-address"
    return note.read_text(encoding="utf-8") if note.exists() else ""


def _placed(cluster: Path, port: int) -> list[Placed]:
    sites = free_ports(port, len(NODES))
    gates = free_ports(max(sites) + PORTS, 2 * len(NODES))
    placed = [
        Placed(one, cluster / one.name, sites[place], gates[2 * place], gates[2 * place + 1])
        for place, one in enumerate(NODES)
    ]
    for one in placed:
        one.home.mkdir(parents=True, exist_ok=True)
        (one.home / "demo-address").unlink(missing_ok=True)
        _share_static(one.home, cluster)
        embedded_postgres.create_database(cluster, f"node_{one.node.name}")
        said = [f"export {key}={shlex.quote(value)}" for key, value in one.environment(cluster).items()]
        (one.home / ENV).write_text("\n".join(said) + "\n", encoding="utf-8")
    _agree(placed, cluster)
    return placed


def _share_static(home: Path, cluster: Path) -> None:
    """Style sheets are the same everywhere, and compressed once."""
    link = home / "static"
    if not link.is_symlink():
        link.symlink_to(cluster / "static")


def _agree(placed: Sequence[Placed], cluster: Path) -> None:
    """Introduce the nodes to the hub, and have what their officials agreed on signed by both sides."""
    keys = {one.node.name: _key(one.home) for one in placed}
    for one in placed:
        (cluster / f"{one.node.name}.introduction.json").write_bytes(introduction(_introduced(one, keys)))
    loaded = load_library(settings.QIPAN_LIBRARY)
    if loaded.library is None:
        raise click.ClickException(
            "The library cannot be read; `qipan lint` says why. 事项库有误，请运行 qipan lint。"
        )
    agreed(cluster / "grants.json", loaded.library, keys, timezone.now())


def _key(home: Path) -> PrivateKey:
    return key_files.read_or_make(home / "keys" / f"gateway-{SUITE}.pem", SUITE)


def _introduced(one: Placed, keys: Mapping[str, PrivateKey]) -> Node:
    begins = timezone.now().replace(microsecond=0) - timedelta(minutes=1)
    key = NodeKey(str(SUITE), keys[one.node.name].public.raw, begins, begins + KEY_HOLDS)
    return Node(one.node.name, one.node.title_zh, one.node.title_en, one.address, one.node.zone, (key,))


def _children(placed: Sequence[Placed], cluster: Path) -> list[Child]:
    service = free_port(seeding.SERVICE_PORT)
    hub = next(one for one in placed if one.node is HUB)
    signer = written_key(signer_of(hub.home).public)
    return [
        Child(
            f"the node {one.node.name}",
            "qipan.faces.cli",
            (
                *("demo-node", one.node.name, "--site", str(one.site), "--public", str(one.public)),
                *("--hub", hub.address, "--signer", signer, "--service", str(service)),
            ),
            environment={**os.environ, **one.environment(cluster)},
            log=one.home / "log",
            revived=False,
        )
        for one in placed
    ]


def _is_ready(wanted: Placed, placed: Sequence[Placed], family: Family) -> bool:
    """Whether a node is; raises ClickException, after its words, where one of them ended."""
    for one, child in zip(placed, family.children, strict=True):
        if child.process is None or child.process.poll() is not None:
            said = (one.home / "log").read_text(encoding="utf-8", errors="replace")
            sys.stderr.write(said[-3000:])
            raise click.ClickException(
                f"The node {one.node.name} ended; its words are above. 节点已退出，原因见上。"
            )
    return wanted.ready


def _say_where(placed: Sequence[Placed]) -> None:
    said = "".join(
        f"  [bold]{one.node.title_zh}[/bold] {one.node.title_en}\n"
        f"    for people 群众             {one.pages}/\n"
        f"    for officials 工作人员      {one.pages}/desk/\n"
        f"    for data sharing 数据共享   {one.pages}/desk/sign-in?q=数据共享\n"
        f"    for its operator 运维       source {one.home / ENV}; .venv/bin/qipan node list\n"
        f"    its words 日志              {one.home / 'log'}\n"
        for one in placed
    )
    city = next(one for one in placed if one.node is CITY)
    console().print(
        f"\n[bold]Qipan 棋盘[/bold]   three nodes, each for itself\n\n{said}\n"
        "  Sign in at the city as 林晓雯: her birth record comes from the hospitals,\n"
        f"  her household from the province.   {city.pages}/\n\n"
        "  `make tour NODES=3` in another terminal goes through her child's birth and checks what crossed.\n"
        "  Ctrl-C stops all.\n",
        soft_wrap=True,
    )
