"""Lists of what still holds: small, and the same for whoever reads them."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core.disclosures import NotAPresentation, decoded, encoded
from qipan.core.status_lists import LARGEST, Status, looked_up, packed

OTHERS = st.dictionaries(st.integers(0, 999), st.sampled_from(Status))


@given(OTHERS)
def test_each_is_found_at_its_place(others: dict[int, Status]) -> None:
    text = packed(1000, others.items())
    for place in range(1000):
        assert looked_up(text, place) == others.get(place, Status.VALID)


def test_the_lowest_bits_come_first() -> None:
    text = packed(12, [(0, Status.REVOKED), (2, Status.SUSPENDED), (7, Status.REPLACED)])
    assert zlib.decompress(decoded(text, "")) == bytes([0b00100001, 0b11000000, 0])


def test_a_million_valid_ones_take_little_room() -> None:
    assert len(packed(1_000_000, [])) < 1000


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 0),
        ("AAAA", 0),
        (packed(4, []), 4),
        (packed(4, []), -1),
        (encoded(zlib.compress(bytes(LARGEST + 1))), 0),
    ],
)
def test_what_is_no_list_or_ends_before_is_refused(text: str, place: int) -> None:
    with pytest.raises(NotAPresentation):
        looked_up(text, place)
