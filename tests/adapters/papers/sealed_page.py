"""An authority, an issuer with both keys, its seal, and a certificate that they made; all of it invented."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from qipan.adapters import seals
from qipan.adapters.papers import codes, fonts
from qipan.adapters.papers.ofd import About, write_ofd
from qipan.adapters.papers.pdf import write_pdf
from qipan.adapters.papers.pdf_signatures import Hand, sign_pdf
from qipan.adapters.papers.seal_pictures import seal_picture
from qipan.adapters.papers.seal_signatures import Picture, make_seal, use_seal
from qipan.adapters.seals import PrivateKey, Suite
from qipan.adapters.seals.certificates import Subject, certify
from qipan.core.certificate_look import Content, composed
from qipan.core.declarations import Paper, Tint
from qipan.core.sheets import Sheet

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
NAME = "西湖区妇幼保健院"
DATA = "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl~"
FACTS = (("婴儿姓名", "王小宝"), ("性别", "女"), ("出生日期", "2026年11月20日"), ("备注", "无" * 60))


class Hands(NamedTuple):
    """The keys of an authority and of an issuer, of one suite, with their certificates."""

    authority: PrivateKey
    issuer: PrivateKey
    root: bytes
    certificate: bytes


@cache
def hands(suite: Suite) -> Hands:
    """Make them, once."""
    authority, issuer = seals.generate(suite), seals.generate(suite)
    above = Subject("测试根", "测试")
    root = certify(
        above, authority.public, above, authority, begins=NOW, ends=NOW + 9 * YEAR, serial=1, authority=True
    )
    own = Subject(NAME, NAME, "11330106QP000001XK")
    certificate = certify(own, issuer.public, above, authority, begins=NOW, ends=NOW + 5 * YEAR, serial=2)
    return Hands(authority, issuer, root, certificate)


@cache
def seal_document() -> bytes:
    """The issuer's seal."""
    own = hands(Suite.SM2)
    return make_seal(
        number="3301060000001",
        name=f"{NAME}电子证照专用章",
        user=own.certificate,
        picture=Picture("png", picture(), 42, 42),
        begins=NOW,
        ends=NOW + 5 * YEAR,
        made=NOW,
        maker=own.root,
        sign=own.authority.sign,
    )


@cache
def picture() -> bytes:
    """What the seal looks like."""
    return seal_picture(NAME, "电子证照专用章")


def sheet(paper: Paper = Paper.PORTRAIT, facts: Mapping[str, str] | None = None) -> Sheet:
    """A certificate set out."""
    shown = tuple(facts.items()) if facts is not None else FACTS
    content = Content(
        title="出生医学证明",
        subtitle="Birth medical certificate",
        number="1.2.156.3005.2.11330000QP00000199009.11330106QP000001XK.202600000001.001.A",
        preamble="兹证明下列新生儿出生情况属实。",
        facts=shown,
        issuer=NAME,
        issued_on="2026年11月23日",
        valid="长期有效",
        notes=("测试",),
        code=codes.png("http://127.0.0.1:8000/verify/1.2.156.3005.2/abcdef/"),
    )
    return composed(content, paper, Tint.GREEN, fonts.measure)


ABOUT = About("0" * 32, "出生医学证明", NAME, NOW, "1.2.156")


@cache
def ofd() -> bytes:
    """It as OFD, sealed."""
    own = hands(Suite.SM2)

    def seal(digest: bytes, what: str) -> bytes:
        return use_seal(
            seal=seal_document(),
            time=NOW,
            digest=digest,
            what=what,
            user=own.certificate,
            sign=own.issuer.sign,
        )

    return write_ofd(sheet(), ABOUT, DATA, seal_document(), seal)


@cache
def pdf() -> bytes:
    """It as PDF, signed."""
    own = hands(Suite.ES256)
    hand = Hand(own.issuer, own.certificate, [own.root])
    return sign_pdf(write_pdf(sheet(), ABOUT, DATA, picture()), hand, "测试", NOW)
