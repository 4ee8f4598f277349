"""The worker: does what operations left for later, until it is told to stop."""

from contextlib import nullcontext
from importlib import import_module

from qipan.faces.cli.run.sealer import sealing_beside
from qipan.site.setup import set_up

CONCURRENCY = 2


def work(*, sealing: bool = True) -> None:
    """Work until SIGTERM or SIGINT, and seal the trail beside; a job that was begun is finished first."""
    set_up()
    with sealing_beside() if sealing else nullcontext():
        # The tasks' module needs Django's tables, which are there only once it is set up.
        import_module("qipan.applications.tasks").run_worker(concurrency=CONCURRENCY)
