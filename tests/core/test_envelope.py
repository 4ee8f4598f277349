"""An envelope is read only in the one way in which it is written, and everything that came with it is held against it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core import envelope
from qipan.core.envelope import Fault, NotAnEnvelope, RequestEnvelope, ResponseEnvelope, Seen

NOW = datetime(2026, 11, 23, 1, 0, 0, 123456, tzinfo=UTC)
BODY = b'{"resource":"birth_record"}'
REQUEST = RequestEnvelope(
    method="POST", path="/exchange/v1/look-up", query="", content_type="application/json", sender="city",
    receiver="hospitals", suite="sm2-sm3", key="0123456789abcdef", nonce="00" * 16, time=envelope.moment(NOW),
    grant="9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11", mode="look-up", agency="330100.data_bureau", event="newborn",
    services="birth_certificate", purpose="核验分娩记录", basis="母婴保健法", case="case:1", official="official:7",
    length=str(len(BODY)), body=envelope.hashed("sm2-sm3", BODY).hex(),
)  # fmt: skip
RESPONSE = ResponseEnvelope(
    sender="hospitals", receiver="city", suite="es256", key="0123456789abcdef", request="11" * 32, status="200", code="ok",
    time=envelope.moment(NOW), content_type="application/json", length="0", body=envelope.hashed("es256", b"").hex(),
)  # fmt: skip
LINES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)


def test_they_are_read_as_they_were_written() -> None:
    assert envelope.read_request(REQUEST.signed()) == REQUEST
    assert envelope.read_response(RESPONSE.signed()) == RESPONSE


@given(st.tuples(*[LINES for _ in RequestEnvelope._fields]))
def test_any_values_come_back_or_are_refused_but_never_change_places(values: tuple[str, ...]) -> None:
    sent = RequestEnvelope(*values)._replace(suite="sm2-sm3")
    assert envelope.read_request(sent.signed()) == sent


@given(
    st.sampled_from(RequestEnvelope._fields),
    st.sampled_from(["\n", "\r", "\x00", "\x1f", "\x7f", "\x85"]),
    LINES,
)
def test_no_value_can_hold_a_line_of_its_own(field: str, mark: str, rest: str) -> None:
    with pytest.raises(NotAnEnvelope):
        envelope.read_request(REQUEST._replace(**{field: f"x{mark}{rest}"}).signed())


@given(st.integers(0, len(REQUEST.signed()) - 1), st.integers(1, 255))
def test_one_changed_byte_gives_another_envelope_or_none(place: int, change: int) -> None:
    signed = bytearray(REQUEST.signed())
    signed[place] ^= change
    try:
        found = envelope.read_request(bytes(signed))
    except NotAnEnvelope:
        return
    assert found != REQUEST
    assert found.signed() == bytes(signed)


@pytest.mark.parametrize(
    "signed",
    [
        b"", b"\n", b"x" * 9000, REQUEST.signed()[:-1], REQUEST.signed() + b"\n", REQUEST.signed() + b"more: x\n",
        REQUEST.signed().replace(b"request/1", b"request/2"), RESPONSE.signed(),
        REQUEST.signed().replace(b"sm2-sm3", b"none"), REQUEST.signed().replace(b"path: ", b"path:"),
        REQUEST.signed().replace(b"\n", b"\r\n"), b"\xff" + REQUEST.signed(),
    ],
)  # fmt: skip
def test_what_is_written_otherwise_is_none(signed: bytes) -> None:
    with pytest.raises(NotAnEnvelope):
        envelope.read_request(signed)


def test_clocks_may_be_a_minute_apart_and_no_more() -> None:
    for apart, fault in (
        (0, None),
        (60, None),
        (-60, None),
        (61, Fault.CLOCK),
        (-61, Fault.CLOCK),
        (600, Fault.CLOCK),
    ):
        assert envelope.against_clock(REQUEST.time, NOW + timedelta(seconds=apart)) is fault
    for written in ("", "2026-11-23", "2026-11-23T01:00:00Z", "2026-11-23T01:00:00.000000+08:00", "now"):
        with pytest.raises(NotAnEnvelope):
            envelope.against_clock(written, NOW)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"method": "GET"}, Fault.METHOD), ({"path": "/exchange/v1/look-up/"}, Fault.PATH), ({"query": "a=1"}, Fault.QUERY),
        ({"content_type": "text/json"}, Fault.CONTENT_TYPE),
    ],
)  # fmt: skip
def test_what_came_must_be_what_was_signed(change: dict[str, str], fault: Fault) -> None:
    seen = Seen("POST", "/exchange/v1/look-up", "", "application/json")
    assert envelope.against_seen(REQUEST, seen) is None
    assert envelope.against_seen(REQUEST, seen._replace(**change)) is fault


def test_the_body_must_be_the_one_that_was_signed() -> None:
    assert envelope.against_body(REQUEST, BODY) is None
    assert envelope.against_body(REQUEST, BODY + b" ") is Fault.BODY
    assert envelope.against_body(RESPONSE, b"") is None
    assert envelope.against_body(RESPONSE._replace(length="00"), b"") is Fault.BODY


def sealed(envelopes: list[bytes]) -> tuple[bytes, list[bytes]]:
    """Envelopes under one signature, which is not one here: the arithmetic is qipan.adapters.seals's."""
    message, places = envelope.seal_together("sm2-sm3", envelopes)
    return message, [b"s" * 64 + place for place in places]


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=40, unique=True), st.data())
def test_envelopes_signed_together_stand_each_by_itself(envelopes: list[bytes], data: st.DataObject) -> None:
    message, seals = sealed(envelopes)
    for one, seal in zip(envelopes, seals, strict=True):
        assert envelope.read_seal("sm2-sm3", one, seal) == envelope.Sealed(message, b"s" * 64)
    ours, others = (data.draw(st.integers(0, len(envelopes) - 1)) for _ in range(2))
    if ours != others:
        assert said(envelopes[ours], seals[others]) != message


