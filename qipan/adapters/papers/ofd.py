"""Fixed-layout documents of GB/T 33190-2016 (OFD): a zip of XML, of one page, with the data form attached, under a seal of GB/T 38540.

Every file is stored as it is, in one order and with one date, so that a document has one way of being written: what differs from it was
changed. Fonts are named and not embedded, as is usual in OFD; readers use what the machine has.
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from qipan.core.sheets import Fill, Font, Mark, Picture, Place, Sheet, Stroke, Writing

NAMESPACE = "http://www.ofdspec.org/2016"
SM3 = "1.2.156.10197.1.401"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
ROOT = "OFD.xml"
PAGE = "Doc_0/Pages/Page_0/Content.xml"
PICTURE = "Doc_0/Res/code.png"
DATA = "Doc_0/Attachs/certificate.sd-jwt"
SIGNS = "Doc_0/Signs/"
SIGNATURE, SEALING, SEAL = (
    f"{SIGNS}Sign_0/{name}" for name in ("Signature.xml", "SignedValue.dat", "Seal.esl")
)
FONTS: Mapping[Font, tuple[int, str, str]] = {"serif": (2, "宋体", "SimSun"), "sans": (3, "黑体", "SimHei")}
LAYER, FIRST_MARK = 5, 10  # identifiers within the document
PAGE_ID, PICTURE_ID = 4, 6
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


class About(NamedTuple):
    """What the document says of itself; ``id`` is 32 hexadecimal digits."""

    id: str
    title: str
    author: str
    made: datetime
    number: str


Seal = Callable[[bytes, str], bytes]
"""Given the digest (SM3) of the list of what is sealed, and that list's place: an ``SES_Signature``."""


def write_ofd(sheet: Sheet, about: About, data: str, seal_document: bytes, seal: Seal) -> bytes:
    """Write and seal a page with its data form attached."""
    files = _files(sheet, about, data)
    files[f"{SIGNS}Signatures.xml"] = _xml(
        "Signatures",
        '<ofd:MaxSignId>1</ofd:MaxSignId><ofd:Signature ID="1" Type="Seal" BaseLoc="Sign_0/Signature.xml"/>',
    )
    files[SEAL] = seal_document
    listed = _signature(files, sheet.seal, about.made)
    files[SIGNATURE] = listed
    files[SEALING] = seal(digest(listed), f"/{SIGNATURE}")
    return packed(files)


def digest(content: bytes) -> bytes:
    """SM3 of a file, 32 bytes."""
    return hashlib.new("sm3", content).digest()


