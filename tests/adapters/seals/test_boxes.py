"""What is sealed to somebody is read by nobody else, and not after a change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.adapters.seals import Suite, generate
from qipan.adapters.seals.boxes import NotForSealing, seal, unseal
from qipan.adapters.seals.errors import Unreadable

KEY, OTHER = generate(Suite.SM2), generate(Suite.SM2)
MESSAGE = "批量文件第一段".encode()
SEALED = seal(KEY.public, MESSAGE, b"")


@given(message=st.binary(max_size=500), purpose=st.binary(max_size=30))
def test_the_receiver_reads_what_was_sealed(message: bytes, purpose: bytes) -> None:
    sealed = seal(KEY.public, message, purpose)
    assert unseal(KEY, sealed, purpose) == message
    assert len(message) < 4 or message not in sealed


def test_nobody_else_reads_it_and_for_nothing_else() -> None:
    sealed = seal(KEY.public, MESSAGE, b"batch:1")
    for key, purpose in ((OTHER, b"batch:1"), (KEY, b"batch:2")):
        with pytest.raises(Unreadable):
            unseal(key, sealed, purpose)


@given(data=st.data())
def test_no_bit_can_be_changed_and_nothing_cut_off(data: st.DataObject) -> None:
    sealed = bytearray(SEALED)
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    cut = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(Unreadable):
        unseal(KEY, bytes(sealed[:cut]), b"")
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Unreadable):
        unseal(KEY, bytes(sealed), b"")


def test_the_same_message_is_never_sealed_the_same() -> None:
    assert seal(KEY.public, MESSAGE, b"") != seal(KEY.public, MESSAGE, b"")


@pytest.mark.parametrize("suite", [Suite.ED25519, Suite.ES256])
def test_keys_of_other_suites_are_refused(suite: Suite) -> None:
    key = generate(suite)
    with pytest.raises(NotForSealing):
        seal(key.public, MESSAGE, b"")
    with pytest.raises(NotForSealing):
        unseal(key, b"\x01", b"")
