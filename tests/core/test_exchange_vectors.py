"""The vectors of docs/handbook/exchange.md hold: whoever builds a gateway of their own can begin from them."""

import re
from pathlib import Path

import pytest

from qipan.adapters.seals import Suite, private_key, public_key
from qipan.core import canonical, envelope
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
    ("name", "message"),
    [("request", REQUEST), ("response", RESPONSE), ("grant", SIGNED_GRANT + GRANT)],
    ids=["request", "response", "grant"],
)
def test_the_signatures_are_over_exactly_these_bytes(name: str, message: bytes) -> None:
    signature = bytes.fromhex(BLOCKS[f"{name}-signature"])
    assert KEY.verify(signature, message)
    assert not KEY.verify(signature, message + b"\n")
    assert private_key(Suite.SM2, (BLOCKS["key"] + "\n").encode()).sign(message) != signature  # each is new


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
