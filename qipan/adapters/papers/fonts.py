"""The fonts of certificates: Noto Serif and Noto Sans for simplified Chinese (SIL Open Font License), from a wheel."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

from qipan.core.sheets import Font

FILES: Mapping[Font, str] = {"serif": "NotoSerifSC-Regular.otf", "sans": "NotoSansSC-Regular.otf"}
MISSING = 1.0  # the width of a character that the font does not have, as of Chinese ones


@cache
def path(font: Font) -> Path:
    """Where a font lies."""
    return Path(str(files("pylopdf_fonts_zh_cn") / FILES[font]))


@cache
def _widths(font: Font) -> Mapping[int, float]:
    """The width of each character, as a part of the size."""
    with TTFont(path(font), lazy=True) as opened:
        whole, table = opened["head"].unitsPerEm, opened["hmtx"]
        return {code: table[name][0] / whole for code, name in opened.getBestCmap().items()}


def measure(font: Font, character: str) -> float:
    """How wide a character is, as a part of the size of the text."""
    return _widths(font).get(ord(character), MISSING)
