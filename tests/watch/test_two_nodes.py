"""Two real nodes compare their records through their gateways: what only one has is found, and strangers are told nothing."""

import json
import secrets
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from django.utils import timezone

from qipan.adapters.seals import Suite, generate
from qipan.core import envelope
from qipan.core.envelope import RequestEnvelope
from qipan.core.nodes import key_id
from tests.exchange.forged import ANSWER_SECONDS, Forged
from tests.exchange.two_nodes import TwoNodes, two_nodes
from tests.watch.reconciled import LATER, reconcile

PATH = "/exchange/v1/records"


@pytest.fixture(scope="module")
def nodes() -> Iterator[TwoNodes]:
    with two_nodes(mothers=4) as found:
        yield found


def question(nodes: TwoNodes, asked: object, **changes: str) -> Forged:
    """A question as the city's gateway would sign it."""
    body = json.dumps(asked).encode()
    signer = nodes.city.key
    one = RequestEnvelope(
        method="POST", path=PATH, query="", content_type="application/json", sender="city", receiver="hospitals", suite="sm2-sm3",
        key=key_id("sm2-sm3", signer.public.raw), nonce=secrets.token_hex(16), time=envelope.moment(timezone.now()), grant="",
        mode="compare", agency="", event="", services="", purpose="", basis="", case="", official="system:0", length=str(len(body)),
        body=envelope.hashed("sm2-sm3", body).hex(),
    )  # fmt: skip
    return Forged(one._replace(**changes), signer, body, nodes.hospitals.public)


def test_calls_meet_and_what_an_operator_dropped_is_found(nodes: TwoNodes) -> None:
    answers = [nodes.ask(keys={"mother.id_number": one}) for one in nodes.mothers]
    assert {one.status_code for one in answers} == {200}
    dropped = answers[0].headers["qipan-exchange"]
    with psycopg.connect(nodes.hospitals.owner_url) as connection:
        connection.execute("ALTER TABLE exchange_calls DISABLE TRIGGER USER")
        connection.execute(f"DELETE FROM exchange_calls WHERE exchange = '\\x{dropped}'".encode())
    reconcile(nodes.hospitals)  # closes its windows; it cannot ask, as its inside does not run
    found = reconcile(nodes.city)
    [(peer, _met, new, silent)] = found[
        "met"
    ]  # the others meet where a window ended between them and the one that was dropped
    assert (peer, new, silent) == ("hospitals", 1, "")
    ((kind, _subject, facts),) = found["found"]
    assert (kind, facts["gaps"]) == ("one_sided", {"only-here": 1})
    assert facts["examples"][0]["exchange"] == dropped
    assert facts["examples"][0]["entry"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sender": "county"}, "unknown-node"), ({"receiver": "hub"}, "not-for-us"), ({"mode": "look-up"}, "not-a-call"),
        ({"path": "/exchange/v1/look-up"}, "path-altered"), ({"body": "00" * 32}, "body-altered"),
        ({"time": "2026-01-01T00:00:00.000000Z"}, "clock-off"),
    ],
)  # fmt: skip
def test_a_question_that_is_not_right_is_refused(nodes: TwoNodes, changes: dict[str, str], code: str) -> None:
    asked = {"what": "windows", "since": "2026-11-22T00:00:00+00:00", "until": "2026-11-23T00:00:00+00:00"}
    answer = question(nodes, asked, **changes).send(url=nodes.hospitals.public + PATH)
    assert (answer.status_code >= 400, answer.json()["code"]) == (True, code)


def test_a_question_is_answered_once_signed_and_to_nobody_else(nodes: TwoNodes) -> None:
    asked = {"what": "windows", "since": "2026-11-22T00:00:00+00:00", "until": "2026-11-23T00:00:00+00:00"}
    right = question(nodes, asked)
    answer = right.send(url=nodes.hospitals.public + PATH)
    assert answer.status_code == 200, answer.text
    assert {"qipan-envelope", "qipan-signature"} <= set(answer.headers)
    assert right.send(url=nodes.hospitals.public + PATH).json()["code"] == "replayed"
    forged = Forged(
        right.envelope._replace(nonce="ab" * 16), generate(Suite.SM2), right.body, nodes.hospitals.public
    )
    assert forged.send(url=nodes.hospitals.public + PATH).json()["code"] == "signature-wrong"


def test_what_is_no_question_or_too_big_is_refused(nodes: TwoNodes) -> None:
    for asked in ({}, {"what": "all"}, {"what": "calls", "grant": "x", "minute": "x", "after": "\x00"}, [1]):
        answer = question(nodes, asked).send(url=nodes.hospitals.public + PATH)
        assert answer.json()["code"] == "not-a-call"
    assert (
        question(nodes, {"what": "x" * 70_000}).send(url=nodes.hospitals.public + PATH).json()["code"]
        == "too-big"
    )


def test_the_inside_asks_for_the_platform_alone(nodes: TwoNodes) -> None:
    answer = httpx.post(
        f"{nodes.city.inside}/records",
        json={"peer": "hospitals", "asked": {}},
        trust_env=False,
        timeout=ANSWER_SECONDS,
    )
    assert answer.json()["code"] == "not-from-inside"


def test_a_peer_that_is_down_is_silent(nodes: TwoNodes) -> None:
    nodes.hospitals.kill("public")
    assert reconcile(nodes.city, LATER + 20)["met"][0][3] == "peer-down"
