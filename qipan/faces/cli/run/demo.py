"""`qipan demo`: a province on this machine, from nothing to a page to open; with NODES=3, a province of three nodes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import click
from django.conf import settings
from django.utils import timezone

from qipan.adapters import embedded_postgres
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library
from qipan.faces.cli.options import console
from qipan.faces.cli.run.children import Child, Family
from qipan.faces.cli.run.preparing import (
    STORY,
    admit_cast,
    appoint_officials,
    appoint_sharers,
    prepare,
    stand_alone,
    watching_at,
)
from qipan.faces.cli.run.sample_seals import make_seals
from qipan.faces.cli.run.starting import HOST, as_demo, free_port, step, wait_for
from qipan.faces.cli.run.three_nodes import SIZES, run_nodes
from qipan.faces.cli.watch.samples import enter_samples
from qipan.sample import seeding
from qipan.sample.cast import CastMember
from qipan.sample.province import cast
from qipan.site.server import collect_static_files
from qipan.site.setup import set_up

PORT = 8000
NOTE = "demo-address"


@click.command()
@click.option(
    "--port", type=int, default=PORT, show_default=True, envvar="PORT", help="Where the pages are served."
)
@click.option(
    "--nodes",
    type=click.Choice(SIZES),
    default=SIZES[0],
    show_default=True,
    help="3 runs a provincial hub, a city and the hospitals, each for itself.",
)
@click.option("--prepare-only", is_flag=True, help="Make everything ready, and do not serve.")
def demo(port: int, nodes: str, prepare_only: bool) -> None:
    """Start a sample province on this machine and say where to look 启动演示."""
    as_demo()
    if nodes != SIZES[0]:
        run_nodes(port)
        return
    service_port = prepared()
    if prepare_only:
        return
    with serving(port, service_port) as family:
        _say_where(base_url(), cast())
        family.watch()


@contextmanager
def serving(port: int, service_port: int) -> Iterator[Family]:
    """Run the site, the worker and the registers' service, and note in the home folder where the site answers."""
    port = free_port(port)
    os.environ.setdefault("QIPAN_ADDRESS", f"http://{HOST}:{port}")
    family = Family(_children(port, service_port))
    note = settings.QIPAN_HOME / NOTE
    try:
        with step("pages, worker, registers' service 启动服务"):
            family.start()
            wait_for(f"http://{HOST}:{port}/")
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
    with step("PostgreSQL"):
        set_up()
    library = _prepared()
    service_port = free_port(seeding.SERVICE_PORT)
    with step("agencies' registers 部门业务库"):
        _seed(library, service_port)
    with step("style sheets 样式"):
        collect_static_files()
    return service_port


def _prepared() -> Library:
    with step("tables, library, agencies 建表、发布事项库、设立机构"):
        number = prepare()
    library = catalogue.library(number)
    with step("sample residents and officials 样例居民与工作人员"):
        admit_cast(cast())
        appoint_officials(library)
        appoint_sharers(library)
        stand_alone()
        make_seals(library, STORY, watching_at(STORY[0]))
        enter_samples()
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
        Child(
            "the worker", "qipan.faces.cli", ("worker", "--without-sealer"), nice=settings.QIPAN_WORKER_NICE
        ),
        Child("the site", "qipan.site.server", ("--port", str(port))),
    ]


def _say_where(base: str, members: tuple[CastMember, ...]) -> None:
    first = members[0]
    console().print(
        f"\n[bold]Qipan 棋盘[/bold]   {base}/\n\n"
        f"  for people 群众             {base}/\n"
        f"    sign in as {first.name}: {first.story_zh}\n"
        f"  for officials 工作人员      {base}/desk/\n"
        "    choose an agency and an official\n"
        f"  for data sharing 数据共享   {base}/desk/sign-in?q=数据共享\n"
        "    choose who asks, and who answers\n"
        f"  for systems 系统对接        {base}/api/docs\n\n"
        "  `make tour` in another terminal goes through a birth, from the form to the results.\n"
        "  Ctrl-C stops all.\n",
        soft_wrap=True,
    )
