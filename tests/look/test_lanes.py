"""What waits for what, drawn beside a list."""

import re

from hypothesis import given
from hypothesis import strategies as st

from qipan.faces.look.lanes import STOP, Row, Step, Track, draw


def step(key: str, *after: str) -> Step:
    return Step(key, after, "neutral", key)


def departures(row: Row) -> list[str]:
    return [line.path for line in row.lines if line.path.startswith(f"M{row.x} {STOP}")]


def arrivals(row: Row) -> list[str]:
    return [line.path for line in row.lines if re.search(rf"( {row.x} {STOP}|^M{row.x} 0V\d+)$", line.path)]


def rows(track: Track) -> dict[str, Row]:
    return {row.key: row for row in track.rows}


def test_a_chain_runs_down_one_lane() -> None:
    track = draw([step("a"), step("b", "a"), step("c", "b")])
    assert len({row.x for row in track.rows}) == 1
    assert track.rows[0].tails
    assert not track.rows[-1].tails


def test_what_can_go_at_once_stands_in_lanes_of_its_own() -> None:
    track = draw([step("a"), step("b", "a"), step("c", "a")])
    assert rows(track)["b"].x != rows(track)["c"].x


def test_a_step_that_waits_for_two_is_reached_by_both() -> None:
    track = draw([step("a"), step("b"), step("c", "a", "b")])
    assert len(departures(rows(track)["a"])) == len(departures(rows(track)["b"])) == 1
    assert not rows(track)["c"].tails


def test_a_wait_that_follows_from_others_is_not_drawn_twice() -> None:
    track = draw([step("a"), step("b", "a"), step("c", "a", "b")])
    assert len(departures(rows(track)["a"])) == 1


def test_the_longest_way_is_marked_from_end_to_end() -> None:
    track = draw([step("a"), step("b", "a"), step("c", "a"), step("d", "b")], main={"a", "b", "d"})
    assert [sum(line.main for line in row.lines) for row in track.rows] == [1, 2, 1, 1]


@st.composite
def boards(draw_: st.DrawFn) -> list[Step]:
    count = draw_(st.integers(1, 9))
    earlier = [draw_(st.sets(st.integers(0, max(number - 1, 0)), max_size=3)) for number in range(count)]
    return [
        step(str(number), *(str(one) for one in sorted(before) if one < number))
        for number, before in enumerate(earlier)
    ]


@given(boards())
def test_every_line_leads_from_a_step_to_one_that_waits(steps: list[Step]) -> None:
    track = draw(steps)
    waited_for = {key for one in steps for key in one.after}
    for one, row in zip(steps, track.rows, strict=True):
        assert bool(departures(row)) == (one.key in waited_for)
        assert bool(arrivals(row)) == bool(one.after)
        assert 0 < row.x < track.width
    assert not track.rows[-1].tails
