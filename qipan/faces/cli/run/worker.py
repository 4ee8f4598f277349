"""`qipan worker`: does what operations left for later, until it is told to stop."""

from contextlib import nullcontext
from importlib import import_module

import click

from qipan.faces.cli.run.sealer import sealing_beside
from qipan.site.setup import set_up

CONCURRENCY = 2


@click.command()
@click.option("--without-sealer", is_flag=True, help="Leave sealing to a process of its own, `qipan sealer`.")
def worker(without_sealer: bool) -> None:
    """Do later work until stopped: look-ups, ready cases, automatic decisions, sealing 后台处理."""
    work(sealing=not without_sealer)


def work(*, sealing: bool = True) -> None:
    """Work until SIGTERM or SIGINT, and seal the trail beside; a job that was begun is finished first."""
    set_up()
    with sealing_beside() if sealing else nullcontext():
        # The tasks' module needs Django's tables, which are there only once it is set up.
        import_module("qipan.applications.tasks").run_worker(concurrency=CONCURRENCY)
