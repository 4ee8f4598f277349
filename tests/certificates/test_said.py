"""Each thing that can be wrong with a certificate is said, in Chinese and in English, by all its forms; and never more than is true."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import transaction

from qipan.adapters.papers.ofd import PAGE, SEALING, packed
from qipan.adapters.papers.ofd_reading import _unpacked
from qipan.adapters.papers.seal_signatures import read_sealing
from qipan.certificates import operations
from qipan.certificates.checking import StandingOf, Trust, Verdict, check, nobody_asked
from qipan.certificates.rows import WholeCertificate
from qipan.faces.look.verdict_words import SENTENCES, told
from tests.cast import MONDAY, Cast
from tests.certificates.office import DAY, Office, known, listed, ofd_of, pdf_of

YEARS = timedelta(days=365)
TUESDAY = MONDAY + DAY


class Forms(NamedTuple):
    """A certificate in each of its forms, and whom one trusts."""

    data: bytes
    pdf: bytes
    ofd: bytes
    trust: Trust


@pytest.fixture
def forms(paper: WholeCertificate, office: Office) -> Forms:
    return Forms(paper.data.encode(), pdf_of(paper, office), ofd_of(paper), listed())


def said(found: Verdict) -> tuple[str, str]:
    """What both languages say of it, in one text each."""
    zh, en = (told(found, None, language) for language in ("zh-hans", "en"))
    return " ".join((zh.title, *zh.findings)), " ".join((en.title, *en.findings))


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def with_part(ofd: bytes, name: str, place: Callable[[bytes], int]) -> bytes:
    files = _unpacked(ofd)
    return packed({**files, name: flipped(files[name], place(files[name]))})


def test_one_byte_and_what_was_changed(forms: Forms) -> None:
    sealing = read_sealing(_unpacked(forms.ofd)[SEALING])
    picture, time = sealing.seal.picture.data, f"{sealing.time:%Y%m%d%H%M%S}Z".encode()
    page = forms.pdf.index(b"stream") + 40
    changed = {
        ("签发的内容", "what was signed"): flipped(forms.data, forms.data.index(b".") + 20),
        ("版面内容", "the page"): flipped(forms.pdf, page),
        ("版面内容 ", "the page "): with_part(forms.ofd, PAGE, lambda x: x.index("王小宝".encode()) + 2),
        ("印章图样", "the picture of the seal"): with_part(
            forms.ofd, SEALING, lambda x: x.index(picture) + len(picture) // 2
        ),
        ("盖章时间或盖章内容", "the time of the seal"): with_part(
            forms.ofd, SEALING, lambda x: x.rindex(time) + len(time) - 2
        ),
    }
    for (zh, en), content in changed.items():
        found = check(content, forms.trust, TUESDAY, known)
        chinese, english = said(found)
        assert not found.genuine, en
        assert "被改动过，不可信" in chinese, en
        assert f"被改动：{zh.strip()}" in chinese
        assert "It was changed: do not rely on it" in english
        assert f"Changed: {en.strip()}" in english


def test_the_time_it_is_for(forms: Forms) -> None:
    for content in forms[:3]:
        for at, zh, en in (
            (MONDAY - DAY, "还没有到生效的日子", "It is not in force yet"),
            (MONDAY + 6 * YEARS, "已过有效期", "It has expired"),
        ):
            found = check(content, forms.trust, at, known)
            assert not found.holds
            chinese, english = said(found)
            assert zh in chinese
            assert en in english


def test_what_its_agency_did_with_it(cast: Cast, paper: WholeCertificate, forms: Forms) -> None:
    with transaction.atomic():
        operations.revoke_certificate(
            acting=cast.official("hospital"), number=paper.number, reason="登记错误", at=TUESDAY
        )
    for content in forms[:3]:
        found = check(content, forms.trust, TUESDAY, known)
        assert (found.genuine, found.holds) == (True, False)
        chinese, english = said(found)
        assert "已被撤销（2026-11-24 09:00）：登记错误" in chinese
        assert "It was revoked (2026-11-24 09:00): 登记错误" in english


def test_what_became_of_its_seal(forms: Forms, office: Office) -> None:
    here = forms.trust.lists["here"]
    seal = here.seals[office.seal]
    for seals, zh, en in (
        ({}, "不在印章名录里", "is not in the catalogue of seals"),
        ({seal.number: seal._replace(agency="330100.hospital")}, "不在印章名录里", "not in the catalogue"),
        ({seal.number: seal._replace(state="suspended")}, "已停用", "is suspended"),
        ({seal.number: seal._replace(begins=TUESDAY)}, "还没有启用", "was not in use yet"),
        ({seal.number: seal._replace(state="destroyed", ends=MONDAY)}, "已经销毁", "was destroyed"),
    ):
        found = check(forms.ofd, Trust({"here": replace(here, seals=seals)}), TUESDAY, known)
        assert not found.holds, en
        chinese, english = said(found)
        assert zh in chinese
        assert en in english


def test_what_became_of_its_key(forms: Forms) -> None:
    here = forms.trust.lists["here"]
    (agency,) = here.issuers
    issuer = here.issuers[agency]
    for changes, zh, en in (
        ({"why": "compromised"}, "密钥已经泄露", "got into other hands"),
        ({"begins": TUESDAY}, "这把密钥还没有启用", "this key was not in use yet"),
        ({"ends": MONDAY}, "或已经停用", "or no longer"),
    ):
        keys = tuple(one._replace(**changes) for one in issuer.keys)
        trust = Trust({"here": replace(here, issuers={agency: issuer._replace(keys=keys)})})
        for content in forms[:3]:
            found = check(content, trust, TUESDAY, known)
            assert not found.genuine, en
            chinese, english = said(found)
            assert zh in chinese
            assert en in english


@pytest.mark.parametrize("standing", [known, nobody_asked])
def test_whose_issuer_is_unknown(forms: Forms, standing: StandingOf) -> None:
    for content in forms[:3]:
        chinese, english = said(check(content, Trust({}), TUESDAY, standing))
        assert "发证机关不在名单里，无法判断" in chinese
        assert "The issuer is unknown here" in english
        assert "真实有效" not in chinese


def test_every_sentence_is_in_both_languages() -> None:
    for zh, en in SENTENCES.values():
        assert zh != en
        assert en.isascii()
