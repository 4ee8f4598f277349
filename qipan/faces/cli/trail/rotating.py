"""`qipan rotate`: new keys for the trail's heads and for the gateway, without invalidating what the old ones signed."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

import click
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from qipan.adapters.seals import Suite, key_files
from qipan.core.nodes import Node, NodeKey, introduction
from qipan.exchange import operations as exchange
from qipan.exchange import queries
from qipan.faces.cli.options import language_option
from qipan.ledger import operations as trail
from qipan.ledger import queries as ledger
from qipan.ledger import seal_keys, sealing, succession
from qipan.ledger.seal_keys import SUITES, SealKeys
from qipan.people.actors import SYSTEM
from qipan.site.setup import set_up

NEXT, RETIRED = ".next", "retired"
HOLDS = timedelta(days=2 * 365)
DONE = (
    "已换密钥；旧密钥在 {where}，旧的签名照样有效。封存进程会自己换用新密钥，见证人会自己跟上。",
    "The keys were changed; the old ones rest in {where}, and what they signed stays valid. The sealer takes the new ones by itself, and witnesses follow.",
)
PREPARED = (
    "新密钥已备好。请把下面这份自我介绍交给枢纽（qipan node admit）；新名单生效后再运行 qipan rotate gateway --take-over。",
    "The next key is ready. Give this introduction to the hub (qipan node admit); once its list is in force here, run qipan rotate gateway --take-over.",
)
NOT_LISTED = (
    "名单里还没有新密钥，现在换会叫别的节点认不出来。",
    "The list does not give the next key yet: other nodes would not know us.",
)
TAKEN = (
    "已换用新密钥；旧密钥在 {where}。请重启网关。",
    "The new key is in use; the old one rests in {where}. Restart the gateway.",
)
NO_LIST = ("还没有节点名单。", "There is no list of nodes yet.")


@click.group()
def rotate() -> None:
    """Change keys; what the old ones signed stays valid 更换密钥."""


@rotate.command(name="trail")
@language_option
def rotate_trail(language: str) -> None:
    """Change the keys of the trail's heads. Run again after a crash, it ends what was begun."""
    set_up()
    folder = settings.QIPAN_HOME / "keys"
    old = seal_keys.read_or_make(folder, settings.QIPAN_TRAIL_ORIGIN)
    new = SealKeys(
        old.origin, tuple(key_files.read_or_make(_next(_seal_path(folder, suite)), suite) for suite in SUITES)
    )
    _announce(old, new)
    where = folder / RETIRED / secrets.token_hex(4)
    for suite in SUITES:
        _take_over(_seal_path(folder, suite), where)
    click.echo(DONE[language == "en"].format(where=where))


@rotate.command(name="gateway")
@click.option("--take-over", is_flag=True, help="Use the next key, which the list of nodes gives by now.")
@language_option
def rotate_gateway(*, take_over: bool, language: str) -> None:
    """Prepare the next key of this node's gateway, or take it into use."""
    set_up()
    english = language == "en"
    suite = Suite(settings.QIPAN_GATEWAY_SUITE)
    path = settings.QIPAN_HOME / "keys" / f"gateway-{suite}.pem"
    own = _own_node(path, suite)
    if own is None:
        raise click.ClickException(NO_LIST[english])
    raw = key_files.read_or_make(_next(path), suite).public.raw
    listed = next((one for one in own.keys if one.raw == raw), None)
    if take_over:
        if listed is None or not listed.holds(timezone.now()):
            raise click.ClickException(NOT_LISTED[english])
        where = path.parent / RETIRED / secrets.token_hex(4)
        _take_over(path, where)
        click.echo(TAKEN[english].format(where=where))
        return
    begins = timezone.now().replace(microsecond=0)
    both = own if listed else own._replace(keys=(*own.keys, NodeKey(str(suite), raw, begins, begins + HOLDS)))
    if not settings.QIPAN_NODE:
        _list_alone(both, path, suite)
    click.echo(PREPARED[english], err=True)
    click.echo(introduction(both).decode())


@rotate.command(name="follow")
@click.option("--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.argument("notes", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def follow(trust: Path, notes: Path) -> None:
    """Print the keys that you trust, and those that followed them by NOTES (/trail/<f>/successions), for verifying."""
    lines = [one for one in trust.read_text(encoding="utf-8").splitlines() if one.strip() and one[0] != "#"]
    found = succession.follow(lines, notes.read_text(encoding="utf-8"))
    click.echo("\n".join(dict.fromkeys([*lines, *found])))


def _announce(old: SealKeys, new: SealKeys) -> None:
    """Publish the new keys and put the change into the trail, once."""
    at = timezone.now()
    told = succession.successions(old, new)
    with transaction.atomic():
        published = set(ledger.verifier_keys())
        if not {seal_keys.line(key) for key in new.verifier_keys()} <= published:
            sealing.publish_keys(old, at)
            sealing.publish_keys(new, at)
            trail.append([SYSTEM.entry(succession.ACT, succession.SUBJECT, **told)], at)


def _own_node(path: Path, suite: Suite) -> Node | None:
    """The node of the list that has our key."""
    found = queries.node_list()
    raw = key_files.read_or_make(path, suite).public.raw
    nodes = found.nodes.values() if found else ()
    return next((node for node in nodes if any(key.raw == raw for key in node.keys)), None)


def _list_alone(node: Node, path: Path, suite: Suite) -> None:
    """An installation that stands alone signs its own list, by the key that it has."""
    with transaction.atomic():
        exchange.admit_nodes(nodes=[node], signer=key_files.read_or_make(path, suite), at=timezone.now())


def _take_over(path: Path, where: Path) -> None:
    """Put the old key aside, and the next in its place; each by one rename, so that no moment has none."""
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    (where / path.name).hardlink_to(path)
    _next(path).replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _next(path: Path) -> Path:
    return path.with_name(path.name + NEXT)


def _seal_path(folder: Path, suite: Suite) -> Path:
    return folder / f"trail-{suite}.pem"
