"""QR codes, by zxing-cpp: of medium correction, so that a stain does no harm."""

import io

import zxingcpp
from PIL import Image

MARGIN = 4  # modules that stay white around a code
DOTS = 8  # of a module in a picture: 330 to the inch where a code is 30 mm wide


def png(text: str) -> bytes:
    """Draw a QR code as PNG of two colours, without the margin."""
    written = io.BytesIO()
    _drawn(text, DOTS).convert("1", dither=Image.Dither.NONE).save(written, "PNG")
    return written.getvalue()


def picture(text: str) -> str:
    """A QR code as SVG with its margin, to stand in a page."""
    drawn = _drawn(text)
    side = drawn.width + 2 * MARGIN
    dark = "".join(
        f"M{place % drawn.width + MARGIN} {place // drawn.width + MARGIN}h1v1h-1z"
        for place, light in enumerate(drawn.tobytes())
        if not light
    )
    return (
        f'<svg class="qr" viewBox="0 0 {side} {side}"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
        f'<path d="{dark}"/></svg>'
    )


def _drawn(text: str, scale: int = 1) -> Image.Image:
    """The code without its margin, a byte a dot, dark ones 0."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return Image.fromarray(code.to_image(scale=scale, add_quiet_zones=False))
