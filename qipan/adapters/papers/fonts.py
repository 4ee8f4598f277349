"""The fonts of certificates: Noto Serif and Noto Sans for simplified Chinese (SIL Open Font License), from a wheel.

Note [Cutting by hand]
To take a page's characters out of a font of 30,000 costs a general program most of a second: it reads and follows everything. Here each
character's outline is drawn once for this process, in the curves of TrueType, and kept; a page's own font of a hundred characters is put
together from those. Hints are left out, as printers and screens of today do without.
"""

import io
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

from qipan.core.sheets import Font

FILES: Mapping[Font, str] = {"serif": "NotoSerifSC-Regular.otf", "sans": "NotoSansSC-Regular.otf"}
NAMES: Mapping[Font, str] = {"serif": "NotoSerifSC", "sans": "NotoSansSC"}
MISSING = 1.0  # the width of a character that the font does not have, as of Chinese ones
NOTHING = ".notdef"
FINE = 0.5  # of the font's 1,000 units: how far a curve may be from the one it stands for
# A font is read as it is asked for: two threads at once would find it half read, and leave it so.
_READING = Lock()
KEPT = 16_384  # outlines of each process: a few megabytes


class _Glyph(NamedTuple):
    """A character's outline, the same as it stands in a font, and its width in the font's units."""

    drawn: Glyph
    written: Glyph
    width: int


@cache
def path(font: Font) -> Path:
    """Where a font lies."""
    return Path(str(files("pylopdf_fonts_zh_cn") / FILES[font]))


def cut(font: Font, characters: Iterable[str]) -> bytes:
    """A font of these characters alone, as far as it has them; see Note [Cutting by hand]."""
    with _READING:
        return _cut(font, characters)


def _cut(font: Font, characters: Iterable[str]) -> bytes:
    whole = _opened(font)
    known = _names(font)
    wanted = {code: known[code] for code in sorted(map(ord, set(characters))) if code in known}
    glyphs = {name: _glyph(font, name) for name in (NOTHING, *wanted.values())}
    built = FontBuilder(whole["head"].unitsPerEm, isTTF=True)
    built.setupGlyphOrder(list(glyphs))
    built.setupCharacterMap(wanted)
    built.setupGlyf({name: one.drawn for name, one in glyphs.items()}, calcGlyphBounds=False)
    built.font["glyf"].glyphs = {name: one.written for name, one in glyphs.items()}
    built.setupHorizontalMetrics({name: (one.width, one.drawn.xMin) for name, one in glyphs.items()})
    _same_box(built, whole)
    across = whole["hhea"]
    built.setupHorizontalHeader(ascent=across.ascent, descent=across.descent)
    built.setupNameTable({"familyName": NAMES[font], "styleName": "Regular", "psName": NAMES[font]})
    built.setupOS2(
        sTypoAscender=across.ascent, sTypoDescender=across.descent, sCapHeight=whole["OS/2"].sCapHeight
    )
    built.setupPost()
    most = built.font["maxp"]
    most.maxPoints = max(len(getattr(one.drawn, "coordinates", ())) for one in glyphs.values())
    most.maxContours = max(one.drawn.numberOfContours for one in glyphs.values())
    written = io.BytesIO()
    built.save(written)
    return written.getvalue()


def _same_box(built: FontBuilder, whole: TTFont) -> None:
    """Take the whole font's bounds: to find those of the characters, each would be drawn again."""
    built.font.recalcBBoxes = False
    for edge in ("xMin", "yMin", "xMax", "yMax"):
        setattr(built.font["head"], edge, getattr(whole["head"], edge))


@cache
def _opened(font: Font) -> TTFont:
    return TTFont(path(font), lazy=True)


@cache
def _names(font: Font) -> Mapping[int, str]:
    """The name of each character's glyph."""
    return dict(_opened(font).getBestCmap())


@lru_cache(maxsize=KEPT)
def _glyph(font: Font, name: str) -> _Glyph:
    """Draw a glyph anew, without what it shares with others of its font."""
    whole = _opened(font)
    width, _ = whole["hmtx"][name]
    pen = TTGlyphPen(None)
    whole.getGlyphSet()[name].draw(Cu2QuPen(pen, FINE, reverse_direction=True))
    drawn = pen.glyph()
    drawn.recalcBounds(None)
    written = Glyph(drawn.compile(None, recalcBBoxes=False, optimizeSize=False))
    return _Glyph(drawn, written, width)


@cache
def _widths(font: Font) -> Mapping[int, float]:
    """The width of each character, as a part of the size."""
    with TTFont(path(font), lazy=True) as opened:
        whole, table = opened["head"].unitsPerEm, opened["hmtx"]
        return {code: table[name][0] / whole for code, name in opened.getBestCmap().items()}


def measure(font: Font, character: str) -> float:
    """How wide a character is, as a part of the size of the text."""
    return _widths(font).get(ord(character), MISSING)
