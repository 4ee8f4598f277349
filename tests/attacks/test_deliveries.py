"""What somebody on the wire, or a provider that lies, can try with deliveries: nothing is taken but what is next, whole, sealed and granted."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.utils import timezone

from qipan.adapters.seals import PrivateKey, PublicKey, Suite, boxes, generate
from qipan.core import canonical, deliveries, envelope
from qipan.core.deliveries import Change, Ends, Header, Kind, Manifest
from qipan.core.envelope import RequestEnvelope
from qipan.core.grants import Grant, Mode, Rows
from qipan.core.nodes import key_id
from tests.exchange.couriers import issue_all, order, sending
from tests.exchange.forged import ANSWER_SECONDS, Forged
from tests.exchange.refusals import refused
from tests.exchange.two_nodes import CITY, HOSPITALS, TwoNodes

PATH = "/exchange/v1/deliveries"
NAME, REGION = "person.name", "person.household_region"
SMALL = Rows(own_cases=False)
PUSH, PUSH_OF_DISTRICT, ENDING, CLOSED = (
    sending(rows=SMALL), sending(), sending(rows=SMALL), sending(Mode.BATCH, rows=SMALL),
)  # fmt: skip
BATCH, LITTLE = sending(Mode.BATCH, rows=SMALL), sending(rows=SMALL, volume=1)
ROW = {NAME: "王芳", REGION: "330106002001"}


@pytest.fixture(scope="module")
def nodes(pair: TwoNodes) -> Iterator[TwoNodes]:
    """The city takes deliveries; the tests stand for the hospitals' courier."""
    pair.city.start("public")
    issue_all(pair, PUSH, PUSH_OF_DISTRICT, ENDING, CLOSED, BATCH, LITTLE)
    yield pair
    pair.city.kill("public")


class Sender:
    """The hospitals' courier as a test plays it: everything right, unless it is told otherwise."""

    def __init__(self, nodes: TwoNodes, grant: Grant, mode: Mode = Mode.PUSH, stream: str = "") -> None:
        self.nodes, self.grant, self.mode = nodes, grant, mode
        self.stream = stream or grant.id
        self.digest = deliveries.begun(self.stream)

    def header(self, position: int, rows: int = 1, kind: Kind = Kind.ROWS) -> Header:
        """A header for the city's own key."""
        return Header(self.stream, kind, position, rows, key_id("sm2-sm3", self.nodes.city.key.public.raw))

    def body(
        self, header: Header, plaintext: bytes, key: PublicKey | None = None, place: Header | None = None
    ) -> bytes:
        """A delivery, sealed for its place, or for another."""
        ends = Ends("hospitals", "city", self.grant.id)
        purpose = deliveries.purpose(ends, place or header)
        return deliveries.write_delivery(
            header, boxes.seal(key or self.nodes.city.key.public, plaintext, purpose)
        )

    def rows(self, position: int, *rows: dict[str, Any], **names: str) -> bytes:
        """A delivery of rows."""
        changes = [
            Change(deliveries.row_key(self.grant.id, {"n": f"{position}.{place}"}), row)
            for place, row in enumerate(rows or (ROW,))
        ]
        plaintext = deliveries.write_changes(changes)
        self.digest = deliveries.chained(self.digest, plaintext)
        return self.body(self.header(position, len(changes)), plaintext, **names)  # type: ignore[arg-type]

    def manifest(self, chunks: int, rows: int, /, signer: PrivateKey | None = None, **changes: Any) -> bytes:
        """The delivery that closes a batch."""
        key = signer or self.nodes.hospitals.key
        manifest = Manifest(
            self.stream, self.grant.id, self.grant.resource, self.grant.fields, HOSPITALS, CITY, chunks, rows,
            self.digest.hex(), timezone.now(),
        )._replace(**changes)  # fmt: skip
        document = manifest.document()
        signed = {
            "document": document.decode(),
            "key": key_id("sm2-sm3", key.public.raw),
            "signature": key.sign(deliveries.SIGNED_MANIFEST + document).hex(),
        }
        return self.body(self.header(chunks + 1, 0, Kind.MANIFEST), canonical.write(signed))

    def call(self, body: bytes, key: PrivateKey | None = None, **changes: str) -> Forged:
        """The signed request that carries a delivery."""
        signer = key or self.nodes.hospitals.key
        grant = self.grant
        signed = RequestEnvelope(
            method="POST", path=PATH, query="", content_type="application/json", sender="hospitals", receiver="city",
            suite="sm2-sm3", key=key_id("sm2-sm3", signer.public.raw), nonce=uuid4().hex,
            time=envelope.moment(timezone.now()), grant=grant.id, mode=str(self.mode), agency=HOSPITALS.agency,
            event=grant.event, services="", purpose=grant.purpose_zh, basis=grant.basis[0], case="", official="system:0",
            length=str(len(body)), body=envelope.hashed("sm2-sm3", body).hex(),
        )  # fmt: skip
        return Forged(signed._replace(**changes), signer, body, self.nodes.city.public)

    def send(self, body: bytes, **changes: Any) -> httpx.Response:
        """Send a delivery."""
        return self.call(body, **changes).send(url=self.nodes.city.public + PATH)


