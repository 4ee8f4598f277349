"""`qipan demo`: a province on this machine, from nothing to a page to open."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import click
import httpx
from django.conf import settings
from django.utils import timezone

from qipan.adapters import embedded_postgres
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library
from qipan.faces.cli.options import console
from qipan.faces.cli.run.children import Child, Family
from qipan.faces.cli.run.preparing import admit_cast, appoint_officials, appoint_sharers, prepare, stand_alone
from qipan.sample import seeding
from qipan.sample.cast import CastMember
from qipan.sample.province import cast
from qipan.site.server import collect_static_files
from qipan.site.setup import set_up

HOST = "127.0.0.1"
PORT = 8000
START_SECONDS = 60
WORKER_NICE = 10
NOTE = "demo-address"
LIMITS = "off,key=120"  # anybody acts as anybody here, and one machine may act for all


@click.command()
@click.option(
    "--port", type=int, default=PORT, show_default=True, envvar="PORT", help="Where the pages are served."
)
@click.option("--prepare-only", is_flag=True, help="Make everything ready, and do not serve.")
def demo(port: int, prepare_only: bool) -> None:
    """Start a sample province on this machine and say where to look 启动演示."""
    os.environ.setdefault("QIPAN_LIMITS", LIMITS)
    service_port = prepared()
    if prepare_only:
        return
    with serving(port, service_port) as family:
        _say_where(base_url(), cast())
        family.watch()


@contextmanager
def serving(port: int, service_port: int) -> Iterator[Family]:
    """Run the site, the worker and the registers' service, and note in the home folder where the site answers."""
    port = _free_port(port)
    family = Family(_children(port, service_port))
    note = settings.QIPAN_HOME / NOTE
    try:
        with _step("pages, worker, registers' service 启动服务"):
            family.start()
            _wait(f"http://{HOST}:{port}/")
        note.write_text(f"http://{HOST}:{port}", encoding="utf-8")
        yield family
    finally:
        note.unlink(missing_ok=True)
        family.stop()


def base_url() -> str:
    """Where the demo of this home answers; empty when it does not run."""
    note = settings.QIPAN_HOME / NOTE
    return note.read_text(encoding="utf-8") if note.exists() else ""


def prepared() -> int:
    """Make everything ready; give the port kept for the registers' service."""
    with _step("PostgreSQL"):
        set_up()
    library = _prepared()
    service_port = _free_port(seeding.SERVICE_PORT)
    with _step("agencies' registers 部门业务库"):
        _seed(library, service_port)
    with _step("style sheets 样式"):
        collect_static_files()
    return service_port


def _prepared() -> Library:
    with _step("tables, library, agencies 建表、发布事项库、设立机构"):
        number = prepare()
    library = catalogue.library(number)
    with _step("sample residents and officials 样例居民与工作人员"):
        admit_cast(cast())
        appoint_officials(library)
        appoint_sharers(library)
        stand_alone()
    return library


def _seed(library: Library, service_port: int) -> None:
    home = settings.QIPAN_HOME
    embedded_postgres.ensure_running(home)
    seeding.seed_registers(
        home,
        partial(embedded_postgres.create_database, home),
        library,
        timezone.localdate(),
        f"http://{HOST}:{service_port}",
    )


def _children(port: int, service_port: int) -> list[Child]:
    home = str(settings.QIPAN_HOME)
    return [
        Child(
            "the registers' service",
            "qipan.sample.register_service",
            ("--port", str(service_port), "--home", home),
        ),
        Child("the sealer", "qipan.faces.cli", ("sealer",)),
        Child("the worker", "qipan.faces.cli", ("worker", "--without-sealer"), nice=WORKER_NICE),
        Child("the site", "qipan.site.server", ("--port", str(port))),
    ]


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    start = time.monotonic()
    with console(stderr=True).status(what):
        yield
    console(stderr=True).print(f"  [green]✓[/green] {what} [dim]{time.monotonic() - start:.1f} s[/dim]")


def _free_port(wanted: int) -> int:
    """Give the port, or the next free one."""
    for port in range(wanted, wanted + 100):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex((HOST, port)) != 0:
                return port
    raise click.ClickException(
        f"No free port between {wanted} and {wanted + 99}; choose another with --port."
    )


def _wait(address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            if httpx.get(address, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise click.ClickException(
        f"{address} does not answer after {START_SECONDS} seconds; see the messages above."
    )


def _say_where(base: str, members: tuple[CastMember, ...]) -> None:
    first = members[0]
    console().print(
        f"\n[bold]Qipan 棋盘[/bold]   {base}/\n\n"
        f"  for people 群众    {base}/            sign in as {first.name}: {first.story_zh}\n"
        f"  for officials 工作人员  {base}/desk/      choose an agency and an official\n"
        f"  for data sharing 数据共享  {base}/desk/sign-in?q=数据共享   choose who asks, and who answers\n"
        f"  for systems 系统对接   {base}/api/docs\n\n"
        "  `make tour` in another terminal goes through a birth from the form to the results. Ctrl-C stops all.\n"
    )
