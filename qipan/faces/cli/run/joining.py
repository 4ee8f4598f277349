"""`qipan node`: a node introduces itself, is admitted at the hub, and joins by being given the key of the list's signer."""

from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import click
import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rich.table import Table

from qipan.adapters.seals import Suite, key_files
from qipan.core.nodes import Node, NodeKey, NotANodeList, introduction, read_introduction
from qipan.exchange import operations, queries, streams
from qipan.exchange.trust import NotAKey, Trust, read_key, read_trust, signer_of, write_trust, written_key
from qipan.faces.cli.options import console, json_option, language_option, print_json
from qipan.faces.look.exchange_words import refusal_said
from qipan.site.setup import set_up

KEY_HOLDS = timedelta(days=2 * 365)
HUB_SECONDS = 10
TRAVELLING = "qipan.faces.gateway.travelling"
FLOWS = ("way", "node", "resource", "mode", "state", "rows")
BROUGHT = frozenset({"ok", "none", "taken-before"})
NAMED_BY = 16  # hexadecimal digits of a call's exchange hash
SHOWN = ("exchange", "side", "peer", "resource", "outcome", "case")


@click.group()
def node() -> None:
    """Take part in the exchange between nodes 节点."""


@node.command()
@click.option("--address", required=True, help="The base URL at which other nodes reach this one's gateway.")
@click.option("--title-zh", required=True, help="What it is called in Chinese.")
@click.option("--title-en", required=True, help="What it is called in English.")
@click.option(
    "--zone",
    default="inside",
    show_default=True,
    help="Where it stands to a province: upward, downward, inside.",
)
def introduce(address: str, title_zh: str, title_en: str, zone: str) -> None:
    """Print what the hub must know of this node, which QIPAN_NODE names; its key is made when it is missing."""
    set_up()
    _named()
    click.echo(introduction(this_node(address, title_zh, title_en, zone, timezone.now())).decode())


@node.command()
@click.argument(
    "introductions", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def admit(introductions: tuple[Path, ...]) -> None:
    """At the hub, sign a list of nodes with those of these INTRODUCTIONS in it, once their operators said the same of them."""
    set_up()
    try:
        nodes = [read_introduction(path.read_bytes()) for path in introductions]
    except NotANodeList as error:
        raise click.ClickException("This is no introduction of a node. 这不是节点的自我介绍。") from error
    number = admit_all(nodes)
    click.echo(f"list {number}" if number else "nothing to change")


@node.command()
@click.argument("names", nargs=-1, required=True)
def strike(names: tuple[str, ...]) -> None:
    """At the hub, sign a list of nodes without those of these NAMES."""
    set_up()
    number = admit_all([], struck=names)
    click.echo(f"list {number}" if number else "nothing to change")


@node.command()
def signer() -> None:
    """Print the key that signs the list, at the hub; hand it to the operators of nodes that join."""
    set_up()
    click.echo(written_key(signer_of(settings.QIPAN_HOME).public))


@node.command()
@click.argument("key")
@click.argument("hub")
def join(key: str, hub: str) -> None:
    """Trust the list of nodes that KEY signs, and fetch it from the gateway of the HUB, now and from now on."""
    set_up()
    _named()
    try:
        trust = Trust(read_key(key), hub.rstrip("/"))
    except NotAKey as error:
        raise click.ClickException(f"{NotAKey.__doc__} 密钥写法不对。") from error
    write_trust(settings.QIPAN_HOME, trust)
    travelling = import_module(TRAVELLING)  # it needs Django's tables
    try:
        body = (
            httpx.get(trust.hub + travelling.PATH, timeout=HUB_SECONDS, trust_env=False)
            .raise_for_status()
            .content
        )
    except httpx.HTTPError as error:
        raise click.ClickException(
            f"The hub does not answer yet; the gateway will ask it again. 枢纽暂时没有回答。 {error}"
        ) from error
    travelling.take_documents(body, trust, timezone.now(), settings.QIPAN_NODE)
    if not is_listed():
        raise click.ClickException(
            "The hub's list does not name this node, or is signed by another key. 名单里没有本节点。"
        )
    click.echo("joined 已加入")


@node.command(name="list")
def list_nodes() -> None:
    """List the nodes that this one knows of, and what it knows each to hold."""
    set_up()
    found = queries.node_list()
    if found is None:
        raise click.ClickException("There is no list of nodes yet. 还没有节点名单。")
    held = {one.node: one for one in queries.catalogues()}
    table = Table(
        "node 节点",
        "address 地址",
        "keys 密钥",
        "resources 资源",
        title=f"list {found.number}, until {found.ends:%Y-%m-%d}",
    )
    for one in found.nodes.values():
        catalogue = held.get(one.name)
        number = f"{len(catalogue.resources)} (v{catalogue.number})" if catalogue else "—"
        table.add_row(f"{one.name} {one.title_zh}", one.address, " ".join(key.id for key in one.keys), number)
    console().print(table)


@node.command()
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="From when on; else of the last day."
)
@json_option
@language_option
def calls(since: datetime | None, *, as_json: bool, language: str) -> None:
    """List the calls that this node made or answered, and why one was refused; either end of one has the same name in the first column."""
    set_up()
    found = queries.calls_since(since or timezone.now() - timedelta(days=1))
    if as_json:
        print_json([{name: getattr(one, name) for name in SHOWN} for one in found])
        return
    for one in found:
        console().print(_line(one, language), soft_wrap=True, highlight=False)