def taken(nodes: TwoNodes, stream: str) -> list[tuple[Any, ...]]:
    """State and position of a stream, and its rows in the store."""
    return nodes.city.rows(
        "SELECT state, position, (SELECT count(*) FROM exchange_received r WHERE r.stream = i.id)"
        f" FROM exchange_incoming i WHERE id = '{stream}'"
    )


def on_record(nodes: TwoNodes, body: bytes) -> list[tuple[Any, ...]]:
    """What the city put on record of a delivery."""
    exchange = deliveries.exchange_of(body)
    return nodes.city.rows(
        f"SELECT outcome, rows FROM exchange_calls WHERE exchange = '\\x{exchange}' ORDER BY id"
    )


def test_what_is_right_is_taken(nodes: TwoNodes) -> None:
    """Otherwise the refusals below would prove nothing."""
    sender = Sender(nodes, PUSH)
    for position in (1, 2):
        answer = sender.send(sender.rows(position))
        assert (answer.status_code, answer.json()["position"]) == (200, position)
    assert taken(nodes, PUSH.id) == [("running", 2, 2)]


def test_twice_changes_nothing_and_the_very_same_request_is_refused(nodes: TwoNodes) -> None:
    sender = Sender(nodes, PUSH)
    before = taken(nodes, PUSH.id)
    body = sender.rows(2, {NAME: "别人", REGION: "330106002001"})
    answer = sender.send(body)
    assert (answer.json()["outcome"], answer.json()["position"]) == ("taken-before", 2)
    call = sender.call(sender.rows(3))
    assert call.send(url=nodes.city.public + PATH).status_code == 200
    refused(call.send(url=nodes.city.public + PATH), "replayed")
    assert taken(nodes, PUSH.id) == [("running", before[0][1] + 1, before[0][2] + 1)]
    assert nodes.city.rows("SELECT count(*) FROM exchange_received WHERE row->>'person.name' = '别人'") == [
        (0,)
    ]


def test_out_of_order_and_with_a_gap(nodes: TwoNodes) -> None:
    sender = Sender(nodes, PUSH)
    position = taken(nodes, PUSH.id)[0][1]
    body = sender.rows(position + 2)
    refused(sender.send(body), "out-of-order")
    assert on_record(nodes, body) == [("out-of-order", 0)]
    assert taken(nodes, PUSH.id)[0][1] == position


def test_a_box_that_was_changed_or_put_elsewhere_or_is_for_another(nodes: TwoNodes) -> None:
    sender = Sender(nodes, PUSH)
    position = taken(nodes, PUSH.id)[0][1] + 1
    right = sender.rows(position)
    others = (
        sender.header(position + 1),
        sender.header(position, 2),
        sender.header(position, kind=Kind.MANIFEST),
    )
    wrong = [
        right[:-1] + bytes([right[-1] ^ 1]),  # tampered
        right[:-20],  # truncated
        right.split(b"\n", 1)[0] + b"\n",  # emptied
        *(sender.body(sender.header(position), b"x\n", place=other) for other in others),  # of another place
        sender.rows(position, key=generate(Suite.SM2).public),  # type: ignore[arg-type]  # sealed to another
        deliveries.write_delivery(sender.header(position)._replace(key="0" * 16), b"x"),
    ]
    for body in wrong:
        refused(sender.send(body), "unreadable")
        assert on_record(nodes, body)[-1] == ("unreadable", 0)
    assert taken(nodes, PUSH.id)[0][1] == position - 1


