"""Lists of issuers are read only in the one way in which they are written."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from qipan.core.issuer_lists import (
    COMPROMISED,
    Issuer,
    IssuerKey,
    IssuerList,
    ListedSeal,
    NotAnIssuerList,
    read_issuers,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
KEY = IssuerKey("0123456789abcdef", "sm2-sm3", b"\x04" * 65, b"\x01" * 32, NOW, NOW + YEAR)
LIST = IssuerList(
    node="hub",
    number=3,
    issued=NOW,
    authorities=(b"\x30\x03",),
    issuers={"330106.health": Issuer("330106.health", "11330106QP000001XK", "西湖区卫健局", "", (KEY,))},
    seals={"3301060000001": ListedSeal("3301060000001", "330106.health", "active", NOW, NOW + YEAR)},
)


def test_a_list_is_read_as_it_was_written() -> None:
    assert read_issuers(LIST.document()) == LIST


def test_a_key_is_found_with_its_issuer() -> None:
    found = LIST.key(KEY.id)
    assert found
    assert found == (LIST.issuers["330106.health"], KEY)
    assert LIST.key("fedcba9876543210") is None


def test_a_key_speaks_for_its_issuer_for_its_time() -> None:
    assert KEY.held_at(NOW)
    assert not KEY.held_at(NOW - timedelta(seconds=1))
    assert not KEY.held_at(NOW + YEAR)
    assert not KEY._replace(why=COMPROMISED).held_at(NOW)


@pytest.mark.parametrize("place", range(0, 700, 7))
def test_a_changed_list_is_another_or_none(place: int) -> None:
    written = bytearray(LIST.document())
    written[place % len(written)] ^= 1
    with suppress(NotAnIssuerList):
        assert read_issuers(bytes(written)) != LIST


@pytest.mark.parametrize(
    "document",
    [b"", b"{}", b"[]", LIST.document() + b" ", LIST.document().replace(b'"number":3', b'"number":0')],
)
def test_anything_else_is_none(document: bytes) -> None:
    with pytest.raises(NotAnIssuerList):
        read_issuers(document)
