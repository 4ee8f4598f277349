"""A page's own fonts draw what the whole ones do, and hold nothing else."""

import io
import subprocess
import sys

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from qipan.adapters.papers import fonts
from qipan.core.sheets import Font

TEXT = "王小宝 Wáng，2026年"
AT_ONCE = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from qipan.adapters.papers import fonts
sys.setswitchinterval(1e-5)
with ThreadPoolExecutor(4) as pool:
    assert len(set(pool.map(lambda _: fonts.cut("serif", {TEXT!r})[-200:], range(4)))) == 1
"""


def bounds(font: TTFont, character: str) -> tuple[float, ...]:
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[font.getBestCmap()[ord(character)]].draw(pen)
    return tuple(pen.bounds or ())


@pytest.mark.parametrize("font", list(fonts.FILES))
def test_each_character_is_as_in_the_whole(font: Font) -> None:
    cut = TTFont(io.BytesIO(fonts.cut(font, TEXT)))
    assert set(cut.getBestCmap()) == set(map(ord, TEXT))
    assert len(cut.getGlyphOrder()) == len(set(TEXT)) + 1
    with TTFont(fonts.path(font), lazy=True) as whole:
        for character in TEXT:
            name = cut.getBestCmap()[ord(character)]
            assert cut["hmtx"][name][0] == pytest.approx(fonts.measure(font, character) * 1000)
            assert bounds(cut, character) == pytest.approx(bounds(whole, character), abs=1.5)


def test_what_the_font_lacks_is_left_out() -> None:
    assert set(TTFont(io.BytesIO(fonts.cut("serif", "王\U0010fffd"))).getBestCmap()) == {ord("王")}


def test_threads_that_begin_at_once_find_no_font_half_read() -> None:
    """In a process that has read none yet, as a worker after its start."""
    subprocess.run([sys.executable, "-c", AT_ONCE], check=True)
