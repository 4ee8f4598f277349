import json
import logging
import time
from http.server import BaseHTTPRequestHandler

import pytest

from qipan.adapters.sources import Refused, SourceDown, SourceMisdeclared, SourceNonsense
from tests.adapters.conftest import Read, Serve
from tests.adapters.registers_cast import COLUMNS, FACTS, NAME, ROW, SPOUSE, WIFE, marriage, send

JSON = json.dumps(ROW).encode()
ONLY_NAME = {NAME: marriage().elements[NAME]}


def test_the_facts_of_a_record_come_back_by_field(registers: Read, serve: Serve) -> None:
    asked: list[str] = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        send(handler, JSON)

    answer = registers(serve(respond)).look_up(marriage("http"), timeout=60)
    assert answer.facts == FACTS
    assert asked == [f"/marriages/{WIFE}"]


def test_keys_that_are_not_in_the_path_go_into_the_query(registers: Read, serve: Serve) -> None:
    asked: list[str] = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        send(handler, json.dumps({"po_xm": "陈立"}).encode(), kind="application/json; charset=utf-8")

    request = marriage("http", key="杭州 a&b=c/../x?", path="/api/marriages", elements=ONLY_NAME)
    assert registers(serve(respond)).look_up(request, timeout=60).facts == {NAME: "陈立"}
    assert asked == ["/api/marriages?zjhm=%E6%9D%AD%E5%B7%9E+a%26b%3Dc%2F..%2Fx%3F"]


@pytest.mark.parametrize(
    "key", ["../../admin", "x?all=1", "x#y", "a/b", "%2e%2e", "a b\r\nHost: x", "林晓雯"]
)
def test_a_key_stays_one_segment_of_the_path(registers: Read, serve: Serve, key: str) -> None:
    asked: list[str] = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        send(handler, b'{"error": "none"}', status=404)

    assert registers(serve(respond)).look_up(marriage("http", key=key), timeout=60).facts is None
    (path,) = asked
    assert path.startswith("/marriages/")
    assert not set(path.removeprefix("/marriages/")) & set("/?# \r\n")


@pytest.mark.parametrize("key", ["", ".", ".."])
def test_a_key_that_would_climb_is_not_sent(registers: Read, serve: Serve, key: str) -> None:
    reader = registers(serve(lambda handler: send(handler, JSON)))
    with pytest.raises(SourceNonsense):
        reader.look_up(marriage("http", key=key), timeout=60)


def test_not_found_in_json_means_no_record(registers: Read, serve: Serve) -> None:
    address = serve(lambda handler: send(handler, b'{"error": "no such record"}', status=404))
    assert registers(address).look_up(marriage("http"), timeout=60).facts is None


def test_a_member_of_a_member_is_found(registers: Read, serve: Serve) -> None:
    address = serve(lambda handler: send(handler, json.dumps({"spouse": {"name": "陈立"}}).encode()))
    request = marriage("http", columns={"a.id_number": "zjhm", "b.name": "spouse.name"}, elements=ONLY_NAME)
    assert registers(address).look_up(request, timeout=60).facts == {NAME: "陈立"}


def test_somebody_elses_record_is_nonsense(registers: Read, serve: Serve) -> None:
    address = serve(lambda handler: send(handler, json.dumps(ROW | {"zjhm": "330106199203150019"}).encode()))
    with pytest.raises(SourceNonsense, match="another record"):
        registers(address).look_up(marriage("http"), timeout=60)


DEEP = b'{"a":' * 30 + b"1" + b"}" * 30
BOTTOMLESS = b"[" * 200_000


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"<html>It works!</html>", 200, "text/html"),
        (b"<html>Not found</html>", 404, "text/html"),
        (JSON, 200, "text/plain"),
        (b"", 200, "application/json"),
        (b"{", 200, "application/json"),
        (b"null", 200, "application/json"),
        (b"[]", 200, "application/json"),
        (json.dumps([ROW, ROW]).encode(), 200, "application/json"),
        (b'"text"', 200, "application/json"),
        (b'{"po_xm": NaN}', 200, "application/json"),
        (b"\xff\xfe", 200, "application/json"),
        (b'{"zjhm": "x"}', 200, "application/json"),
        (b'{"zjhm": ["x"]}', 200, "application/json"),
        (DEEP, 200, "application/json"),
        (BOTTOMLESS, 200, "application/json"),
        (JSON, 401, "application/json"),
        (JSON, 403, "application/json"),
        (JSON, 206, "application/json"),
        (b'{"po_xm": "' + b"x" * 1_100_000 + b'"}', 200, "application/json"),
    ],
)
def test_nonsense_is_refused(registers: Read, serve: Serve, body: bytes, status: int, kind: str) -> None:
    address = serve(lambda handler: send(handler, body, status=status, kind=kind))
    with pytest.raises(SourceNonsense):
        registers(address).look_up(marriage("http", elements=ONLY_NAME), timeout=60)


