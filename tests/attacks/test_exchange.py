"""Two real nodes, and everything somebody on the wire, at a node or beside it can try: nothing passes but what a grant covers."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import psycopg
import pytest
from django.utils import timezone

from qipan.adapters.seals import Suite, generate
from qipan.core import envelope
from qipan.core.grants import SIGNED_REVOCATION, Revocation
from qipan.core.nodes import key_id
from tests.exchange.two_nodes import ANSWER_SECONDS, GRANTS, PATH, TwoNodes, grant

REVOKED_WITHIN = 120.0


@pytest.fixture(scope="module")
def nodes(pair: TwoNodes) -> TwoNodes:
    return pair


def refused(answer: httpx.Response, code: str) -> None:
    """The answer is a refusal with this code, in Chinese and English, and holds no data."""
    assert (answer.status_code >= 400, answer.json()["code"]) == (True, code), answer.text
    assert answer.json()["zh"]
    assert answer.json()["en"]
    assert "2026-11-20" not in answer.text


# --- What is meant to pass


def test_a_look_up_brings_what_was_granted_and_both_ends_hold_its_twin_records(nodes: TwoNodes) -> None:
    answer = nodes.ask()
    assert answer.json() == {"found": True, "facts": {"child.birth_date": "2026-11-20"}, "unbelieved": {}}
    exchange = answer.headers["qipan-exchange"]
    for node, side, act in (
        (nodes.city, "consumer", "use_data"),
        (nodes.hospitals, "provider", "provide_data"),
    ):
        found = node.rows(
            f"SELECT side, outcome, purpose, basis, \"case\", official FROM exchange_calls WHERE exchange = '\\x{exchange}'"
        )
        assert found == [
            (side, "ok", "核验分娩记录", "母婴保健法", nodes.made["draft"], f"person:{nodes.made['mother']}")
        ]
        told = node.rows(f"SELECT act, details::text FROM entries WHERE subject = 'exchange:{exchange}'")
        assert [act_ for act_, _ in told] == [act]
        assert nodes.mothers[0] not in told[0][1]
        assert "2026-11-20" not in told[0][1]


def test_nobody_found_is_an_answer(nodes: TwoNodes) -> None:
    stranger = "330106199001011221"
    assert nodes.ask(keys={"mother.id_number": stranger}).json() == {
        "found": False,
        "facts": {},
        "unbelieved": {},
    }


@pytest.mark.parametrize("subject", ["draft", "application", "case"])
def test_whatever_is_in_hand_here_may_be_asked_for(nodes: TwoNodes, subject: str) -> None:
    assert nodes.ask(case=nodes.made[subject]).status_code == 200


# --- Who asks


def test_without_an_envelope_or_a_signature(nodes: TwoNodes) -> None:
    call = nodes.signed_call()
    for missing in ("qipan-envelope", "qipan-signature"):
        headers = {name: value for name, value in call.headers.items() if name != missing}
        refused(call.send(headers=headers), "envelope-missing")


def test_a_forged_signature(nodes: TwoNodes) -> None:
    forger = generate(Suite.SM2)
    ours = nodes.city.key.public.raw
    refused(nodes.signed_call(key=forger, key_=key_id("sm2-sm3", ours)).send(), "signature-wrong")


def test_keys_and_names_that_the_list_does_not_give(nodes: TwoNodes) -> None:
    refused(nodes.signed_call(key=generate(Suite.SM2)).send(), "unknown-key")
    refused(nodes.signed_call(key=nodes.hospitals.key).send(), "unknown-key")
    refused(nodes.signed_call(sender="county").send(), "unknown-node")
    refused(nodes.signed_call(receiver="hub").send(), "not-for-us")


def test_another_suite_than_the_list_gives(nodes: TwoNodes) -> None:
    refused(nodes.signed_call(key=generate(Suite.ES256)).send(), "unknown-key")
    downgraded = nodes.signed_call(suite="es256")
    refused(downgraded.send(), "suite-refused")
    refused(nodes.signed_call(suite="none").send(), "envelope-malformed")


def test_a_clock_ten_minutes_off(nodes: TwoNodes) -> None:
    for minutes in (-10, 10):
        at = timezone.now() + timedelta(minutes=minutes)
        refused(nodes.signed_call(time=envelope.moment(at)).send(), "clock-off")


def test_the_inside_answers_nobody_without_the_secret(nodes: TwoNodes) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = httpx.post(
            f"{nodes.city.inside}/look-up",
            json=nodes.wanted(),
            headers=headers,
            trust_env=False,
            timeout=ANSWER_SECONDS,
        )
        refused(answer, "not-from-inside")


# --- What is changed on the way


@pytest.mark.parametrize(
    ("signed", "sent", "code"),
    [
        ({"method": "GET"}, {}, "method-altered"),
        ({"path": "/exchange/v1/push"}, {}, "path-altered"),
        ({}, {"params": {"also": "1"}}, "query-altered"),
        ({"query": "also=1"}, {}, "query-altered"),
        ({"content_type": "text/plain"}, {}, "content-type-altered"),
        ({}, {"content": b'{"fields":["child.sex"],"keys":{},"resource":"birth_record"}'}, "body-altered"),
        ({}, {"content": b""}, "body-altered"),
    ],
)
def test_every_part_is_covered_by_the_signature(
    nodes: TwoNodes, signed: dict[str, Any], sent: dict[str, Any], code: str
) -> None:
    refused(nodes.signed_call(**signed).send(**sent), code)


def test_a_changed_envelope(nodes: TwoNodes) -> None:
    call = nodes.signed_call()
    call.envelope = call.envelope._replace(purpose="随便看看")
    refused(call.send(), "signature-wrong")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_do_nothing(nodes: TwoNodes, method: str) -> None:
    refused(nodes.signed_call(method=method).send(method=method), "not-a-call")


@pytest.mark.parametrize(
    "path",
    [
        "/exchange/v1/%6cook-up", "//exchange/v1/look-up", "/exchange/v1/look-up/", "/exchange/v1/../v1/look-up",
        "/exchange/v1/look-up;x", "/exchange/v1/look-up%00", "/EXCHANGE/v1/look-up", "/exchange/v1%2flook-up",
    ],
)  # fmt: skip
def test_other_ways_to_write_the_path_lead_nowhere(nodes: TwoNodes, path: str) -> None:
    call = nodes.signed_call()
    lines = [
        f"POST {path} HTTP/1.1",
        "host: 127.0.0.1",
        f"content-length: {len(call.body)}",
        "connection: close",
    ]
    answer = raw(nodes, [*lines, *(f"{name}: {value}" for name, value in call.headers.items())], call.body)
    assert answer.split(b" ", 2)[1] in {b"400", b"404"}, answer
    assert b"2026-11-20" not in answer


@pytest.mark.parametrize(
    "header", ["qipan-envelope", "qipan-signature", "content-type", "content-length", "host"]
)
def test_a_header_that_stands_twice(nodes: TwoNodes, header: str) -> None:
    call = nodes.signed_call()
    once = {**call.headers, "content-length": str(len(call.body)), "host": "127.0.0.1", "connection": "close"}
    again = "9" if header == "content-length" else once[header]  # the same length twice is one (RFC 9110)
    lines = [
        f"POST {PATH} HTTP/1.1",
        *(f"{name}: {value}" for name, value in once.items()),
        f"{header}: {again}",
    ]
    answer = raw(nodes, lines, call.body)
    assert b"header-duplicate" in answer or answer.split(b" ", 2)[1] == b"400", answer
    assert b"2026-11-20" not in answer


def raw(nodes: TwoNodes, lines: list[str], body: bytes) -> bytes:
    """Send bytes as they are, and read until the end."""
    with socket.create_connection(
        ("127.0.0.1", nodes.hospitals.ports["public"]), timeout=ANSWER_SECONDS
    ) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        parts = []
        while part := wire.recv(65536):
            parts.append(part)
    return b"".join(parts)


# --- Again


def test_a_replay_is_refused_also_after_both_the_gateway_and_its_memory_are_gone(nodes: TwoNodes) -> None:
    call = nodes.signed_call()
    assert call.send().status_code == 200
    refused(call.send(), "replayed")
    nodes.hospitals.kill("public")
    nodes.hospitals.start("public")
    refused(call.send(), "replayed")
    exchange = envelope.hashed("sm2-sm3", call.envelope.signed()).hex()
    outcomes = nodes.hospitals.rows(
        f"SELECT outcome, alarm FROM exchange_calls WHERE exchange = '\\x{exchange}' ORDER BY id"
    )
    assert outcomes == [("ok", False), ("replayed", True)]


def test_of_many_replays_at_once_one_passes(nodes: TwoNodes) -> None:
    call = nodes.signed_call()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: call.send().status_code, range(8)))
    assert sorted(found) == [200] + [409] * 7


# --- What the grant does not cover


@pytest.mark.parametrize(
    ("signed", "code"),
    [
        ({"grant": "9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11"}, "grant-unknown"),
        ({"grant": "' OR 1=1 --"}, "grant-unknown"),
        ({"purpose": ""}, "no-purpose"),
        ({"purpose": "随便看看"}, "other-purpose"),
        ({"basis": ""}, "no-basis"),
        ({"basis": "刑法"}, "other-basis"),
        ({"event": "retirement"}, "other-event"),
        ({"case": ""}, "no-case"),
        ({"official": ""}, "no-official"),
        ({"agency": "330100.health"}, "other-consumer"),
        ({"mode": "push"}, "mode-not-granted"),
        ({"mode": "anything"}, "mode-not-granted"),
    ],
)
def test_a_call_that_its_grant_does_not_cover(nodes: TwoNodes, signed: dict[str, Any], code: str) -> None:
    call = nodes.signed_call(**signed)
    refused(call.send(), code)
    exchange = envelope.hashed("sm2-sm3", call.envelope.signed()).hex()
    assert nodes.hospitals.rows(f"SELECT outcome FROM exchange_calls WHERE exchange = '\\x{exchange}'") == [
        (code,)
    ]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"fields": ["child.birth_date", "child.sex"]}, "field-not-granted"),
        ({"fields": []}, "no-fields"),
        ({"resource": "population"}, "other-resource"),
        ({"keys": {}}, "keys-wrong"),
        ({"keys": {"mother.id_number": "1 OR 1=1"}}, "keys-wrong"),
        ({"keys": {"mother.id_number": "330106199001011221", "child.sex": "2"}}, "keys-wrong"),
        ({"keys": {"mother.id_number": ["330106199001011221"]}}, "not-a-call"),
        ({"more": 1}, "not-a-call"),
    ],
)
def test_a_body_that_its_grant_does_not_cover(nodes: TwoNodes, asked: dict[str, Any], code: str) -> None:
    usual = {
        "resource": "birth_record",
        "keys": {"mother.id_number": nodes.mothers[0]},
        "fields": ["child.birth_date"],
    }
    refused(nodes.signed_call({**usual, **asked}).send(), code)


def test_a_row_of_another_region(nodes: TwoNodes) -> None:
    wanted = {"resource": "population", "fields": ["person.name"]}
    ours, foreign = nodes.mothers[0], nodes.mothers[1]
    answer = nodes.ask(**wanted, keys={"person.id_number": ours}).json()
    assert answer["facts"] == {"person.name": "王芳"}
    refused(nodes.ask(**wanted, keys={"person.id_number": foreign}), "foreign-row")


def test_grants_before_and_after_their_time(nodes: TwoNodes) -> None:
    now = timezone.now().replace(microsecond=0)
    early = grant(begins=now + timedelta(days=1))
    late = grant(begins=now - timedelta(days=9), ends=now - timedelta(seconds=1))
    for one, code in ((early, "grant-not-yet"), (late, "grant-expired")):
        nodes.issue(one, nodes.hospitals)
        refused(nodes.signed_call(grant=one.id).send(), code)


def test_a_revocation_at_either_end_stops_calls(nodes: TwoNodes) -> None:
    for node in (nodes.hospitals, nodes.city):
        one = grant(purpose_zh=f"由{node.name}撤销")
        nodes.issue(one)
        assert nodes.ask(purpose=one.purpose_zh).status_code == 200
        nodes.revoke(node, one)
        revoked = time.monotonic()
        while nodes.ask(purpose=one.purpose_zh).status_code == 200:
            assert time.monotonic() - revoked < REVOKED_WITHIN
            time.sleep(0.1)
        refused(nodes.ask(purpose=one.purpose_zh), "grant-revoked")


def test_what_the_consumer_revokes_is_brought_to_the_provider(nodes: TwoNodes) -> None:
    """Or somebody who has the consumer's key could go on past its own gateway."""
    one = grant()
    nodes.issue(one)
    assert nodes.signed_call(grant=one.id).send().status_code == 200
    nodes.revoke(nodes.city, one)
    revoked = time.monotonic()
    while nodes.signed_call(grant=one.id).send().status_code == 200:
        assert time.monotonic() - revoked < REVOKED_WITHIN
        time.sleep(0.1)
    refused(nodes.signed_call(grant=one.id).send(), "grant-revoked")


