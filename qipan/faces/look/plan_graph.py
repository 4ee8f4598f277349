"""Draws a plan as a graph: what is asked once, then look-ups and services in the columns of their stages, an SVG that stands alone.

Layered drawing after K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system structures", IEEE
Transactions on Systems, Man and Cybernetics 11 (1981): edges over several columns are led through points of their own, and the
order within a column follows the barycentres of its neighbours.
"""

from collections.abc import Mapping
from html import escape
from typing import Final

from qipan.core.plan import Plan
from qipan.faces.look import lanes
from qipan.faces.look.graph_layout import MARGIN, Box, lay_out
from qipan.faces.look.plan_steps import PlanStep, plan_steps, with_lookups_joined
from qipan.faces.look.titles import Titles

_STYLE: Final = """
.plan{--paper:#fff;--ink:#172225;--soft:#4c5a5d;--line:#d3dcdc;--edge:#a3b1b1;--accent:#0b6066;--wash:#e6f2f2;--good:#1d6b3a;
--good-wash:#e8f5ec;--bad:#a82019;--bad-wash:#fdecea;background:var(--paper);
font-family:system-ui,"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
@media (prefers-color-scheme:dark){.plan{--paper:#12191b;--ink:#e8eeee;--soft:#a9b7b8;--line:#344245;--edge:#5f7174;--accent:#6cc5cb;
--wash:#17343a;--good:#7fd09b;--good-wash:#16301f;--bad:#ff9d94;--bad-wash:#3c1a17}}
.plan text{fill:var(--ink);font-size:14px}.plan .small{fill:var(--soft);font-size:12px}
.plan rect{fill:var(--paper);stroke:var(--line);stroke-width:1.5}.plan .form rect,.plan .active rect{fill:var(--wash);stroke:var(--accent)}
.plan circle{fill:var(--paper);stroke:var(--edge);stroke-width:2}.plan .critical circle,.plan .active circle{stroke:var(--accent)}
.plan .done circle{fill:var(--good);stroke:var(--good)}.plan .refused circle{fill:var(--bad);stroke:var(--bad)}.plan .critical rect{stroke:var(--accent);stroke-width:2}
.plan .done rect{fill:var(--good-wash);stroke:var(--good)}.plan .refused rect{fill:var(--bad-wash);stroke:var(--bad)}
.plan .waiting text{fill:var(--soft)}.plan path{fill:none;stroke:var(--edge);stroke-width:1.25}
.plan path.critical{stroke:var(--accent);stroke-width:2.25}
"""
_WIDE: Final = 0x2E7F  # what comes after takes a square
_MARKS: Final = "，。、；：）》”’)"
_SIGNS: Final = {"done": "✓", "active": "●", "refused": "✕", "waiting": "○"}
_STATES: Final = {
    "done": ("办好了", "done"),
    "active": ("正在办", "at work"),
    "refused": ("没有办成", "refused"),
    "waiting": ("还在等", "waiting"),
}
LINE: Final = 19
PADDING: Final = 11
PHONE: Final = 390


def draw_plan(plan: Plan, titles: Titles, *, states: Mapping[str, str] | None = None) -> str:
    """Draw a plan in columns; ``states`` of look-ups and services by name are waiting, active, done or refused."""
    states = states or {}
    steps = plan_steps(plan, titles)
    labels = {step.key: _label(step, states.get(step.key, ""), titles) for step in steps}
    boxes = [Box(step.key, step.stage, len(labels[step.key]) * LINE + 2 * PADDING - 4) for step in steps]
    drawing = lay_out(boxes, {step.key: step.after for step in steps})
    main = set(plan.critical_path)
    parts = [_head(number, x, titles) for number, x in enumerate(drawing.columns)]
    edges = sorted((edge.source in main and edge.target in main, edge.path) for edge in drawing.edges)
    parts += [_path(path, main=is_main) for is_main, path in edges]  # the longest way is drawn on top
    for step, box in zip(steps, boxes, strict=True):
        x, y = drawing.places[step.key]
        radius = 14 if step.kind == "fetch" else 6
        shape = f'<rect x="{x:g}" y="{y:g}" width="{drawing.box_width}" height="{box.height}" rx="{radius}"/>'
        look = _look(step, states.get(step.key, ""), critical=step.key in main)
        parts.append(_node(step, look, shape, _lines(labels[step.key], x + PADDING, y + PADDING + 11)))
    return _document(plan, titles, (drawing.width, drawing.height), "".join(parts))


