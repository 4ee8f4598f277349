"""QR codes, by segno."""

from collections.abc import Sequence

import segno

PATTERN = 2


def matrix(text: str) -> Sequence[Sequence[int]]:
    """The modules of a QR code, dark ones not 0, without the margin; of medium correction, so that a stain does no harm."""
    return tuple(tuple(row) for row in _code(text).matrix)


def picture(text: str) -> str:
    """A QR code as SVG with its margin, to stand in a page."""
    return str(_code(text).svg_inline(border=4, omitsize=True, lineclass=None, svgclass="qr"))


def _code(text: str) -> segno.QRCode:
    """The pattern that is laid over it is fixed: to try all eight takes most of the time, and scanners read each."""
    return segno.make(text, error="m", micro=False, boost_error=False, mask=PATTERN)
