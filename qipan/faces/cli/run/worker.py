"""The worker: does what operations left for later, until it is told to stop."""

from importlib import import_module

from qipan.site.setup import set_up

CONCURRENCY = 2


def work() -> None:
    """Work until SIGTERM or SIGINT; a job that was begun is finished first."""
    set_up()
    # The tasks' module needs Django's tables, which are there only once it is set up.
    import_module("qipan.applications.tasks").run_worker(concurrency=CONCURRENCY)
