"""A certificate of which one byte was changed is refused, and what was changed is said; a forged one is not believed."""

import base64
import json
import random
from pathlib import Path

import pytest

from qipan.adapters.papers.ofd import PAGE, SEALING, packed
from qipan.adapters.papers.ofd_reading import _unpacked
from qipan.adapters.papers.seal_signatures import read_sealing
from qipan.adapters.seals import Suite, generate
from qipan.certificates.checking import Finding, Trust, check
from qipan.certificates.rows import WholeCertificate
from qipan.core import disclosures
from qipan.core.disclosures import ALGORITHMS
from tests import cast as play
from tests.cast import MONDAY, Cast
from tests.certificates.office import DAY, Office, issued, known, listed, ofd_of, open_office, pdf_of, verdict


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture
def office(cast: Cast, tmp_path: Path) -> Office:
    return open_office(tmp_path)


@pytest.fixture
def paper(cast: Cast, office: Office) -> WholeCertificate:
    return issued(cast, office)


def flipped(content: bytes, place: int, bit: int = 0) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed)


def with_part(ofd: bytes, name: str, content: bytes) -> bytes:
    return packed({**_unpacked(ofd), name: content})


def test_one_byte_of_the_data_form(paper: WholeCertificate) -> None:
    trust = listed()
    for content in (paper.data.encode(), paper.data_sm2.encode()):
        dice = random.Random(1)
        for place in dice.sample(range(len(content)), 60):
            found = check(flipped(content, place, dice.randrange(7)), trust, MONDAY + DAY, known)
            assert not found.genuine, place
            assert found.findings[0].code in {"changed", "unreadable", "unknown-issuer"}


def test_a_fact_that_was_rewritten_is_named(paper: WholeCertificate) -> None:
    signed, *facts = disclosures.split(paper.data)
    wrapped = next(one for one in facts if disclosures.opened(one)[0] == "child.name")
    salt, name, _value = json.loads(disclosures.decoded(wrapped, ""))
    forged = disclosures.encoded(json.dumps([salt, name, "王大宝"], ensure_ascii=False).encode())
    shown = disclosures.presented(signed, [forged if one == wrapped else one for one in facts])
    assert verdict(shown.encode()).findings == (Finding("changed", "fact", "child.name"),)


def test_one_byte_of_the_pdf(paper: WholeCertificate, office: Office) -> None:
    content, trust = pdf_of(paper, office), listed()
    dice = random.Random(2)
    for place in dice.sample(range(len(content)), 25):
        found = check(flipped(content, place, dice.randrange(7)), trust, MONDAY + DAY, known)
        assert not found.genuine, place


def test_one_byte_of_the_page(paper: WholeCertificate) -> None:
    files = _unpacked(ofd_of(paper))
    name = files[PAGE].index("王小宝".encode())
    changed = with_part(ofd_of(paper), PAGE, flipped(files[PAGE], name + 2))
    assert verdict(changed).findings[0] == Finding("changed", "page", PAGE)


def test_one_byte_of_the_seals_picture(paper: WholeCertificate) -> None:
    sealed = _unpacked(ofd_of(paper))[SEALING]
    picture = read_sealing(sealed).seal.picture.data
    place = sealed.index(picture) + len(picture) // 2
    changed = with_part(ofd_of(paper), SEALING, flipped(sealed, place))
    assert verdict(changed).findings == (Finding("changed", "seal-picture"),)


def test_one_byte_of_the_seals_time(paper: WholeCertificate) -> None:
    sealed = _unpacked(ofd_of(paper))[SEALING]
    time = f"{read_sealing(sealed).time:%Y%m%d%H%M%S}Z".encode()
    place = sealed.rindex(time) + len(time) - 2
    changed = with_part(ofd_of(paper), SEALING, flipped(sealed, place))
    assert verdict(changed).findings == (Finding("changed", "seal-time"),)


def test_every_other_byte_of_the_ofd(paper: WholeCertificate) -> None:
    content, trust = ofd_of(paper), listed()
    dice = random.Random(3)
    for place in dice.sample(range(len(content)), 60):
        found = check(flipped(content, place, dice.randrange(8)), trust, MONDAY + DAY, known)
        assert not found.genuine, place


def test_a_certificate_of_ones_own_making_is_of_an_unknown_issuer(paper: WholeCertificate) -> None:
    key = generate(Suite.ES256)
    header = {"alg": ALGORITHMS[Suite.ES256], "typ": disclosures.TYPE, "kid": "0" * 16}
    claims = {name: value for name, value in disclosures.read(paper.data).claims.items() if "." not in name}
    forged = disclosures.issued(claims, disclosures.split(paper.data)[1:], header, key.sign)
    assert [one.code for one in verdict(forged.encode()).findings] == ["unknown-issuer"]
    known_key = str(disclosures.read(paper.data).header["kid"])
    posing = disclosures.issued(
        claims, disclosures.split(paper.data)[1:], {**header, "kid": known_key}, key.sign
    )
    assert verdict(posing.encode()).findings[0] == Finding("changed", "statement")


def test_one_suite_cannot_stand_in_for_the_other(paper: WholeCertificate) -> None:
    sm2, es256 = (disclosures.read(one) for one in (paper.data_sm2, paper.data))
    header = {**sm2.header, "kid": es256.header["kid"]}
    signed = disclosures.signed_text({}, header, lambda _: es256.signature)
    assert not verdict(f"{signed}~".encode()).genuine


def test_where_no_list_is_trusted_every_issuer_is_unknown(paper: WholeCertificate, office: Office) -> None:
    for content in (paper.data.encode(), ofd_of(paper), pdf_of(paper, office)):
        found = check(content, Trust({}), MONDAY + DAY)
        assert [one.code for one in found.findings] == ["unknown-issuer"]
        assert found.facts is None


def test_data_of_one_certificate_in_the_page_of_another(cast: Cast, paper: WholeCertificate) -> None:
    other = base64.b64encode(paper.data.encode())
    changed = with_part(ofd_of(paper), "Doc_0/Attachs/certificate.sd-jwt", other)
    assert verdict(changed).findings[0].code in {"changed", "unreadable"}
    assert not verdict(changed).genuine


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x03\x04" + b"\x00" * 100, b"%PDF-", b"ey~", b"\xff\xfe", b"<html>", b"{}"]
)
def test_rubbish_is_said_to_be_unreadable(content: bytes, db: None) -> None:
    assert [one.code for one in check(content, Trust({}), MONDAY).findings] == ["unreadable"]
