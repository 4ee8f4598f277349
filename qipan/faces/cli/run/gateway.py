"""`qipan gateway`: both sides of this node's gateway and its courier, under one watch."""

from urllib.parse import urlsplit

import click
from django.conf import settings

from qipan.faces.cli.run.children import Child, Family
from qipan.site.setup import set_up

MODULE, COURIER = "qipan.site.gateway", "qipan.site.courier"
PORT = 8010


@click.command()
@click.option(
    "--port", type=int, default=PORT, show_default=True, help="Where other nodes' gateways reach this one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on for them.")
def gateway(port: int, host: str) -> None:
    """Ask other nodes, answer them, and send them what they subscribed to, until stopped 节点网关."""
    set_up()
    if not settings.QIPAN_NODE:
        raise click.ClickException("Set QIPAN_NODE to this node's name. 请用 QIPAN_NODE 写明本节点的名称。")
    inside = urlsplit(settings.QIPAN_GATEWAY)
    family = Family(
        [
            Child("the gateway's inside", MODULE, ("--side", "inside", "--port", str(inside.port or 80))),
            Child("the public gateway", MODULE, ("--side", "public", "--port", str(port), "--host", host)),
            Child("the courier", COURIER),
        ]
    )
    family.start()
    family.watch()