def _line(call: queries.RecordedCall, language: str) -> str:
    """A call on a line of its own, its moment in local time, with what its outcome means where it brought nothing."""
    at = f"{timezone.localtime(call.at):%Y-%m-%d %H:%M:%S}"
    means = "" if call.outcome in BROUGHT else f"  {refusal_said(call.outcome).say(language)}"
    arrow = "→" if call.side == "consumer" else "←"
    return f"{call.exchange[:NAMED_BY]}  {at}  {arrow} {call.peer:10} {call.resource or '—'}  {call.case or '—'}  {call.outcome}{means}"


@node.command(name="streams")
@json_option
def list_streams(as_json: bool) -> None:
    """List what this node sends by itself, and what is sent to it: subscriptions and batches."""
    set_up()
    found = [("sends", one.peer, one.resource, one.mode, one.state, one.rows) for one in streams.running()]
    found += [
        ("has", one.peer, one.resource, one.mode, one.state, streams.in_store(one.id))
        for one in streams.arriving()
    ]
    if as_json:
        print_json([dict(zip(FLOWS, one, strict=True)) for one in found])
        return
    table = Table(*FLOWS)
    for one in found:
        table.add_row(*map(str, one))
    console().print(table)


def this_node(address: str, title_zh: str, title_en: str, zone: str, at: datetime) -> Node:
    """This node with its key; the name is that of QIPAN_NODE."""
    suite = Suite(settings.QIPAN_GATEWAY_SUITE)
    key = key_files.read_or_make(settings.QIPAN_HOME / "keys" / f"gateway-{suite}.pem", suite)
    begins = at.replace(microsecond=0)
    own = NodeKey(str(suite), key.public.raw, begins, begins + KEY_HOLDS)
    return Node(settings.QIPAN_NODE, title_zh, title_en, address.rstrip("/"), zone, (own,))


def admit_all(nodes: list[Node], struck: tuple[str, ...] = ()) -> int:
    """Sign the next list; its number, or 0 where nothing changes."""
    with transaction.atomic():
        made = operations.admit_nodes(
            nodes=nodes, struck=struck, signer=signer_of(settings.QIPAN_HOME), at=timezone.now()
        )
    return made.number if made else 0


def is_listed() -> bool:
    """Whether the list that we have names this node, with the key that it has."""
    found, trust = queries.node_list(), read_trust(settings.QIPAN_HOME)
    own = found.nodes.get(settings.QIPAN_NODE) if found and trust else None
    suite = Suite(settings.QIPAN_GATEWAY_SUITE)
    raw = key_files.read_or_make(settings.QIPAN_HOME / "keys" / f"gateway-{suite}.pem", suite).public.raw
    return own is not None and any(one.raw == raw for one in own.keys)


def _named() -> None:
    if not settings.QIPAN_NODE:
        raise click.ClickException("Set QIPAN_NODE to this node's name. 请用 QIPAN_NODE 写明本节点的名称。")
