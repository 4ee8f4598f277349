"""The bytes of deliveries: written one way, read no other; keys that tell nothing; a digest that holds every chunk in its place."""

from datetime import UTC, datetime

import pytest

from qipan.core import canonical, deliveries
from qipan.core.deliveries import Change, Ends, Header, Kind, Manifest, MoreThanGranted, NotADelivery
from qipan.core.grants import End

STREAM = "9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11"
HEADER = Header(STREAM, Kind.ROWS, 3, 2, "ac54fd6a9a9df468")
KEY = "00112233445566778899aabbccddeeff"
FIELDS = frozenset({"person.name"})
MANIFEST = Manifest(
    STREAM, STREAM, "population", ("person.name",), End("hospitals", "330106.hospital"), End("city", "330100.data_bureau"),
    3, 7, "00" * 32, datetime(2026, 11, 23, 1, 0, tzinfo=UTC),
)  # fmt: skip


def test_a_delivery_is_read_as_it_was_written() -> None:
    body = deliveries.write_delivery(HEADER, b"\x01\n\x00")
    assert deliveries.read_delivery(body) == (HEADER, b"\x01\n\x00")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\n", b"{}", b"{}\n", b"x" * 2000, b'{"key": "k"}\n',
        deliveries.write_delivery(HEADER, b"").replace(b'"rows"', b'"kind"'),
        deliveries.write_delivery(HEADER, b"").replace(b":3", b":3.0"),
        deliveries.write_delivery(HEADER, b"").replace(b'"rows",', b'"all",', 1),
    ],
)  # fmt: skip
def test_what_is_written_otherwise_is_no_delivery(body: bytes) -> None:
    with pytest.raises(NotADelivery):
        deliveries.read_delivery(body)


def test_rows_are_read_as_they_were_written() -> None:
    changes = [Change(KEY, {"person.name": "王芳"}), Change(KEY[::-1], None)]
    written = deliveries.write_changes(changes)
    assert written == f'["{KEY}",{{"person.name":"王芳"}}]\n["{KEY[::-1]}"]\n'.encode()
    assert deliveries.read_changes(written, FIELDS) == changes


@pytest.mark.parametrize(
    "written",
    [
        "", "\n", "[]\n", f'["{KEY}"]', f'["{KEY[:-1]}"]\n', '["' + "g" * 32 + '"]\n', f'["{KEY}",1]\n', f'["{KEY}",{{}},1]\n',
        f'["{KEY}",{{"person.name":["王芳"]}}]\n', f'["{KEY}",{{"person.name":null}}]\n', f'["{KEY}",{{"person.name":NaN}}]\n',
        "[" * 100_000 + "\n",
    ],
)  # fmt: skip
def test_what_is_no_row_is_refused(written: str) -> None:
    with pytest.raises(NotADelivery):
        deliveries.read_changes(written.encode(), FIELDS)


def test_a_field_more_than_granted_is_told_apart() -> None:
    with pytest.raises(MoreThanGranted):
        deliveries.read_changes(f'["{KEY}",{{"person.sex":"2"}}]\n'.encode(), FIELDS)


def test_a_row_s_key_says_nothing_and_is_another_under_another_grant() -> None:
    keys = {"person.id_number": "330106198501011225"}
    ours = deliveries.row_key(STREAM, keys)
    assert ours == deliveries.row_key(STREAM, dict(keys))
    assert len(ours) == 32
    assert ours != deliveries.row_key(STREAM[::-1], keys)
    assert ours != deliveries.row_key(STREAM, {"person.id_number": "330106198501011226"})


def test_a_box_belongs_to_one_place() -> None:
    ends = Ends("hospitals", "city", STREAM)
    right = deliveries.purpose(ends, HEADER)
    others = [
        deliveries.purpose(ends, other)
        for other in (
            HEADER._replace(position=4), HEADER._replace(rows=3), HEADER._replace(kind=Kind.MANIFEST),
            HEADER._replace(stream=STREAM[::-1]),
        )
    ]  # fmt: skip
    others += [deliveries.purpose(ends._replace(**{name: "x"}), HEADER) for name in Ends._fields]
    assert len({right, *others}) == 8


def test_the_digest_holds_every_chunk_in_its_place() -> None:
    def over(*chunks: bytes) -> bytes:
        digest = deliveries.begun(STREAM)
        for one in chunks:
            digest = deliveries.chained(digest, one)
        return digest

    assert (
        len({over(b"a", b"b"), over(b"b", b"a"), over(b"a"), over(b"ab"), over(), over(b"a", b"b", b"b")})
        == 6
    )


def test_a_manifest_is_read_as_it_was_signed_and_no_other_way() -> None:
    document = MANIFEST.document()
    assert deliveries.read_manifest(document) == MANIFEST
    for changed in (
        document.replace(b":7", b": 7"),
        document.replace(b'"version":1', b'"version":2'),
        document.replace(b'"rows":7', b'"rows":"7"'),
        canonical.write({**canonical.read(document), "more": 1}),
        b"{}",
    ):
        with pytest.raises(NotADelivery):
            deliveries.read_manifest(changed)
