"""`qipan demo-node`: one of the nodes that `qipan demo --nodes 3` runs: its part of the sample, its pages, worker and gateway."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import click
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from qipan.adapters import embedded_postgres
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library
from qipan.core.nodes import read_introduction
from qipan.exchange import operations, queries
from qipan.exchange.trust import Trust, read_key, write_trust
from qipan.faces.cli.run import gateway
from qipan.faces.cli.run.children import Child, Family
from qipan.faces.cli.run.joining import admit_all, is_listed
from qipan.faces.cli.run.preparing import (
    EVERY,
    admit_cast,
    appoint_officials,
    appoint_sharers_of,
    prepare,
    watching_at,
)
from qipan.faces.cli.run.sample_grants import read_agreed
from qipan.faces.cli.run.sample_seals import make_seals
from qipan.faces.cli.run.starting import HOST, step, wait_for, wait_until
from qipan.sample import seeding
from qipan.sample.province import cast
from qipan.sample.shares import HUB, NODES, SampleNode, elsewhere
from qipan.site.setup import set_up

JOIN_SECONDS = 120


@click.command(hidden=True, name="demo-node")
@click.argument("name", type=click.Choice([one.name for one in NODES]))
@click.option("--site", type=int, required=True)
@click.option("--public", type=int, required=True)
@click.option("--hub", required=True)
@click.option("--signer", required=True)
@click.option("--service", type=int, required=True)
@click.option("--prepare-only", is_flag=True)
def demo_node(
    *, name: str, site: int, public: int, hub: str, signer: str, service: int, prepare_only: bool
) -> None:
    """Run one node of the sample until stopped."""
    set_up()
    node = next(one for one in NODES if one.name == name)
    if prepare_only:
        _prepare(node, service, Trust(read_key(signer), hub))
        return
    # In a process of its own, which takes with it the memory of the whole sample.
    subprocess.run([sys.executable, "-m", "qipan.faces.cli", *sys.argv[1:], "--prepare-only"], check=True)
    family = Family(_children(node, site, public, service))
    note = settings.QIPAN_HOME / "demo-address"
    try:
        family.start()
        wait_for(f"http://{HOST}:{site}/")
        _join()
        note.write_text(f"http://{HOST}:{site}", encoding="utf-8")
        family.watch()
    finally:
        note.unlink(missing_ok=True)
        family.stop()


def _prepare(node: SampleNode, service: int, trust: Trust) -> None:
    library = _prepared(node)
    with step("agencies' registers 部门业务库"):
        _seed(node, library, service)
    if node is HUB:
        admit_all([read_introduction(path.read_bytes()) for path in _folder().glob("*.introduction.json")])
    else:
        write_trust(settings.QIPAN_HOME, trust)


def _prepared(node: SampleNode) -> Library:
    with step("tables, library, agencies 建表、发布事项库、设立机构"):
        number = prepare()
    library = catalogue.library(number)
    with step("sample residents and officials 样例居民与工作人员"):
        admit_cast(cast())
        appoint_officials(library, node.division, node.kinds or EVERY)
        appoint_sharers_of(node, library)
        make_seals(library, node.places, watching_at(node.places[0]))
    return library


def _seed(node: SampleNode, library: Library, service_port: int) -> None:
    seeding.seed_registers(
        settings.QIPAN_HOME,
        partial(embedded_postgres.create_database, _folder()),
        library,
        timezone.localdate(),
        f"http://{HOST}:{service_port}",
        elsewhere=elsewhere(node, seeding.registers_of(library)),
    )


def _folder() -> Path:
    """The folder of all nodes of the demo, which is the home of their PostgreSQL."""
    found: Path = settings.QIPAN_HOME.parent
    return found


def _children(node: SampleNode, site: int, public: int, service_port: int) -> list[Child]:
    home, inside = str(settings.QIPAN_HOME), urlsplit(settings.QIPAN_GATEWAY).port
    service = Child(
        "the registers' service",
        "qipan.sample.register_service",
        ("--port", str(service_port), "--home", home),
    )
    return [
        *(
            [service, Child("the courier", gateway.COURIER)] if node is HUB else []
        ),  # what is subscribed to is there
        Child("the gateway's inside", gateway.MODULE, ("--side", "inside", "--port", str(inside))),
        Child("the public gateway", gateway.MODULE, ("--side", "public", "--port", str(public))),
        Child("the worker", "qipan.faces.cli", ("worker",), nice=settings.QIPAN_WORKER_NICE),
        Child("the site", "qipan.site.server", ("--port", str(site))),
    ]


def _join() -> None:
    """Wait until the gateway fetched a list that names all nodes as they are now, then take what their officials agreed on."""
    with step("list of nodes 节点名单"):
        wait_until(_knows_all, "The list of nodes did not come", JOIN_SECONDS)
    with step("grants 授权"), transaction.atomic():
        for one in read_agreed(_folder() / "grants.json"):
            parties = json.loads(one.document)
            if settings.QIPAN_NODE in {parties["provider"]["node"], parties["consumer"]["node"]}:
                operations.issue_grant(document=one.document, signatures=one.signatures, at=timezone.now())
    connection.close()


def _knows_all() -> bool:
    """Whether the list that we have gives each node the address and the key with which it introduced itself."""
    found = queries.node_list()
    said = [read_introduction(path.read_bytes()) for path in _folder().glob("*.introduction.json")]
    listed = found.nodes if found else {}
    connection.close()
    return is_listed() and all(
        one.name in listed
        and listed[one.name].address == one.address
        and {key.id for key in listed[one.name].keys} == {key.id for key in one.keys}
        for one in said
    )
