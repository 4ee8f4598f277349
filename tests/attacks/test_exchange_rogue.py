"""A provider that lies: it has its node's own key, and answers what it likes. The city believes nothing that it did not ask for."""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from django.utils import timezone

from qipan.adapters.seals import Suite, generate
from qipan.core import envelope
from qipan.core.envelope import RequestEnvelope, ResponseEnvelope
from qipan.core.nodes import key_id
from tests.exchange.forged import ANSWER_SECONDS, seal
from tests.exchange.nodes import RunningNode
from tests.exchange.refusals import refused
from tests.exchange.two_nodes import TwoNodes

GOOD = b'{"facts":{"child.birth_date":"2026-11-20"},"found":true,"unbelieved":{}}'
Answering = Callable[[BaseHTTPRequestHandler, RequestEnvelope], None]


@pytest.fixture(scope="module")
def nodes(pair: TwoNodes) -> Iterator[TwoNodes]:
    pair.hospitals.kill("public")
    yield pair
    pair.hospitals.start("public")


class Rogue:
    """Stands where the hospitals' gateway stood; a test says how it answers."""

    def __init__(self, nodes: TwoNodes) -> None:
        self.nodes = nodes
        self.answer: Answering = lambda _handler, _asked: None
        rogue = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                asked = envelope.read_request(base64.b64decode(self.headers["qipan-envelope"]))
                rogue.answer(self, asked)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", nodes.hospitals.ports["public"]), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def envelope(self, asked: RequestEnvelope, body: bytes, /, **changes: str) -> ResponseEnvelope:
        """The right envelope of an answer, or one that differs."""
        right = ResponseEnvelope(
            sender="hospitals", receiver="city", suite="sm2-sm3",
            key=key_id("sm2-sm3", self.nodes.hospitals.key.public.raw),
            request=envelope.hashed(asked.suite, asked.signed()).hex(), status="200", code="ok",
            time=envelope.moment(timezone.now()), content_type="application/json", length=str(len(body)),
            body=envelope.hashed("sm2-sm3", body).hex(),
        )  # fmt: skip
        return right._replace(**changes)

    def reply(
        self,
        handler: BaseHTTPRequestHandler,
        signed: ResponseEnvelope | None,
        body: bytes,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send an answer."""
        handler.send_response(status)
        if signed:
            written = signed.signed()
            handler.send_header("qipan-envelope", base64.b64encode(written).decode())
            signature = seal(self.nodes.hospitals.key, written, signed.suite)
            handler.send_header("qipan-signature", base64.b64encode(signature).decode())
        for name, value in {
            "content-type": "application/json",
            "content-length": str(len(body)),
            **(headers or {}),
        }.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture(scope="module")
def rogue(nodes: TwoNodes) -> Iterator[Rogue]:
    found = Rogue(nodes)
    yield found
    found.server.shutdown()
    found.server.server_close()


def last_record(nodes: TwoNodes) -> tuple[object, ...]:
    return nodes.city.rows("SELECT outcome, alarm FROM exchange_calls ORDER BY id DESC LIMIT 1")[0]


def test_the_rogue_can_answer_rightly(nodes: TwoNodes, rogue: Rogue) -> None:
    """Otherwise the refusals below would prove nothing."""
    rogue.answer = lambda handler, asked: rogue.reply(handler, rogue.envelope(asked, GOOD), GOOD)
    assert nodes.ask().json()["facts"] == {"child.birth_date": "2026-11-20"}
    assert last_record(nodes) == ("ok", False)


def test_an_answer_to_another_request(nodes: TwoNodes, rogue: Rogue) -> None:
    before: list[RequestEnvelope] = []

    def swapped(handler: BaseHTTPRequestHandler, asked: RequestEnvelope) -> None:
        before.append(asked)
        rogue.reply(handler, rogue.envelope(before[0], GOOD), GOOD)

    rogue.answer = swapped
    assert nodes.ask().status_code == 200
    refused(nodes.ask(keys={"mother.id_number": nodes.mothers[1]}), "answer-to-another-request")
    assert last_record(nodes) == ("answer-to-another-request", True)


@pytest.mark.parametrize(
    "body",
    [
        b'{"facts":{"child.birth_date":"2026-11-20","child.sex":"2"},"found":true,"unbelieved":{}}',
        b'{"facts":{"mother.phone":"13800000001"},"found":true,"unbelieved":{}}',
        b'{"facts":{},"found":true,"unbelieved":{"mother.phone":"2026-11-20"}}',
    ],
)
def test_more_than_was_asked_for_is_refused_whole_and_reported(
    nodes: TwoNodes, rogue: Rogue, body: bytes
) -> None:
    rogue.answer = lambda handler, asked: rogue.reply(handler, rogue.envelope(asked, body), body)
    refused(nodes.ask(), "excess")
    assert last_record(nodes) == ("excess", True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sender": "hub"}, "answer-unsigned"),
        ({"receiver": "county"}, "answer-unsigned"),
        ({"key": "0" * 16}, "answer-unsigned"),
        ({"suite": "es256"}, "answer-unsigned"),
        ({"status": "201"}, "status-altered"),
        ({"time": "2026-11-22T00:00:00.000000Z"}, "clock-off"),
        ({"body": "0" * 64}, "body-altered"),
        ({"length": "1"}, "body-altered"),
    ],
)
def test_an_envelope_that_does_not_fit(
    nodes: TwoNodes, rogue: Rogue, changes: dict[str, str], code: str
) -> None:
    rogue.answer = lambda handler, asked: rogue.reply(handler, rogue.envelope(asked, GOOD, **changes), GOOD)
    refused(nodes.ask(), code)


def test_an_answer_that_is_not_signed_or_by_another_key(nodes: TwoNodes, rogue: Rogue) -> None:
    rogue.answer = lambda handler, _: rogue.reply(handler, None, GOOD)
    refused(nodes.ask(), "answer-unsigned")
    other = generate(Suite.SM2)

    def forged(handler: BaseHTTPRequestHandler, asked: RequestEnvelope) -> None:
        written = rogue.envelope(asked, GOOD).signed()
        rogue.reply(
            handler, None, GOOD,
            headers={
                "qipan-envelope": base64.b64encode(written).decode(),
                "qipan-signature": base64.b64encode(seal(other, written)).decode(),
            },
        )  # fmt: skip

    rogue.answer = forged
    refused(nodes.ask(), "answer-unsigned")
    assert last_record(nodes) == ("answer-unsigned", True)


def test_an_unsigned_refusal_is_told_only_where_it_is_one_of_ours(nodes: TwoNodes, rogue: Rogue) -> None:
    for said, code in (
        ("clock-off", "clock-off"),
        ("<script>", "answer-unsigned"),
        ("ok", "answer-unsigned"),
    ):
        body = json.dumps({"code": said}).encode()
        rogue.answer = lambda handler, _, body=body: rogue.reply(handler, None, body, 401)  # type: ignore[misc]
        refused(nodes.ask(), code)


def test_a_redirect_is_not_followed(nodes: TwoNodes, rogue: Rogue) -> None:
    """Or a node could have ours ask any address inside our walls (SSRF)."""
    reached: list[str] = []

    class Inside(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reached.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), Inside) as secret:
        threading.Thread(target=secret.serve_forever, daemon=True).start()
        to = f"http://127.0.0.1:{secret.server_address[1]}/secret"
        rogue.answer = lambda handler, _: rogue.reply(handler, None, b"", 307, {"location": to})
        refused(nodes.ask(), "answer-unsigned")
        secret.shutdown()
    assert reached == []


def test_an_answer_that_is_too_big_too_deep_or_no_answer(nodes: TwoNodes, rogue: Rogue) -> None:
    for body, code in (
        (b'{"facts":{"child.birth_date":"' + b"x" * 1_100_000 + b'"}}', "too-big"),
        (b"[" * 5_000, "too-deep"),
        (b"[]", "not-a-call"),
        (b"\xff", "not-a-call"),
    ):
        rogue.answer = lambda handler, asked, body=body: rogue.reply(  # type: ignore[misc]
            handler, rogue.envelope(asked, body), body
        )
        refused(nodes.ask(), code)


@contextmanager
def with_patience(nodes: TwoNodes, times: str) -> Iterator[None]:
    """The city's inside, with so many times the usual patience."""
    usual = nodes.city.patience
    try:
        begin_anew(nodes.city, times)
        yield
    finally:
        begin_anew(nodes.city, usual)


def begin_anew(node: RunningNode, patience: str) -> None:
    node.kill("inside")
    node.patience = patience
    node.start("inside")


def test_a_peer_that_does_not_answer_is_down(nodes: TwoNodes, rogue: Rogue) -> None:
    given_up = threading.Event()

    def say_nothing(_handler: BaseHTTPRequestHandler, _asked: RequestEnvelope) -> None:
        given_up.wait(ANSWER_SECONDS)

    rogue.answer = say_nothing
    with with_patience(nodes, "1"):
        refused(nodes.ask(), "peer-down")
        given_up.set()


def test_what_passes_reaches_the_platform_only_with_a_record(nodes: TwoNodes, rogue: Rogue) -> None:
    rogue.answer = lambda handler, asked: rogue.reply(handler, rogue.envelope(asked, GOOD), GOOD)
    answer: httpx.Response = nodes.ask()
    exchange = answer.headers["qipan-exchange"]
    assert nodes.city.rows(f"SELECT outcome FROM exchange_calls WHERE exchange = '\\x{exchange}'") == [
        ("ok",)
    ]
