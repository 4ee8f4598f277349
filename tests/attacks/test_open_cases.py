"""What a consumer that lies about its cases, or somebody on the wire, can try with a subscription to rows of open cases: nothing is followed
but what was looked up, for the case that is named, as long as it may be kept.
"""

from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from django.utils import timezone

from qipan.adapters.seals import PrivateKey, Suite, boxes, generate
from qipan.core import deliveries, envelope, following
from qipan.core.deliveries import Ends, Header, Kind
from qipan.core.envelope import RequestEnvelope
from qipan.core.following import Followed
from qipan.core.grants import ANY_OF_OWN_CASES, Grant, Mode
from qipan.core.nodes import key_id
from tests.exchange.couriers import issue_all, sending
from tests.exchange.forged import Forged
from tests.exchange.refusals import refused
from tests.exchange.two_nodes import CITY, PURPOSE, TwoNodes

PATH = "/exchange/v1/open-cases"
WAYS = (Mode.LOOK_UP, Mode.PUSH)
OWN, OTHER, WHOLE = (
    sending(rows=ANY_OF_OWN_CASES, modes=WAYS, event="", purpose_zh="跟办"),
    sending(rows=ANY_OF_OWN_CASES, modes=WAYS, event=""),
    sending(),
)
BEGIN = """
INSERT INTO exchange_outgoing (id, "grant", mode, peer, resource, official, "case", state, code, queued, position, rows, digest,
  finished, began_at, moved_at)
VALUES (%(id)s, %(id)s, 'push', 'city', 'population', 'system:0', '', 'running', '', 0, 0, 0, '', false, now(), now())
"""


@pytest.fixture(scope="module")
def nodes(pair: TwoNodes) -> TwoNodes:
    """The hospitals are told of open cases; the tests stand for the city's courier."""
    issue_all(pair, OWN, OTHER, WHOLE)
    for one in (OWN, OTHER):  # as the hospitals' courier would
        with psycopg.connect(pair.hospitals.owner_url) as connection:
            connection.execute(BEGIN.encode(), {"id": one.id})
    return pair


