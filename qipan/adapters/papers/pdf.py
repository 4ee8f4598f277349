"""The same page as PDF, with its fonts and the data form inside; it is signed afterwards (`pdf_signatures`).

To take the characters of one page out of a font of 30,000 costs most of a second: it is done later, in the worker.
"""

import io

from fpdf import FPDF

from qipan.adapters.papers import fonts
from qipan.adapters.papers.ofd import About
from qipan.core.sheets import Fill, Mark, Picture, Sheet, Stroke, Writing

POINTS = 72 / 25.4  # in a millimetre
DATA = "certificate.sd-jwt"


def write_pdf(sheet: Sheet, about: About, data: str, seal_picture: bytes) -> bytes:
    """Write a page, the seal's picture upon it, with its data form attached; not yet signed."""
    pdf = FPDF(unit="mm", format=(sheet.width, sheet.height))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    _describe(pdf, about)
    for name in fonts.FILES:
        pdf.add_font(name, fname=fonts.path(name))
    pdf.add_page()
    for mark in sheet.marks:
        _draw(pdf, mark)
    place = sheet.seal
    pdf.image(io.BytesIO(seal_picture), place.x, place.y, place.width, place.height)
    pdf.embed_file(bytes=data.encode(), basename=DATA, modification_date=about.made, compress=False)
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
