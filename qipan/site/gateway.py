"""Serves one side of the gateway with Granian: one process on an event loop. `python -m qipan.site.gateway --side public`."""

import argparse
import sys
from importlib import import_module

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server
from starlette.types import ASGIApp

from qipan.site.litter import look_seldom
from qipan.site.server import UnableToServe, check_free
from qipan.site.setup import set_up

APPLICATION = "qipan.faces.gateway.application"
SIDES = ("public", "inside")
HEADERS_MILLISECONDS = 5_000  # for a request's first lines to come, and for a connection to do nothing
LARGEST_HEADERS = 64 * 1024  # bytes
CONNECTIONS = 512
END_SECONDS = 5
SWITCH_SECONDS = 0.0005
"""Between threads. The record's thread waits for the interpreter after each answer of the database, while calls wait for the record."""


def serve(*, side: str, port: int, host: str = "127.0.0.1") -> None:
    """Serve until interrupted; raises UnableToServe."""
    check_free(host, port)
    Server(
        f"qipan.site.gateway:{side}",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADERS_MILLISECONDS, max_buffer_size=LARGEST_HEADERS
        ),
        websockets=False,
        workers=1,
        backpressure=CONNECTIONS,
        workers_kill_timeout=END_SECONDS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()


def public() -> ASGIApp:
    """The side that other nodes see."""
    return _application("public")


def inside() -> ASGIApp:
    """The side that this node's platform sees."""
    return _application("inside")


def _application(side: str) -> ASGIApp:
    sys.setswitchinterval(SWITCH_SECONDS)
    set_up()  # before the tables are imported
    made: ASGIApp = getattr(import_module(APPLICATION), side)()
    look_seldom()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve one side of the gateway.")
    parser.add_argument("--side", choices=SIDES, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    arguments = parser.parse_args()
    try:
        serve(side=arguments.side, port=arguments.port, host=arguments.host)
    except UnableToServe as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
