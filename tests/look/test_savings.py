"""A measure drawn before and after: what costs more is said and drawn to be more."""

import re

import pytest
from django.template import engines
from django.utils import translation


def drawn(before: int, after: int) -> str:
    template = engines["jinja2"].from_string(
        '{% import "look/macros.html" as m with context %}{{ m.saving("days", before, after, "d") }}'
    )
    return str(template.render({"before": before, "after": after}))


def widths(page: str) -> list[float]:
    return [float(width) for width in re.findall(r'rect .*?width="([\d.]+)"', page)]


@pytest.mark.parametrize(
    ("before", "after", "bars"),
    [
        (10, 5, [100, 50]),
        (1, 5, [20, 100]),
        (0, 4, [0, 100]),
        (3, 3, [100, 100]),
        (0, 0, [0, 0]),
        (9, 0, [100, 0.8]),
    ],
)
def test_both_bars_are_on_one_scale(before: int, after: int, bars: list[float]) -> None:
    assert widths(drawn(before, after)) == bars


def test_a_loss_is_said_in_both_languages() -> None:
    assert "原来 1 d，现在多 4" in drawn(1, 5)
    assert "多" not in drawn(5, 1)
    with translation.override("en"):
        assert "before: 1, now 4 more" in drawn(1, 5)
        assert "more" not in drawn(5, 1)