def packed(files: Mapping[str, bytes]) -> bytes:
    """Put files into a zip, as they are, in the order of their names."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), files[name])
    return whole.getvalue()


def _files(sheet: Sheet, about: About, data: str) -> dict[str, bytes]:
    box = f"0 0 {_mm(sheet.width)} {_mm(sheet.height)}"
    marks, last = _marks(sheet.marks)
    return {
        ROOT: _root(about),
        "Doc_0/Document.xml": _document(box, last),
        "Doc_0/PublicRes.xml": _fonts(),
        "Doc_0/DocumentRes.xml": _pictures(),
        PICTURE: next((mark.png for mark in sheet.marks if isinstance(mark, Picture)), b""),
        PAGE: _xml(
            "Page",
            f"<ofd:Area><ofd:PhysicalBox>{box}</ofd:PhysicalBox></ofd:Area><ofd:Content>"
            f'<ofd:Layer ID="{LAYER}" Type="Body">{marks}</ofd:Layer></ofd:Content>',
        ),
        "Doc_0/Attachs/Attachments.xml": _xml(
            "Attachments",
            f'<ofd:Attachment ID="1" Name="certificate.sd-jwt" Format="sd-jwt" CreationDate="{about.made:%Y-%m-%d}" '
            f'Size="{len(data) / 1024:.2f}"><ofd:FileLoc>certificate.sd-jwt</ofd:FileLoc></ofd:Attachment>',
        ),
        DATA: data.encode(),
    }


def _xml(name: str, inner: str, attributes: str = "") -> bytes:
    return f'{HEAD}<ofd:{name} xmlns:ofd="{NAMESPACE}"{attributes}>{inner}</ofd:{name}>\n'.encode()


def _root(about: About) -> bytes:
    return _xml(
        "OFD",
        f"<ofd:DocBody><ofd:DocInfo><ofd:DocID>{about.id}</ofd:DocID><ofd:Title>{escape(about.title)}</ofd:Title>"
        f"<ofd:Author>{escape(about.author)}</ofd:Author><ofd:CreationDate>{about.made:%Y-%m-%d}</ofd:CreationDate>"
        "<ofd:Creator>Qipan</ofd:Creator><ofd:CustomDatas>"
        f'<ofd:CustomData Name="证照标识">{about.number}</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>'
        f"<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>{SIGNS}Signatures.xml</ofd:Signatures></ofd:DocBody>",
        ' Version="1.1" DocType="OFD"',
    )


def _document(box: str, last: int) -> bytes:
    return _xml(
        "Document",
        f"<ofd:CommonData><ofd:MaxUnitID>{last}</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>{box}</ofd:PhysicalBox>"
        "</ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        "</ofd:CommonData><ofd:Pages>"
        f'<ofd:Page ID="{PAGE_ID}" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>",
    )


@cache
def _fonts() -> bytes:
    fonts = "".join(
        f'<ofd:Font ID="{number}" FontName={quoteattr(name)} FamilyName={quoteattr(family)}/>'
        for number, name, family in FONTS.values()
    )
    return _xml("Res", f"<ofd:Fonts>{fonts}</ofd:Fonts>", ' BaseLoc="Res"')


@cache
def _pictures() -> bytes:
    return _xml(
        "Res",
        f'<ofd:MultiMedias><ofd:MultiMedia ID="{PICTURE_ID}" Type="Image" Format="PNG">'
        f"<ofd:MediaFile>{PICTURE.rpartition('/')[2]}</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>",
        ' BaseLoc="Res"',
    )


def _marks(marks: Iterable[Mark]) -> tuple[str, int]:
    written, number = [], FIRST_MARK
    for number, mark in enumerate(marks, FIRST_MARK):
        match mark:
            case Writing():
                written.append(_writing(mark, number))
            case Stroke():
                written.append(_stroke(mark, number))
            case Fill():
                written.append(_fill(mark, number))
            case Picture():
                written.append(_picture(mark, number))
    return "".join(written), number


def _writing(mark: Writing, number: int) -> str:
    width = sum(mark.advances) + mark.size
    boundary = f"{_mm(mark.x)} {_mm(mark.y - mark.size)} {_mm(width)} {_mm(mark.size * 1.3)}"
    deltas = f' DeltaX="{" ".join(map(_mm, mark.advances))}"' if mark.advances else ""
    return (
        f'<ofd:TextObject ID="{number}" Boundary="{boundary}" Font="{FONTS[mark.font][0]}" Size="{_mm(mark.size)}">'
        f'<ofd:FillColor Value="{_colour(mark)}"/><ofd:TextCode X="0" Y="{_mm(mark.size)}"{deltas}>{escape(mark.text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def _stroke(mark: Stroke, number: int) -> str:
    left, top = (min(mark.start[at], mark.end[at]) - mark.width for at in (0, 1))
    right, bottom = (max(mark.start[at], mark.end[at]) + mark.width for at in (0, 1))
    path = " ".join(
        f"{word} {_mm(x - left)} {_mm(y - top)}" for word, (x, y) in (("M", mark.start), ("L", mark.end))
    )
    return (
        f'<ofd:PathObject ID="{number}" Boundary="{_mm(left)} {_mm(top)} {_mm(right - left)} {_mm(bottom - top)}" '
        f'LineWidth="{_mm(mark.width)}"><ofd:StrokeColor Value="{_colour(mark)}"/>'
        f"<ofd:AbbreviatedData>{path}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def _fill(mark: Fill, number: int) -> str:
    left, top = (min(box[at] for box in mark.boxes) for at in (0, 1))
    right, bottom = (max(box[at] + box[at + 2] for box in mark.boxes) for at in (0, 1))
    path = " ".join(
        f"M {_mm(x - left)} {_mm(y - top)} L {_mm(x - left + w)} {_mm(y - top)} "
        f"L {_mm(x - left + w)} {_mm(y - top + h)} L {_mm(x - left)} {_mm(y - top + h)} C"
        for x, y, w, h in mark.boxes
    )
    return (
        f'<ofd:PathObject ID="{number}" Boundary="{_mm(left)} {_mm(top)} {_mm(right - left)} {_mm(bottom - top)}" '
        f'Stroke="false" Fill="true"><ofd:FillColor Value="{_colour(mark)}"/>'
        f"<ofd:AbbreviatedData>{path}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def _picture(mark: Picture, number: int) -> str:
    boundary = " ".join(map(_mm, mark.place))
    turned = f"{_mm(mark.place.width)} 0 0 {_mm(mark.place.height)} 0 0"
    return f'<ofd:ImageObject ID="{number}" Boundary="{boundary}" CTM="{turned}" ResourceID="{PICTURE_ID}"/>'


def _signature(files: Mapping[str, bytes], place: Place, at: datetime) -> bytes:
    """The list of what is sealed: each file with its digest, and where the seal stands on the page."""
    from_names = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{_base64(digest(files[name]))}</ofd:CheckValue></ofd:Reference>'
        for name in sorted(files)
    )
    boundary = " ".join(map(_mm, place))
    return _xml(
        "Signature",
        '<ofd:SignedInfo><ofd:Provider ProviderName="Qipan" Version="1.0" Company="Qipan"/>'
        f"<ofd:SignatureMethod>{SM2_WITH_SM3}</ofd:SignatureMethod>"
        f"<ofd:SignatureDateTime>{at:%Y%m%d%H%M%S}Z</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{SM3}">{from_names}</ofd:References>'
        f'<ofd:StampAnnot ID="1" PageRef="{PAGE_ID}" Boundary="{boundary}"/>'
        f"<ofd:Seal><ofd:BaseLoc>/{SEAL}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
        f"<ofd:SignedValue>/{SEALING}</ofd:SignedValue>",
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@lru_cache(maxsize=8192)
def _mm(length: float) -> str:
    """A length as it is written; the same ones come again and again, as the lines of a code's grid."""
    return f"{length:.3f}".rstrip("0").rstrip(".") or "0"


def _colour(mark: Writing | Stroke | Fill) -> str:
    return " ".join(map(str, mark.colour))