@pytest.fixture(scope="module")
def looked_up(nodes: TwoNodes) -> Followed:
    """A row that was looked up for a case which the person agreed to."""
    answer = nodes.ask(
        resource="population", keys={"person.id_number": nodes.mothers[0]}, fields=["person.name"],
        purpose="跟办", basis=[*OWN.basis], case=nodes.made["case"],
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return Followed(row(nodes, 0), nodes.made["case"])


def row(nodes: TwoNodes, place: int, grant: Grant = OWN) -> str:
    """How a resident's row is named."""
    return deliveries.row_key(grant.id, {"person.id_number": nodes.mothers[place]})


def said(
    nodes: TwoNodes, open_: list[Followed], /, grant: Grant = OWN, place: Header | None = None, **changes: Any
) -> bytes:
    """What the city says of its open cases, sealed for its place, or for another."""
    key = key_id("sm2-sm3", nodes.hospitals.key.public.raw)
    header = Header(grant.id, Kind.CASES, 0, len(open_), key)._replace(**changes)
    purpose = deliveries.purpose(Ends("city", "hospitals", grant.id), place or header)
    box = boxes.seal(nodes.hospitals.key.public, following.write_open(open_), purpose)
    return deliveries.write_delivery(header, box)


def call(
    nodes: TwoNodes, body: bytes, grant: Grant = OWN, key: PrivateKey | None = None, **changes: str
) -> Forged:
    """The signed request that carries it."""
    signer = key or nodes.city.key
    signed = RequestEnvelope(
        method="POST", path=PATH, query="", content_type="application/json", sender="city", receiver="hospitals",
        suite="sm2-sm3", key=key_id("sm2-sm3", signer.public.raw), nonce=uuid4().hex,
        time=envelope.moment(timezone.now()), grant=grant.id, mode="push", agency=CITY.agency, event=grant.event,
        services="", purpose=grant.purpose_zh, basis=grant.basis[0], case="", official="system:0",
        length=str(len(body)), body=envelope.hashed("sm2-sm3", body).hex(),
    )  # fmt: skip
    return Forged(signed._replace(**changes), signer, body, nodes.hospitals.public)


def send(
    nodes: TwoNodes, rows: list[Followed], grant: Grant = OWN, changes: dict[str, Any] | None = None, **envelope_: Any
) -> httpx.Response:  # fmt: skip
    """Say which cases are open."""
    body = said(nodes, rows, grant, **(changes or {}))
    return call(nodes, body, grant, **envelope_).send(url=nodes.hospitals.public + PATH)


def follows(nodes: TwoNodes) -> list[tuple[str]]:
    """What the hospitals follow under the grant."""
    return nodes.hospitals.rows(
        f"SELECT replace(key::text, '-', '') FROM exchange_followed WHERE \"grant\" = '{OWN.id}' AND open ORDER BY 1"
    )


def alarms(nodes: TwoNodes) -> int:
    [(found,)] = nodes.hospitals.rows(
        "SELECT count(*) FROM exchange_calls WHERE alarm AND outcome = 'not-looked-up'"
    )
    return int(found)


def test_what_was_looked_up_for_an_open_case_is_followed(nodes: TwoNodes, looked_up: Followed) -> None:
    """Otherwise the refusals below would prove nothing."""
    assert follows(nodes) == [], "nothing is followed before its case is said to be open"
    answer = send(nodes, [looked_up])
    assert (answer.status_code, answer.json()) == (200, {"unknown": []})
    assert follows(nodes) == [(looked_up.key,)]


def test_what_was_never_looked_up_or_for_another_case_is_not_followed_and_raises_an_alarm(
    nodes: TwoNodes, looked_up: Followed
) -> None:
    before = alarms(nodes)
    nobody = Followed(row(nodes, 1), looked_up.case)
    other = looked_up._replace(case="case:" + str(uuid4()))
    assert send(nodes, [looked_up, nobody]).json() == {"unknown": [[*nobody]]}
    assert send(nodes, [other]).json() == {"unknown": [[*other]]}
    assert follows(nodes) == [], "a case of which nothing was looked up follows nothing"
    assert alarms(nodes) == before + 2
    assert send(nodes, [looked_up]).json() == {"unknown": []}
    assert follows(nodes) == [(looked_up.key,)]


def test_a_look_up_under_another_grant_does_not_count(nodes: TwoNodes, looked_up: Followed) -> None:
    elsewhere = Followed(row(nodes, 0, OTHER), looked_up.case)
    for one in (looked_up, elsewhere):
        assert send(nodes, [one], OTHER, purpose=PURPOSE).json() == {"unknown": [[*one]]}


def test_what_was_looked_up_too_long_ago_is_not_read_for(nodes: TwoNodes, looked_up: Followed) -> None:
    """A case that is said to be open for ever keeps what was looked up no longer than the grant lets it be kept."""
    assert send(nodes, [looked_up]).status_code == 200
    asked = {"grant": OWN.id, "resource": OWN.resource}
    assert nodes.hospitals.run(STILL, asked) == [looked_up.key]
    days = OWN.retention + 1
    with psycopg.connect(nodes.hospitals.owner_url) as connection:
        moved = 'UPDATE exchange_followed SET looked_at = looked_at - make_interval(days => %s) WHERE "grant" = %s'
        connection.execute(moved, [days, OWN.id])
    assert nodes.hospitals.run(STILL, asked) == []
    with psycopg.connect(nodes.hospitals.owner_url) as connection:
        connection.execute(moved.encode(), [-days, OWN.id])


STILL = """
import json, sys
from qipan.site.setup import set_up
set_up()
from django.utils import timezone
from qipan.core import following
from qipan.exchange import follows, queries
held = queries.grant(json.load(sys.stdin)["grant"])
print(json.dumps(sorted(follows.open_keys(str(held.id), following.oldest(held.grant, timezone.now())))))
"""


def test_said_again_said_late_and_in_another_s_name(nodes: TwoNodes, looked_up: Followed) -> None:
    late = call(nodes, said(nodes, []))
    first = call(nodes, said(nodes, [looked_up]))
    assert first.send(url=nodes.hospitals.public + PATH).status_code == 200
    refused(first.send(url=nodes.hospitals.public + PATH), "replayed")
    refused(late.send(url=nodes.hospitals.public + PATH), "out-of-order")
    refused(send(nodes, [], key=generate(Suite.SM2)), "unknown-key")
    refused(send(nodes, [], key=nodes.hospitals.key, sender="hospitals"), "other-consumer")
    refused(send(nodes, [], agency="330100.health"), "other-consumer")
    refused(send(nodes, [], purpose="随便看看"), "other-purpose")
    refused(send(nodes, [], mode="look-up"), "mode-not-granted")
    refused(send(nodes, [], WHOLE), "mode-not-granted")
    assert follows(nodes) == [(looked_up.key,)]


def test_a_box_of_another_place_and_what_is_no_list_of_cases(nodes: TwoNodes, looked_up: Followed) -> None:
    elsewhere = Header(OTHER.id, Kind.CASES, 0, 1)
    refused(send(nodes, [looked_up], changes={"place": elsewhere}), "unreadable")
    refused(send(nodes, [looked_up], changes={"key": "0" * 16}), "unreadable")
    refused(send(nodes, [looked_up], changes={"rows": 2}), "not-a-call")
    refused(send(nodes, [looked_up], changes={"kind": Kind.ROWS}), "not-a-call")
    refused(send(nodes, [looked_up, looked_up]), "not-a-call")
    refused(send(nodes, [Followed("0", "case:1")]), "not-a-call")
    refused(send(nodes, [looked_up._replace(case="case:\n")]), "not-a-call")
    assert follows(nodes) == [(looked_up.key,)]
