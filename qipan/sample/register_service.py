"""The market regulator's register as a JSON service, as foreign systems are: ``python -m qipan.sample.register_service``.

It answers what ``seed_registers`` wrote for it. For trying what a plan does without it, it can be made slow, failing, or mad.
"""

import json
import sqlite3
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from qipan.sample.seeding import SERVICE_PORT, answers_file

NONSENSE = b"<!doctype html><title>Welcome to nginx!</title>"


@dataclass(frozen=True, slots=True)
class Faults:
    """How to misbehave: wait so many ``seconds``, fail every call, answer with a web page."""

    seconds: float = 0.0
    fail: bool = False
    nonsense: bool = False


class RegisterService(ThreadingHTTPServer):
    """Answers on this machine only; port 0 takes any free one."""

    daemon_threads = True

    def __init__(self, home: Path, port: int, faults: Faults = Faults()) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answers, self.faults = answers_file(home), faults

    def handle_error(self, *_arguments: object) -> None:
        """Say nothing: whoever asked may have hung up, and a trace could hold a person's number."""


class _Handler(BaseHTTPRequestHandler):
    server: RegisterService
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together

    def do_GET(self) -> None:
        time.sleep(self.server.faults.seconds)
        if self.server.faults.fail:
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, _error("The register is being maintained."))
        elif self.server.faults.nonsense:
            self._send(HTTPStatus.OK, NONSENSE, "text/html")
        elif (body := _find(self.server.answers, self.path)) is not None:
            self._send(HTTPStatus.OK, body)
        else:
            self._send(HTTPStatus.NOT_FOUND, _error("There is no such record."))

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: a path holds a person's number."""

    def _send(self, status: HTTPStatus, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _find(answers: Path, target: str) -> bytes | None:
    """Find the record at a path; the query's order does not matter."""
    parts = urlsplit(target)
    query = "&".join(sorted(f"{name}={value}" for name, value in parse_qsl(parts.query)))
    path = "?".join([unquote(parts.path), *([query] if query else [])])
    with closing(sqlite3.connect(f"{answers.as_uri()}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT body FROM answers WHERE path = ?", [path]).fetchone()
    return str(row[0]).encode() if row else None


def _error(message: str) -> bytes:
    return json.dumps({"error": message}).encode()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until stopped."""
    parser = ArgumentParser(prog="python -m qipan.sample.register_service", description=__doc__)
    parser.add_argument("--port", type=int, default=SERVICE_PORT)
    parser.add_argument(
        "--home", type=Path, required=True, help="the home folder whose registers were seeded"
    )
    parser.add_argument("--slow", type=float, default=0.0, metavar="SECONDS", help="wait before each answer")
    parser.add_argument("--fail", action="store_true", help="answer every call with an error")
    parser.add_argument("--nonsense", action="store_true", help="answer every call with a web page")
    chosen = parser.parse_args(arguments)
    with RegisterService(
        chosen.home, chosen.port, Faults(chosen.slow, chosen.fail, chosen.nonsense)
    ) as service:
        service.serve_forever()


if __name__ == "__main__":
    main()
