"""Certificates as OFD: of the right parts, and what was changed in one is named."""

import io
import random
import zipfile
from xml.etree import ElementTree as ET

import pytest

from qipan.adapters.papers.ofd import DATA as DATA_FILE
from qipan.adapters.papers.ofd import NAMESPACE, PAGE, PICTURE, SEAL, SEALING, SIGNATURE, packed
from qipan.adapters.papers.ofd_reading import NotAnOfd, open_ofd
from qipan.adapters.seals import Suite
from qipan.core.declarations import Paper
from qipan.core.sheets import Writing
from tests.adapters.papers.sealed_page import DATA, hands, ofd, sheet


def files() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(ofd())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_opens_as_it_was_sealed() -> None:
    found = open_ofd(ofd())
    assert found.changed == ()
    assert found.data == DATA
    assert found.sealing.done_by(hands(Suite.SM2).issuer.public)


def test_it_holds_what_the_standard_asks_for() -> None:
    parts = files()
    root = ET.fromstring(parts["OFD.xml"])  # noqa: S314 -- our own
    assert root.tag == f"{{{NAMESPACE}}}OFD"
    assert root.findtext(f".//{{{NAMESPACE}}}DocRoot") in parts
    page = ET.fromstring(parts[PAGE])  # noqa: S314 -- our own
    written = "".join(one.text or "" for one in page.iter(f"{{{NAMESPACE}}}TextCode"))
    assert "出生医学证明" in written
    assert "王小宝" in written
    numbers = [one.get("ID") for one in page.iter() if one.get("ID")]
    assert len(numbers) == len(set(numbers))
    identifiers = ET.fromstring(parts["Doc_0/Document.xml"]).findtext(f".//{{{NAMESPACE}}}MaxUnitID")  # noqa: S314 -- our own
    assert int(identifiers or 0) >= max(int(one or 0) for one in numbers)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (PAGE, "page"),
        (DATA_FILE, "data"),
        (SEAL, "seal-picture"),
        (PICTURE, "page"),
        ("OFD.xml", "description"),
        ("Doc_0/Document.xml", "part"),
    ],
)
def test_a_changed_part_is_named(name: str, part: str) -> None:
    parts = files()
    middle = len(parts[name]) // 2
    parts[name] = parts[name][:middle] + bytes([parts[name][middle] ^ 1]) + parts[name][middle + 1 :]
    assert open_ofd(packed(parts)).changed == ((part, name),)


def test_what_was_added_or_taken_away_is_named() -> None:
    parts = files()
    assert open_ofd(packed({**parts, "Doc_0/more.xml": b"<a/>"})).changed == (("added", "Doc_0/more.xml"),)
    del parts[DATA_FILE]
    assert open_ofd(packed(parts)).changed == (("data", DATA_FILE),)


def test_no_byte_can_be_changed() -> None:
    dice = random.Random(5)
    for place in dice.sample(range(len(ofd())), 80):
        changed = bytearray(ofd())
        changed[place] ^= 1 << dice.randrange(8)
        try:
            found = open_ofd(bytes(changed))
        except NotAnOfd:
            continue
        assert found.changed or not found.sealing.done_by(hands(Suite.SM2).issuer.public), place


@pytest.mark.parametrize("name", [SIGNATURE, SEALING])
def test_without_a_seal_it_is_none(name: str) -> None:
    parts = files()
    del parts[name]
    with pytest.raises(NotAnOfd):
        open_ofd(packed(parts))


def test_a_bomb_is_not_unpacked() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", bytes(20 * 1024 * 1024))
    with pytest.raises(NotAnOfd):
        open_ofd(written.getvalue())


def test_entities_are_refused() -> None:
    parts = files()
    bomb = b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 1000 + b'">]>'
    parts[SIGNATURE] = parts[SIGNATURE].replace(b"?>\n", b"?>\n" + bomb, 1)
    with pytest.raises(NotAnOfd):
        open_ofd(packed(parts))


@pytest.mark.parametrize("paper", Paper)
def test_nothing_stands_beside_the_page(paper: Paper) -> None:
    long = {f"第{number}项事实的名称": "浙江省杭州市西湖区北山街道" * 3 for number in range(8)}
    found = sheet(paper, long)
    for mark in found.marks:
        if isinstance(mark, Writing):
            assert 10 < mark.x < mark.x + sum(mark.advances) < found.width - 10, mark.text
            assert 10 < mark.y < found.height - 10, mark.text
