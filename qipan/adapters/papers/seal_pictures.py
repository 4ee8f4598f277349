"""The picture of an agency's round seal: a red ring, a star, the agency's name along the ring, what the seal is for below."""

import io
from math import cos, pi, radians, sin

from PIL import Image, ImageChops, ImageDraw, ImageFont

from qipan.adapters.papers import fonts

RED = (200, 22, 29)
SIDE = 420  # pixels of the finished picture, ten to a millimetre
FINER = 3  # it is drawn larger and made smaller, for smooth edges
SHADES = 16  # of one red: a seal goes into every certificate, twice
INK = 255


def seal_picture(name: str, purpose: str) -> bytes:
    """Draw a seal as PNG, clear where there is no ink."""
    written = io.BytesIO()
    _coloured(_ink(name, purpose)).save(written, "PNG")
    return written.getvalue()


def _ink(name: str, purpose: str) -> Image.Image:
    """Say how much ink there is at each place."""
    side = SIDE * FINER
    image = Image.new("L", (side, side))
    pen = ImageDraw.Draw(image)
    ring = side * 0.03
    pen.ellipse((ring, ring, side - ring, side - ring), outline=INK, width=int(side * 0.028))
    pen.polygon(_star(side / 2, side / 2, side * 0.135), fill=INK)
    _along(image, name, radius=side * 0.365, size=_size(name, side))
    font = ImageFont.truetype(fonts.path("serif"), int(side * min(0.085, 0.5 / max(len(purpose), 1))))
    pen.text((side / 2, side * 0.775), purpose, INK, font, anchor="mm", stroke_width=side // 420)
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _coloured(ink: Image.Image) -> Image.Image:
    """Paint with shades from clear to whole red, equally far apart."""
    most = SHADES - 1
    shades = ink.point([round(amount * most / INK) for amount in range(INK + 1)], "P")
    shades.putpalette(RED * SHADES)
    shades.info["transparency"] = bytes(round(shade * INK / most) for shade in range(SHADES))
    return shades


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
    one = Image.new("L", (room, room))
    ImageDraw.Draw(one).text(
        (room / 2, room / 2), character, INK, font, anchor="mm", stroke_width=int(font.size) // 40
    )
    turned = one.rotate(-angle, Image.Resampling.BICUBIC)
    middle = image.width / 2
    x, y = middle + radius * sin(radians(angle)), middle - radius * cos(radians(angle))
    corner = (int(x - room / 2), int(y - room / 2))
    place = (*corner, corner[0] + room, corner[1] + room)
    image.paste(ImageChops.lighter(image.crop(place), turned), corner)
