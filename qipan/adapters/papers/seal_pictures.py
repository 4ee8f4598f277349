"""The picture of an agency's round seal: a red ring, a star, the agency's name along the ring, what the seal is for below."""

import io
from math import cos, pi, radians, sin

from PIL import Image, ImageDraw, ImageFont

from qipan.adapters.papers import fonts

RED = (200, 22, 29)
SIDE = 420  # pixels of the finished picture, ten to a millimetre
FINER = 3  # it is drawn larger and made smaller, for smooth edges
SHADES = 16  # of one red: a seal goes into every certificate, twice
CLEAR = (*RED, 0)


def seal_picture(name: str, purpose: str) -> bytes:
    """Draw a seal as PNG, clear where there is no ink."""
    side = SIDE * FINER
    image = Image.new("RGBA", (side, side), CLEAR)
    pen = ImageDraw.Draw(image)
    ring = side * 0.03
    pen.ellipse((ring, ring, side - ring, side - ring), outline=RED, width=int(side * 0.028))
    pen.polygon(_star(side / 2, side / 2, side * 0.135), fill=RED)
    _along(image, name, radius=side * 0.365, size=_size(name, side))
    font = ImageFont.truetype(fonts.path("serif"), int(side * min(0.085, 0.5 / max(len(purpose), 1))))
    pen.text((side / 2, side * 0.775), purpose, RED, font, anchor="mm", stroke_width=side // 420)
    small = image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    small.quantize(SHADES, Image.Quantize.FASTOCTREE).save(written, "PNG", optimize=True)
    return written.getvalue()


def _size(name: str, side: int) -> float:
    """How large the characters along the ring are: a long name takes smaller ones."""
    return side * min(0.125, 1.55 / max(len(name), 1))


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    inner = radius * sin(pi / 10) / sin(7 * pi / 10)
    lengths = [radius, inner] * 5
    return [
        (x + length * sin(pi * corner / 5), y - length * cos(pi * corner / 5))
        for corner, length in enumerate(lengths)
    ]


def _along(image: Image.Image, name: str, radius: float, size: float) -> None:
    """Write around the upper part of the ring, each character upright to the middle."""
    font = ImageFont.truetype(fonts.path("serif"), int(size))
    span = min(250.0, 26.0 * len(name))
    step = span / max(len(name) - 1, 1)
    for place, character in enumerate(name):
        angle = -span / 2 + place * step if len(name) > 1 else 0.0
        _turned(image, character, font, angle, radius)


def _turned(
    image: Image.Image, character: str, font: ImageFont.FreeTypeFont, angle: float, radius: float
) -> None:
    room = int(font.size * 1.6)
    one = Image.new("RGBA", (room, room), CLEAR)
    ImageDraw.Draw(one).text(
        (room / 2, room / 2), character, RED, font, anchor="mm", stroke_width=int(font.size) // 40
    )
    turned = one.rotate(-angle, Image.Resampling.BICUBIC)
    middle = image.width / 2
    x, y = middle + radius * sin(radians(angle)), middle - radius * cos(radians(angle))
    image.alpha_composite(turned, (int(x - room / 2), int(y - room / 2)))
