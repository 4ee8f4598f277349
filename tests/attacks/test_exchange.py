"""Two real nodes, and what somebody on the wire can try with a call: who asks, what is changed on its way, what comes again."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from qipan.adapters.seals import Suite, generate
from qipan.core import envelope
from qipan.core.nodes import key_id
from tests.exchange.forged import ANSWER_SECONDS, PATH
from tests.exchange.refusals import refused
from tests.exchange.two_nodes import TwoNodes


@pytest.fixture(scope="module")
def nodes(pair: TwoNodes) -> TwoNodes:
    return pair


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
