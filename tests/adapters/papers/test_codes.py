"""What a code says can be read from its picture, and from the page that it stands on."""

import io
import re
import zipfile

import zxingcpp
from PIL import Image, ImageDraw

from qipan.adapters.papers import codes
from qipan.adapters.papers.ofd import PICTURE
from tests.adapters.papers.sealed_page import ofd

TEXT = "https://qipan.example/verify/1.2.156.3005.2.11330000QP00000199009/Zm9vYmFyYmF6/"


def seen(picture: Image.Image) -> str:
    """What a scanner reads, with the white of the paper around it."""
    paper = Image.new("L", (picture.width + 80, picture.height + 80), 255)
    paper.paste(picture.convert("L"), (40, 40))
    (found,) = zxingcpp.read_barcodes(paper)
    return str(found.text)


def test_a_scanner_reads_it() -> None:
    assert seen(Image.open(io.BytesIO(codes.png(TEXT)))) == TEXT


def test_a_scanner_reads_what_a_page_shows() -> None:
    drawn = codes.picture(TEXT)
    (side,) = {int(one) for one in re.findall(r'viewBox="0 0 (\d+) \d+"', drawn)}
    shown = Image.new("L", (side * 8, side * 8), 255)
    pen = ImageDraw.Draw(shown)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn):
        pen.rectangle((int(x) * 8, int(y) * 8, int(x) * 8 + 7, int(y) * 8 + 7), fill=0)
    assert seen(shown) == TEXT


def test_the_page_has_it_as_a_picture() -> None:
    with zipfile.ZipFile(io.BytesIO(ofd())) as archive:
        assert seen(Image.open(io.BytesIO(archive.read(PICTURE)))).startswith("http://127.0.0.1:8000/verify/")