def draw_plan_narrow(plan: Plan, titles: Titles, *, states: Mapping[str, str] | None = None) -> str:
    """Draw a plan from top to bottom for a phone, all look-ups of a stage as one."""
    states = states or {}
    steps = with_lookups_joined(plan_steps(plan, titles), titles)
    main = set(plan.critical_path)
    track = lanes.draw([lanes.Step(step.key, step.after, "", step) for step in steps], main)
    left, top, parts = track.width + 6, MARGIN, list[str]()
    room = (PHONE - left - MARGIN) / 14
    for row, step in zip(track.rows, steps, strict=True):
        label = _label(step, states.get(step.key, ""), titles, room)
        height = max(lanes.HEAD, len(label) * LINE + 14)
        heads = "".join(_path(line.path, main=line.main) for line in row.lines)
        stretch = (height - lanes.HEAD) / lanes.TAIL
        tails = "".join(_path(line.path, main=line.main) for line in row.tails)
        parts.append(f'<g transform="translate(0 {top})">{heads}')
        parts.append(
            f'<g transform="translate(0 {lanes.HEAD}) scale(1 {stretch:g})">{tails}</g>' if stretch else ""
        )
        shape = f'<circle cx="{row.x}" cy="{lanes.STOP}" r="7"/>'
        look = _look(step, states.get(step.key, ""), critical=step.key in main)
        parts.append(_node(step, look, shape, _lines(label, left, lanes.STOP + 5)) + "</g>")
        top += height
    return _document(plan, titles, (PHONE, top + MARGIN), "".join(parts))


def _document(plan: Plan, titles: Titles, size: tuple[int, int], inside: str) -> str:
    title = escape(titles.event.title.say(titles.language))
    words = (
        "{0} 个事项和 {1} 次查询，分阶段排列；线表示先后，粗线决定总时长；要回答 {2} 个问题。"
        if titles.chinese
        else "{0} services and {1} look-ups by stages; lines show what waits for what, the thick one decides the "
        "length; {2} questions are asked."
    ).format(len(plan.services), len(plan.fetches), len(plan.questions))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plan" role="img" aria-labelledby="plan-title plan-desc" '
        f'viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" height="{size[1]}">'
        f'<title id="plan-title">{title}</title><desc id="plan-desc">{words}</desc>'
        f"<style>{_STYLE}</style>{inside}</svg>\n"
    )


def _head(number: int, x: float, titles: Titles) -> str:
    if number == 0:
        words = "开始" if titles.chinese else "Start"
    else:
        words = f"第 {number} 阶段" if titles.chinese else f"Stage {number}"
    return f'<text class="small" x="{x:g}" y="20">{words}</text>'


def _path(path: str, *, main: bool) -> str:
    return f'<path class="critical" d="{path}"/>' if main else f'<path d="{path}"/>'


def _label(step: PlanStep, state: str, titles: Titles, room: float = 13.2) -> list[tuple[str, str]]:
    """The lines of a step with their classes; ``room`` is counted in Chinese characters of a title."""
    notes = list(step.notes)
    if state:
        notes.append(f"{_SIGNS[state]} {_STATES[state][0 if titles.chinese else 1]}")
    small = [(line, "small") for note in notes for line in wrapped(note, room * 14 / 12)]
    return [(line, "") for line in wrapped(step.title, room)] + small


def _lines(label: list[tuple[str, str]], x: float, y: float) -> str:
    return "".join(
        f'<text class="{style}" x="{x:g}" y="{y + LINE * number:g}">{escape(words)}</text>'
        if style
        else f'<text x="{x:g}" y="{y + LINE * number:g}">{escape(words)}</text>'
        for number, (words, style) in enumerate(label)
    )


def _look(step: PlanStep, state: str, *, critical: bool) -> str:
    return " ".join(part for part in (step.kind, state, "critical" if critical else "") if part)


def _node(step: PlanStep, look: str, shape: str, texts: str) -> str:
    said = escape("; ".join((step.title, *step.notes)))
    return f'<g class="{look}"><title>{said}</title>{shape}{texts}</g>'


def wrapped(text: str, room: float, most: int = 3) -> list[str]:
    """Break a text into lines of so many Chinese characters; Latin letters count about half, and words stay whole."""
    lines: list[str] = []
    line, used = "", 0.0
    for word in _words(text):
        size = sum(1 if ord(letter) > _WIDE else 0.56 for letter in word)
        if line and used + size > room:
            lines.append(line.strip())
            line, used = "", 0.0
        line, used = line + word, used + size
    lines.append(line.strip())
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-1] + "…"]


def _words(text: str) -> list[str]:
    """Cut where a line may break: at every Chinese character, before every Latin word; marks stay with what they follow."""
    found: list[str] = []
    for letter in text:
        within = letter != " " and ord(letter) <= _WIDE and found and ord(found[-1][-1]) <= _WIDE
        if found and (letter in _MARKS or within):
            found[-1] += letter
        else:
            found.append(letter)
    return found
