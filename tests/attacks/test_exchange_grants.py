"""Two real nodes, and what a consumer can try beyond its grant: other words, fields, rows, times, volumes and cases."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from qipan.adapters.seals import Suite, generate
from qipan.core import envelope
from qipan.core.grants import SIGNED_REVOCATION, Revocation
from qipan.core.nodes import key_id
from tests.exchange.forged import ANSWER_SECONDS
from tests.exchange.refusals import refused
from tests.exchange.two_nodes import GRANTS, TwoNodes, grant

REVOKED_WITHIN = 120.0


@pytest.fixture(scope="module")
def nodes(pair: TwoNodes) -> TwoNodes:
    return pair


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