def test_swapped_chunks(nodes: TwoNodes) -> None:
    """Of two chunks, each takes the other's place: neither opens there."""
    sender = Sender(nodes, PUSH)
    position = taken(nodes, PUSH.id)[0][1] + 1
    first, second = (sender.rows(one).split(b"\n", 1) for one in (position, position + 1))
    refused(sender.send(first[0] + b"\n" + second[1]), "unreadable")


def test_more_than_granted(nodes: TwoNodes) -> None:
    sender = Sender(nodes, PUSH)
    position = taken(nodes, PUSH.id)[0][1] + 1
    refused(sender.send(sender.rows(position, {**ROW, "person.marital_status": "20"})), "excess")
    district = Sender(nodes, PUSH_OF_DISTRICT)
    refused(district.send(district.rows(1, {NAME: "王芳", REGION: "330203002001"})), "foreign-row")
    little = Sender(nodes, LITTLE)
    refused(little.send(little.rows(1, ROW, ROW)), "volume-used-up")
    assert little.send(little.rows(1)).status_code == 200
    refused(little.send(little.rows(2)), "volume-used-up")
    assert taken(nodes, LITTLE.id) == [("running", 1, 1)]
    alarms = nodes.city.rows(
        "SELECT DISTINCT outcome FROM exchange_calls WHERE alarm AND outcome IN ('excess', 'unreadable') ORDER BY 1"
    )
    assert alarms == [("excess",), ("unreadable",)]


def test_other_rows_than_said_or_none(nodes: TwoNodes) -> None:
    sender = Sender(nodes, PUSH)
    position = taken(nodes, PUSH.id)[0][1] + 1
    line = deliveries.write_changes([Change("0" * 32, ROW)])
    for plaintext in (line + line, b"", b"\n", b"[1]\n", line.replace("王芳".encode(), b"\\u0000")):
        refused(sender.send(sender.body(sender.header(position), plaintext)), "not-a-call")
    refused(sender.send(sender.body(sender.header(position, 2), line)), "not-a-call")
    refused(sender.send(b"{}\nx"), "not-a-call")


def test_in_another_s_name(nodes: TwoNodes) -> None:
    sender = Sender(nodes, PUSH)
    body = sender.rows(taken(nodes, PUSH.id)[0][1] + 1)
    refused(sender.send(body, key=generate(Suite.SM2)), "unknown-key")
    refused(sender.send(body, key=nodes.city.key, sender="city"), "other-provider")
    refused(sender.send(body, agency="330100.health"), "other-provider")
    refused(sender.send(body, grant=str(uuid4())), "grant-unknown")
    refused(sender.send(body, mode="look-up"), "mode-not-granted")
    refused(sender.send(body, mode="batch"), "mode-not-granted")
    refused(sender.send(body, purpose="随便看看"), "other-purpose")
    other = Sender(nodes, PUSH, stream=PUSH_OF_DISTRICT.id)
    refused(other.send(other.rows(1)), "other-stream")


def test_too_big_and_changed_on_the_way(nodes: TwoNodes) -> None:
    sender = Sender(nodes, PUSH)
    refused(sender.send(b"x" * (8 * 1024 * 1024 + 1)), "too-big")
    call = sender.call(sender.rows(9))
    refused(call.send(url=nodes.city.public + PATH, content=call.body + b"x"), "body-altered")
    refused(call.send(url=nodes.city.public + PATH), "replayed")
    refused(
        sender.call(sender.rows(9), path="/exchange/v1/orders").send(url=nodes.city.public + PATH),
        "path-altered",
    )


def batch(nodes: TwoNodes, grant: Grant = BATCH) -> Sender:
    """A batch of which two chunks were taken."""
    sender = Sender(nodes, grant, Mode.BATCH, str(uuid4()))
    for position in (1, 2):
        assert sender.send(sender.rows(position, ROW, ROW)).status_code == 200
    return sender


