"""The drawing of a plan: complete, forward, without overlaps, and the same for the same plan."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from qipan.catalogue.library import load_library
from qipan.core.elements import Text
from qipan.core.plan import Plan
from qipan.core.planner import Knowledge, make_plan
from qipan.faces.look.graph_layout import WIDTH, Box, lay_out
from qipan.faces.look.plan_graph import draw_plan, draw_plan_narrow, wrapped
from qipan.faces.look.plan_steps import FORM, plan_steps
from qipan.faces.look.titles import Titles

GOOD = Path(__file__).parents[1] / "libraries" / "good"
SVG = "{http://www.w3.org/2000/svg}"


def planned(name: str, language: str = "zh") -> tuple[Plan, Titles]:
    library = load_library(GOOD / name).library
    assert library is not None
    event = library.events[name]
    return make_plan(library, name, Knowledge(assumed=event.typical)), Titles(library, event, language)


def said(drawing: str) -> list[str]:
    """What each node tells a screen reader."""
    root = ET.fromstring(drawing)  # noqa: S314 - our own drawing
    return [
        str(group.findtext(f"{SVG}title"))
        for group in root.iter(f"{SVG}g")
        if group.find(f"{SVG}title") is not None
    ]


def test_every_step_is_there_with_its_words() -> None:
    plan, titles = planned("food_truck", "en")
    nodes = said(draw_plan(plan, titles))
    assert len(nodes) == 1 + len(plan.fetches) + len(plan.services)
    assert nodes[0] == "One form; 6 questions; 1 documents"
    assert "Gas safety check; Fire brigade; done by working day 3" in nodes


def test_the_steps_wait_for_what_the_plan_says() -> None:
    plan, titles = planned("moving_abroad", "en")
    after = {step.key: set(step.after) for step in plan_steps(plan, titles)}
    assert after["companies(company)"] == {FORM}
    assert after["contracts(company,worker)"] == {"companies(company)"}
    assert after["visa"] == {"contracts(company,worker)", "sponsors(company)"}
    assert after["residence"] == {"visa", "child_visa"}


def test_the_longest_way_is_set_off() -> None:
    plan, titles = planned("moving_abroad")
    drawing = draw_plan(plan, titles)
    assert drawing.count('<path class="critical"') == len(plan.critical_path) - 1


@pytest.mark.parametrize("draw", [draw_plan, draw_plan_narrow])
def test_a_plan_is_drawn_the_same_every_time(draw: Callable[[Plan, Titles], str]) -> None:
    assert draw(*planned("marriage")) == draw(*planned("marriage"))


def test_states_are_shown_by_sign_and_word_and_not_by_colour_alone() -> None:
    plan, titles = planned("marriage")
    drawing = draw_plan(plan, titles, states={"marriage_registration": "done", "moving_in": "refused"})
    assert "✓ 办好了" in drawing
    assert "✕ 没有办成" in drawing
    assert 'class="service done critical"' in drawing


def test_the_narrow_drawing_fits_a_phone_and_joins_the_look_ups_of_a_stage() -> None:
    plan, titles = planned("marriage")
    root = ET.fromstring(draw_plan_narrow(plan, titles))  # noqa: S314 - our own drawing
    assert root.get("width") == "390"
    assert [words for words in said(draw_plan_narrow(plan, titles)) if "查询" in words] == [
        "自动查询 3 次; 参保信息、人口信息"
    ]


def test_boxes_never_overlap_and_lines_go_forward() -> None:
    boxes = [Box(f"{column}-{row}", column, 40 + 10 * row) for column in range(4) for row in range(5)]
    after = {
        f"{column}-{row}": [f"{column - 1}-{(row * 2) % 5}", "0-0"]
        for column in range(1, 4)
        for row in range(5)
    }
    drawing = lay_out(boxes, after)
    heights = {box.key: box.height for box in boxes}
    for one, other in combinations(boxes, 2):
        (x, y), (u, v) = drawing.places[one.key], drawing.places[other.key]
        assert x != u or y + heights[one.key] <= v or v + heights[other.key] <= y
    for edge in drawing.edges:
        assert drawing.places[edge.source][0] + WIDTH < drawing.places[edge.target][0]
    assert all(0 <= x < drawing.width and 0 <= y < drawing.height for x, y in drawing.places.values())


def test_what_follows_anyway_gets_no_line() -> None:
    boxes = [Box(key, column, 40) for column, key in enumerate("abc")]
    edges = lay_out(boxes, {"b": ["a"], "c": ["a", "b"]}).edges
    assert {(edge.source, edge.target) for edge in edges} == {("a", "b"), ("b", "c")}


def test_titles_break_between_words_and_between_characters() -> None:
    assert wrapped("Registration of a marriage", 8) == ["Registration", "of a marriage"]
    assert wrapped("城乡居民基本医疗保险参保登记", 7) == ["城乡居民基本医", "疗保险参保登记"]
    assert wrapped("甲乙丙，丁", 3) == ["甲乙", "丙，丁"]
    assert wrapped("一二三四五六七八", 2) == ["一二", "三四", "五…"]


def test_what_declarations_say_cannot_break_the_drawing() -> None:
    plan, titles = planned("marriage")
    service = replace(titles.library.services["moving_in"], title=Text('<script>alert("&")</script>'))
    library = replace(titles.library, services={**titles.library.services, "moving_in": service})
    drawing = draw_plan(plan, replace(titles, library=library))
    assert "<script" not in drawing
    assert any("<script>" in words for words in said(drawing))