@given(st.integers(1, 40), st.data())
def test_a_changed_seal_or_envelope_leads_to_another_root_or_none(count: int, data: st.DataObject) -> None:
    envelopes = [str(number).encode() for number in range(count)]
    message, seals = sealed(envelopes)
    at = data.draw(st.integers(0, count - 1))
    changed = bytearray(seals[at])
    place = data.draw(st.integers(64, len(changed) - 1))
    changed[place] ^= data.draw(st.integers(1, 255))
    # Of a place alone, only what would be a different path counts: the signature is over the root.
    if bytes(changed[68:]) != seals[at][68:]:
        assert said(envelopes[at], bytes(changed)) != message
    assert said(envelopes[at] + b"x", seals[at]) != message
    assert said(message[len(envelope.BATCH) :], seals[at][:64] + envelope.PLACE.pack(0, 1)) != message


@pytest.mark.parametrize(
    "seal",
    [
        b"",
        b"s" * 64,
        b"s" * 64 + b"\x00\x00\x00\x00",
        b"s" * 64 + b"\x00\x01\x00\x01",
        b"s" * 64 + b"\x00\x00\x00\x02",
        b"s" * 64 + b"\x00\x00\x00\x01" + b"x",
        b"s" * 64 + b"\x00\x00\x01\x01" + b"h" * 32 * 9,
    ],
)
def test_what_is_no_seal_is_refused(seal: bytes) -> None:
    with pytest.raises(NotAnEnvelope):
        envelope.read_seal("sm2-sm3", b"x", seal)


def said(one: bytes, seal: bytes) -> bytes | None:
    """The message that a seal speaks of; None where it is none."""
    try:
        return envelope.read_seal("sm2-sm3", one, seal).message
    except NotAnEnvelope:
        return None
