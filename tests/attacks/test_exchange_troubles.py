"""Two real nodes when something is too much, too deep, down or killed: nobody else waits, and without a record no data pass."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import psycopg
import pytest

from tests.exchange.forged import ANSWER_SECONDS, PATH
from tests.exchange.refusals import refused
from tests.exchange.two_nodes import TwoNodes


@pytest.fixture(scope="module")
def nodes(pair: TwoNodes) -> TwoNodes:
    return pair


# --- Too much, too deep, too slow


def test_bodies_that_are_too_big_or_too_deep(nodes: TwoNodes) -> None:
    refused(nodes.signed_call(b" " * 70_000).send(), "too-big")
    refused(nodes.signed_call(b"[" * 60_000).send(), "too-deep")
    refused(nodes.signed_call(b'{"resource":' + b'{"a":' * 30 + b"1" + b"}" * 31).send(), "too-deep")
    refused(nodes.signed_call(b"\xff\x00not json").send(), "not-a-call")


def test_an_envelope_that_is_too_big(nodes: TwoNodes) -> None:
    refused(nodes.signed_call(purpose="长" * 4_000).send(), "envelope-malformed")


def test_a_body_that_does_not_come_holds_nobody_else_up(nodes: TwoNodes) -> None:
    call = nodes.signed_call()
    head = [f"POST {PATH} HTTP/1.1", "host: x", f"content-length: {len(call.body)}", "connection: close"]
    lines = [*head, *(f"{name}: {value}" for name, value in call.headers.items()), "", ""]
    with socket.create_connection(
        ("127.0.0.1", nodes.hospitals.ports["public"]), timeout=ANSWER_SECONDS
    ) as wire:
        wire.sendall("\r\n".join(lines).encode())
        assert nodes.ask().status_code == 200
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    assert b"too-slow" in answer


# --- Registers


def test_a_register_that_is_down_or_answers_with_too_much_or_with_somebody_else(nodes: TwoNodes) -> None:
    number = nodes.mothers[0]
    wanted = {"resource": "marriage", "fields": ["b.name"], "keys": {"a.id_number": number}}
    refused(nodes.ask(**wanted), "register-down")
    record: dict[str, object] = {"number": number, "spouse": {"number": "330106198903034516", "name": "李强"}}
    excess = {**record, "born_on": "2026-11-20", "spouse": {**record["spouse"], "debts": 3}}  # type: ignore[dict-item]
    with register(nodes.weddings) as answers:
        for said in (record, excess):
            answers[:] = [json.dumps(said).encode()]
            assert nodes.ask(**wanted).json() == {
                "found": True,
                "facts": {"b.name": "李强"},
                "unbelieved": {},
            }
        for broken in (json.dumps({**record, "number": nodes.mothers[1]}).encode(), b"[1]", b"<html>"):
            answers[:] = [broken]
            refused(nodes.ask(**wanted), "register-nonsense")
        answers[:] = [json.dumps({**record, "spouse": {"number": "x", "name": "李\u0000强"}}).encode()]
        assert nodes.ask(**wanted).json() == {
            "found": True,
            "facts": {},
            "unbelieved": {"b.name": "not-plain"},
        }


@contextmanager
def register(port: int) -> Iterator[list[bytes]]:
    """Stand for a JSON service; it answers with the first of the list."""
    answers: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answers[0])))
            self.end_headers()
            self.wfile.write(answers[0])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield answers
        server.shutdown()


# --- No record, no data


@pytest.mark.parametrize("end", ["city", "hospitals"])
def test_without_a_database_at_either_end_no_data_pass(nodes: TwoNodes, end: str) -> None:
    node = nodes.city if end == "city" else nodes.hospitals
    with psycopg.connect(nodes.register, autocommit=True) as direct:
        direct.execute(f"ALTER DATABASE {node.database} ALLOW_CONNECTIONS false".encode())
        direct.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [node.database]
        )
        try:
            for _ in range(3):
                refused(nodes.ask(), "no-record-no-data")
            if node is nodes.hospitals:
                refused(nodes.signed_call().send(), "no-record-no-data")
        finally:
            direct.execute(f"ALTER DATABASE {node.database} ALLOW_CONNECTIONS true".encode())
    deadline = time.monotonic() + ANSWER_SECONDS
    while nodes.ask().status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("victim", ["public", "inside"])
def test_killed_at_any_moment_no_data_went_out_without_a_record(nodes: TwoNodes, victim: str) -> None:
    seen: list[str] = []
    up_again = threading.Event()

    def asking(_: int) -> None:
        deadline, after = time.monotonic() + 240, 0
        while after < 5 and time.monotonic() < deadline:
            since = up_again.is_set()
            try:
                answer = nodes.ask()
            except httpx.TransportError:
                continue
            if answer.status_code == 200:
                seen.append(answer.headers["qipan-exchange"])
                after += since

    node = nodes.hospitals if victim == "public" else nodes.city
    with ThreadPoolExecutor(4) as threads:
        running = threads.map(asking, range(4))
        time.sleep(0.4)
        node.kill(victim)
        node.start(victim)
        up_again.set()
        list(running)
    assert len(seen) >= 20
    for each, side in ((nodes.city, "consumer"), (nodes.hospitals, "provider")):
        kept = {one for (one,) in each.rows(
            f"SELECT encode(exchange, 'hex') FROM exchange_calls WHERE side = '{side}' AND outcome = 'ok'"
        )}  # fmt: skip
        told = {
            one.partition(":")[2]
            for (one,) in each.rows("SELECT subject FROM entries WHERE subject LIKE 'exchange:%'")
        }
        assert set(seen) <= kept
        assert kept <= told
