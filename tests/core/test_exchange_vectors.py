"""The vectors of docs/handbook/exchange.md hold: whoever builds a gateway of their own can begin from them."""

import hashlib
import re
from pathlib import Path

import pytest

from qipan.adapters.seals import Suite, boxes, private_key, public_key
from qipan.core import canonical, deliveries, envelope
from qipan.core.deliveries import Ends
from qipan.core.grants import SIGNED_GRANT, read_grant
from qipan.core.nodes import key_id

PAGE = (Path(__file__).parents[2] / "docs" / "handbook" / "exchange.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```([a-z-]+)\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL))
KEY = public_key(Suite.SM2, bytes.fromhex(BLOCKS["public"]))
REQUEST = (BLOCKS["request"] + "\n").encode()
RESPONSE = (BLOCKS["response"] + "\n").encode()
GRANT = BLOCKS["grant"].encode()


def test_the_key_is_the_one_that_the_envelopes_name() -> None:
    assert private_key(Suite.SM2, (BLOCKS["key"] + "\n").encode()).public.raw == KEY.raw
    assert envelope.read_request(REQUEST).key == key_id("sm2-sm3", KEY.raw)


@pytest.mark.parametrize(
    ("name", "signed"), [("request", REQUEST), ("response", RESPONSE)], ids=["request", "response"]
)
def test_the_seals_are_over_exactly_these_bytes(name: str, signed: bytes) -> None:
    seal = bytes.fromhex(BLOCKS[f"{name}-seal"])
    said = envelope.read_seal("sm2-sm3", signed, seal)
    assert KEY.verify(said.signature, said.message)
    other = envelope.read_seal("sm2-sm3", signed[:-1], seal)
    assert not KEY.verify(other.signature, other.message)


def test_a_seal_can_be_checked_with_nothing_but_the_page() -> None:
    """As somebody else would write it: two leaves, one root."""
    seal = bytes.fromhex(BLOCKS["request-seal"])
    assert seal[64:68] == bytes([0, 0, 0, 2])
    leaf = hashlib.new("sm3", b"\x00" + REQUEST).digest()
    root = hashlib.new("sm3", b"\x01" + leaf + seal[68:]).digest()
    message = b"qipan-exchange-batch/1\n" + root
    assert message.hex() == BLOCKS["request-message"]
    assert KEY.verify(seal[:64], message)


def test_the_grant_is_signed_over_exactly_its_bytes() -> None:
    signature = bytes.fromhex(BLOCKS["grant-signature"])
    assert KEY.verify(signature, SIGNED_GRANT + GRANT)
    assert not KEY.verify(signature, GRANT)


def test_the_hashes_are_what_the_page_says() -> None:
    assert envelope.hashed("sm2-sm3", REQUEST).hex() == BLOCKS["request-hash"]
    assert envelope.read_response(RESPONSE).request == BLOCKS["request-hash"]
    assert canonical.digest(GRANT).hex() == BLOCKS["grant-digest"]
    assert read_grant(GRANT).document() == GRANT


def test_the_bodies_are_those_that_were_signed() -> None:
    bodies = [one.encode() for one in re.findall(r"its body: `(.*?)`", PAGE)]
    assert envelope.against_body(envelope.read_request(REQUEST), bodies[0]) is None
    assert envelope.against_body(envelope.read_response(RESPONSE), bodies[1]) is None


def test_every_line_of_an_envelope_is_on_the_page() -> None:
    for field in {*envelope.RequestEnvelope._fields, *envelope.ResponseEnvelope._fields}:
        assert f"`{envelope.NAMES.get(field, field)}`" in PAGE


def test_a_delivery_opens_at_its_place_and_holds_the_rows_of_the_page() -> None:
    body = BLOCKS["delivery-header"].encode() + b"\n" + bytes.fromhex(BLOCKS["delivery-box"])
    assert hashlib.new("sm3", body).hexdigest() == BLOCKS["delivery-exchange"]
    header, box = deliveries.read_delivery(body)
    lines = ["qipan-delivery/1", "hospitals", "city", header.stream, header.stream, "rows", "1", "2"]
    assert deliveries.purpose(Ends("hospitals", "city", header.stream), header) == "\n".join(lines).encode()
    key = private_key(Suite.SM2, (BLOCKS["key"] + "\n").encode())
    assert boxes.unseal(key, box, "\n".join(lines).encode()).decode() == BLOCKS["delivery-rows"] + "\n"


def test_a_row_s_key_and_the_digest_over_rows_can_be_made_with_nothing_but_the_page() -> None:
    stream = canonical.read(BLOCKS["delivery-header"].encode())["stream"]
    keys = b'{"mother.id_number":"330106198501011225"}'
    named = hashlib.new("sm3", b"qipan-row/1\n" + str(stream).encode() + b"\n" + keys).hexdigest()[:32]
    assert BLOCKS["delivery-rows"].startswith(f'["{named}",')
    begun = hashlib.new("sm3", b"qipan-rows/1\n" + str(stream).encode()).digest()
    rows = hashlib.new("sm3", (BLOCKS["delivery-rows"] + "\n").encode()).digest()
    assert hashlib.new("sm3", begun + rows).hexdigest() == BLOCKS["delivery-digest"]


def test_the_manifest_is_signed_over_exactly_its_bytes_and_closes_this_delivery() -> None:
    document = BLOCKS["manifest"].encode()
    signature = bytes.fromhex(BLOCKS["manifest-signature"])
    assert KEY.verify(signature, b"qipan-batch/1\n" + document)
    assert not KEY.verify(signature, document)
    manifest = deliveries.read_manifest(document)
    assert manifest.document() == document
    assert (manifest.chunks, manifest.rows, manifest.digest) == (1, 2, BLOCKS["delivery-digest"])


def test_every_member_of_a_manifest_is_on_the_page() -> None:
    for member in {*deliveries.MANIFEST_MEMBERS, *deliveries.HEADER_MEMBERS}:
        assert f"`{member}`" in PAGE