def test_a_revocation_by_anybody_else_is_not_taken(nodes: TwoNodes) -> None:
    one, forger = GRANTS["births"], generate(Suite.SM2)
    document = Revocation(one.id, one.consumer, "捣乱", timezone.now()).document()
    ours = key_id("sm2-sm3", nodes.city.key.public.raw)
    good = {
        "document": document.decode(),
        "key": ours,
        "signature": forger.sign(SIGNED_REVOCATION + document).hex(),
    }
    bad: list[object] = [
        good,
        {**good, "signature": "xx"},
        {**good, "key": "0" * 16},
        {**good, "document": "{}"},
        {},
        [],
    ]
    for body in bad:
        answer = httpx.post(
            f"{nodes.hospitals.public}/exchange/v1/revocations",
            json=body,
            trust_env=False,
            timeout=ANSWER_SECONDS,
        )
        refused(answer, "not-taken")
    assert nodes.ask().status_code == 200


def test_the_volume_of_a_day_is_kept_to_the_row_even_by_calls_at_once(nodes: TwoNodes) -> None:
    one = grant(purpose_zh="只看三次", volume=3)
    nodes.issue(one)
    with ThreadPoolExecutor(10) as threads:
        found = list(threads.map(lambda _: nodes.ask(purpose="只看三次"), range(10)))
    assert sorted(answer.status_code for answer in found) == [200] * 3 + [429] * 7
    refused(nodes.ask(purpose="只看三次"), "volume-used-up")


@pytest.mark.parametrize(
    "case", ["", "draft:00000000-0000-0000-0000-000000000000", "case:x", "anything", "waiting"]
)
def test_a_case_that_is_not_in_hand_here(nodes: TwoNodes, case: str) -> None:
    refused(nodes.ask(case=nodes.made.get(case, case)), "no-case" if not case else "case-not-open")


def test_a_resource_that_the_person_did_not_consent_to(nodes: TwoNodes) -> None:
    one = grant(resource="nobody_asked")
    nodes.issue(one)
    refused(nodes.ask(resource="nobody_asked"), "case-not-open")


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
        answer = wire.recv(65536)
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