def test_a_manifest_by_another_or_of_another_batch(nodes: TwoNodes) -> None:
    sender = batch(nodes)
    city = nodes.city.key  # a key of the list, and not the provider's
    for body in (
        sender.manifest(2, 4, signer=generate(Suite.SM2)),
        sender.manifest(2, 4, signer=city),
        sender.manifest(2, 4, batch=str(uuid4())),
        sender.manifest(2, 4, grant=PUSH.id),
        sender.manifest(2, 4, fields=(NAME,)),
        sender.manifest(2, 4, resource="marriage"),
        sender.manifest(2, 4, consumer=HOSPITALS),
        sender.body(sender.header(3, 0, Kind.MANIFEST), b"{}"),
    ):
        refused(sender.send(body), "manifest-wrong")
    assert taken(nodes, sender.stream) == [("running", 2, 4)]
    assert sender.send(sender.manifest(2, 4)).json()["rows"] == 4
    assert taken(nodes, sender.stream) == [("reconciled", 3, 4)]


@pytest.mark.parametrize(
    "said",
    [{"rows": 5}, {"rows": 3}, {"chunks": 3}, {"digest": "00" * 32}],
    ids=["a row lost", "a row too many", "truncated", "other rows"],
)
def test_a_batch_that_is_not_what_its_manifest_says_is_thrown_away(
    nodes: TwoNodes, said: dict[str, Any]
) -> None:
    sender = batch(nodes)
    refused(sender.send(sender.manifest(2, 4, **said)), "batch-disagrees")
    assert taken(nodes, sender.stream)[0][:2] == ("failed", 3)
    told = nodes.city.rows(
        f"SELECT details->>'agrees' FROM entries WHERE act = 'reconcile_batch' AND details->>'batch' = '{sender.stream}'"
    )
    assert told == [("false",)]
    refused(sender.send(sender.rows(4)), "stream-ended")


def test_nothing_follows_a_manifest(nodes: TwoNodes) -> None:
    sender = batch(nodes, CLOSED)
    assert sender.send(sender.manifest(2, 4)).status_code == 200
    refused(sender.send(sender.rows(4)), "stream-ended")
    assert sender.send(sender.manifest(2, 4)).json()["outcome"] == "taken-before"


def test_an_order_made_in_another_s_name_or_twice(nodes: TwoNodes) -> None:
    batch_ = order(nodes, BATCH).json()["batch"]
    assert nodes.hospitals.rows(f"SELECT official FROM exchange_outgoing WHERE id = '{batch_}'") == [
        ("official:7",)
    ]
    body = b'{"resource":"population"}'
    signed = RequestEnvelope(
        method="POST", path="/exchange/v1/orders", query="", content_type="application/json", sender="city",
        receiver="hospitals", suite="sm2-sm3", key=key_id("sm2-sm3", nodes.city.key.public.raw), nonce=uuid4().hex,
        time=envelope.moment(timezone.now()), grant=BATCH.id, mode="batch", agency=CITY.agency, event="birth",
        services="", purpose=BATCH.purpose_zh, basis=BATCH.basis[0], case="", official="official:7",
        length=str(len(body)), body=envelope.hashed("sm2-sm3", body).hex(),
    )  # fmt: skip
    address = nodes.hospitals.public + signed.path
    once = Forged(signed, nodes.city.key, body, "")
    assert once.send(url=address).json()["batch"]
    refused(once.send(url=address), "replayed")
    for changes, code in (
        ({"grant": PUSH.id}, "mode-not-granted"), ({"mode": "push"}, "mode-not-granted"), ({"purpose": ""}, "no-purpose"),
        ({"agency": "330100.health"}, "other-consumer"), ({"official": ""}, "no-official"),
    ):  # fmt: skip
        forged = Forged(signed._replace(nonce=uuid4().hex, **changes), nodes.city.key, body, "")
        refused(forged.send(url=address), code)
    stranger = httpx.post(f"{nodes.city.inside}/orders", json={}, timeout=ANSWER_SECONDS, trust_env=False)
    refused(stranger, "not-from-inside")


def test_after_revocation_nothing_is_taken_any_more(nodes: TwoNodes) -> None:
    sender = Sender(nodes, ENDING)
    assert sender.send(sender.rows(1)).status_code == 200
    nodes.revoke(nodes.city, ENDING)
    body = sender.rows(2)
    refused(sender.send(body), "grant-revoked")
    assert on_record(nodes, body)[-1] == ("grant-revoked", 0)
    assert taken(nodes, ENDING.id)[0][1] == 1
