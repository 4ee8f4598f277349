"""The same page as PDF, with its fonts and the data form inside; it is signed afterwards (`pdf_signatures`)."""

import io
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from fpdf import FPDF
from fpdf.fonts import TTFFont

from qipan.adapters.papers import fonts
from qipan.adapters.papers.ofd import About
from qipan.core.sheets import Fill, Mark, Picture, Sheet, Stroke, Writing

POINTS = 72 / 25.4  # in a millimetre
DATA = "certificate.sd-jwt"
TERMS = "terms.json"


def write_pdf(sheet: Sheet, about: About, data: str, seal_picture: bytes, terms: bytes = b"") -> bytes:
    """Write a page, the seal's picture upon it, with its data form attached, and the terms of a copy; not yet signed."""
    attached = {DATA: data.encode(), **({TERMS: terms} if terms else {})}
    pdf = FPDF(unit="mm", format=(sheet.width, sheet.height))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    _describe(pdf, about)
    with TemporaryDirectory(prefix="qipan-fonts-") as folder:
        _add_fonts(pdf, sheet, Path(folder))
        return _written(pdf, sheet, about, attached, seal_picture)


def _add_fonts(pdf: FPDF, sheet: Sheet, folder: Path) -> None:
    """Give it fonts of this page's characters; it takes them from files."""
    for name in fonts.FILES:
        characters = "".join(
            mark.text
            for mark in (*sheet.across.lines, *sheet.marks)
            if isinstance(mark, Writing) and mark.font == name
        )
        file = folder / f"{name}.ttf"
        file.write_bytes(fonts.cut(name, characters))
        pdf.add_font(name, fname=file)
        added = pdf.fonts[name]
        if isinstance(added, TTFFont):
            added.ttfont.recalcBBoxes = False  # or it draws each character again to find its bounds


def _written(
    pdf: FPDF, sheet: Sheet, about: About, attached: Mapping[str, bytes], seal_picture: bytes
) -> bytes:
    pdf.add_page()
    if sheet.across.lines:
        with pdf.rotation(sheet.across.slant, sheet.width / 2, sheet.height / 2):
            for line in sheet.across.lines:
                _draw(pdf, line)
    for mark in sheet.marks:
        _draw(pdf, mark)
    place = sheet.seal
    pdf.image(io.BytesIO(seal_picture), place.x, place.y, place.width, place.height)
    for name, content in attached.items():
        pdf.embed_file(bytes=content, basename=name, modification_date=about.made, compress=False)
    return bytes(pdf.output())


def _describe(pdf: FPDF, about: About) -> None:
    pdf.set_title(about.title)
    pdf.set_author(about.author)
    pdf.set_subject(about.number)
    pdf.set_creator("Qipan")
    pdf.set_lang("zh-CN")
    pdf.set_creation_date(about.made)


def _draw(pdf: FPDF, mark: Mark) -> None:
    match mark:
        case Writing():
            pdf.set_font(mark.font, size=mark.size * POINTS)
            pdf.set_text_color(*mark.colour)
            pdf.set_char_spacing(mark.spacing * POINTS)
            pdf.text(mark.x, mark.y, mark.text)
        case Stroke():
            pdf.set_draw_color(*mark.colour)
            pdf.set_line_width(mark.width)
            pdf.line(*mark.start, *mark.end)
        case Fill():
            pdf.set_fill_color(*mark.colour)
            for x, y, width, height in mark.boxes:
                pdf.rect(x, y, width, height, style="F")
        case Picture():
            pdf.image(io.BytesIO(mark.png), *mark.place)
