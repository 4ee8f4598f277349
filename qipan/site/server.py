"""Serves the site with Granian: some processes, each with some threads, none of them holding state."""

import argparse
import socket
import sys

from django.conf import settings
from django.core.management import call_command
from django.test.utils import override_settings
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from qipan.site.setup import set_up


class UnableToServe(Exception):
    """The address is taken, or is not one of this machine's."""


def serve(*, port: int, host: str = "127.0.0.1", workers: int | None = None) -> None:
    """Serve until interrupted. Raises UnableToServe."""
    _check_free(host, port)
    Server(
        "qipan.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or settings.QIPAN_WORKERS,
        blocking_threads=settings.QIPAN_THREADS,
        backpressure=settings.QIPAN_THREADS
        * 32,  # requests that may wait for a thread; more are made to wait outside
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()


def _check_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UnableToServe(
                f"{host}:{port} cannot be served ({error.strerror}); choose another port."
            ) from None


def collect_static_files() -> None:
    """Copy the faces' static files, compressed and with their hash in their name, to where the workers serve them from."""
    hashed = {"staticfiles": {"BACKEND": settings.COLLECTED_STORAGE}}
    with override_settings(STORAGES=hashed):
        call_command("collectstatic", interactive=False, verbosity=0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the site.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=None)
    arguments = parser.parse_args()
    set_up()
    try:
        serve(port=arguments.port, workers=arguments.workers)
    except UnableToServe as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