def test_a_body_without_an_end_is_cut_at_its_limit(registers: Read, serve: Serve) -> None:
    sent = 0

    def respond(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        while sent < 64 * 1024 * 1024:
            sent += handler.wfile.write(b" " * 65_536)

    with pytest.raises(SourceNonsense, match="more than"):
        registers(serve(respond)).look_up(marriage("http"), timeout=60)
    assert sent < 32 * 1024 * 1024


def test_a_packed_body_is_not_unpacked(registers: Read, serve: Serve) -> None:
    address = serve(lambda handler: send(handler, JSON, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceNonsense):
        registers(address).look_up(marriage("http"), timeout=60)


def test_values_that_fail_their_checks_are_refused_one_by_one(registers: Read, serve: Serve) -> None:
    body = json.dumps(ROW | {"po_zjhm": 12, "po_xm": {"x": 1}, "hyzk": None}).encode()
    answer = registers(serve(lambda handler: send(handler, body))).look_up(marriage("http"), timeout=60)
    assert answer.facts is not None
    assert list(answer.facts.values()) == ["2019-05-20"]
    assert answer.refused == (Refused(SPOUSE, "gb11643-shape"), Refused(NAME, "not-plain"))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_key_follows_no_redirect(registers: Read, serve: Serve, status: int) -> None:
    reached: list[str] = []

    def other(handler: BaseHTTPRequestHandler) -> None:
        reached.append(handler.path)
        send(handler, JSON)

    elsewhere = serve(other)
    address = serve(
        lambda handler: send(handler, b"", status=status, headers={"Location": elsewhere + handler.path})
    )
    with pytest.raises(SourceNonsense, match="elsewhere"):
        registers(address).look_up(marriage("http"), timeout=60)
    assert reached == []


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_failing_service_is_down(registers: Read, serve: Serve, status: int) -> None:
    address = serve(lambda handler: send(handler, b"oops", status=status, kind="text/plain"))
    with pytest.raises(SourceDown):
        registers(address).look_up(marriage("http"), timeout=60)


def test_a_closed_port_is_down(registers: Read) -> None:
    with pytest.raises(SourceDown):
        registers("http://127.0.0.1:1").look_up(marriage("http"), timeout=60)


@pytest.mark.parametrize("drip", [False, True])
def test_a_slow_service_is_left_at_its_timeout(registers: Read, serve: Serve, drip: bool) -> None:  # noqa: FBT001
    def respond(handler: BaseHTTPRequestHandler) -> None:
        if drip:
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
        for _ in range(600):
            time.sleep(0.1)
            if drip:
                handler.wfile.write(b" ")
                handler.wfile.flush()

    start = time.monotonic()
    with pytest.raises(SourceDown):
        registers(serve(respond)).look_up(marriage("http"), timeout=0.4)
    assert time.monotonic() - start < 50


def test_a_service_that_hangs_up_is_down(registers: Read, serve: Serve) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
        )

    with pytest.raises(SourceDown):
        registers(serve(respond)).look_up(marriage("http"), timeout=60)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "/folder", "127.0.0.1:80", "http://127.0.0.1:port"])
def test_an_address_that_is_no_service_is_said_to_be_misdeclared(registers: Read, address: str) -> None:
    with pytest.raises(SourceMisdeclared):
        registers(address).look_up(marriage("http"), timeout=60)


def test_a_path_that_needs_an_unknown_key_is_misdeclared(registers: Read, serve: Serve) -> None:
    reader = registers(serve(lambda handler: send(handler, JSON)))
    with pytest.raises(SourceMisdeclared, match="year"):
        reader.look_up(marriage("http", path="/marriages/{zjhm}/{year}"), timeout=60)


def test_no_key_reaches_a_log_or_an_error(
    registers: Read, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    registers(serve(lambda handler: send(handler, JSON))).look_up(marriage("http"), timeout=60)
    columns = COLUMNS | {"b.name": "nickname"}
    with pytest.raises(SourceNonsense) as raised:
        registers(serve(lambda handler: send(handler, JSON))).look_up(
            marriage("http", columns=columns), timeout=60
        )
    assert WIFE not in caplog.text
    assert WIFE not in str(raised.value)
    assert raised.value.__cause__ is None
