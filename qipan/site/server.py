"""Serves the site with Granian: some processes, each with some threads, none of them holding state."""

import argparse
import socket
import sys

from django.conf import settings
from django.core.management import call_command
from django.test.utils import override_settings
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from qipan.site.setup import set_up

CONNECTIONS = 512  # open ones of each worker; more are made to wait outside
HEADERS_MILLISECONDS = 15_000  # for a request's first lines to come, and for a connection to do nothing
END_SECONDS = 8  # for requests that were begun, when the server is told to stop


class UnableToServe(Exception):
    """The address is taken, or is not one of this machine's."""


def serve(*, port: int, host: str = "127.0.0.1", workers: int | None = None) -> None:
    """Serve until interrupted. Raises UnableToServe."""
    check_free(host, port)
    Server(
        "qipan.site.front:front",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MILLISECONDS),
        websockets=False,
        workers=workers or settings.QIPAN_WORKERS,
        backpressure=CONNECTIONS,
        workers_kill_timeout=END_SECONDS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()


def check_free(host: str, port: int) -> None:
    """Raise UnableToServe where nothing can be served at an address."""
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
