"""Twin records: equal ones meet, and each way of not meeting is told from the others, from either end alike."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core.twins import Gap, Line, Part, differences, parts_that_differ, window_of

OUTCOMES = st.sampled_from(["ok", "none", "peer-down", "grant-revoked", "replayed"])
LINES = st.lists(
    st.builds(
        Line, st.sampled_from(["aa", "bb", "cc", "dd"]), OUTCOMES, st.integers(0, 1), st.sampled_from("xy")
    ),
    max_size=6,
    unique_by=lambda one: one.exchange,
)
MIRRORED = {Gap.ONLY_HERE: Gap.ONLY_THERE, Gap.ONLY_THERE: Gap.ONLY_HERE}
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@given(LINES, LINES)
def test_both_ends_find_the_same(consumer: list[Line], provider: list[Line]) -> None:
    asked = differences(consumer, provider, consumer=True)
    gave = differences(provider, consumer, consumer=False)
    assert [(one.exchange, MIRRORED.get(one.gap, one.gap)) for one in gave] == [
        (one.exchange, one.gap) for one in asked
    ]


@given(LINES)
def test_equal_records_meet(lines: list[Line]) -> None:
    assert differences(lines, lines, consumer=True) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "gap"),
    [
        ("ok", None, Gap.ONLY_HERE),
        (None, "none", Gap.ONLY_THERE),
        ("peer-down", "ok", Gap.ANSWER_LOST),
        ("ok", "grant-revoked", Gap.CONTRADICTION),
        ("ok", "none", Gap.CONTRADICTION),
        ("case-not-open", None, None),
        ("peer-down", None, None),
        (None, "replayed", None),
    ],
)
def test_what_each_gap_is_called(ours: str | None, theirs: str | None, gap: Gap | None) -> None:
    lines = [[Line("aa", one, 1, "x")] if one else [] for one in (ours, theirs)]
    assert [one.gap for one in differences(lines[0], lines[1], consumer=True)] == ([gap] if gap else [])


def test_a_replay_beside_a_call_that_passed_hides_nothing() -> None:
    passed, replayed = Line("aa", "ok", 1, "x"), Line("aa", "replayed", 0, "x")
    assert differences([passed], [replayed, passed], consumer=True) == []


def test_another_purpose_on_one_side_is_a_contradiction() -> None:
    found = differences([Line("aa", "ok", 1, "x")], [Line("aa", "ok", 1, "y")], consumer=False)
    assert [one.gap for one in found] == [Gap.CONTRADICTION]


def test_minutes_differ_by_count_or_digest_or_by_being_there() -> None:
    one, other = Part("g", AT, 3, "d"), Part("h", AT, 1, "d")
    assert parts_that_differ([one], [one]) == []
    assert parts_that_differ([one, other], [one]) == [("h", AT)]
    assert parts_that_differ([one], [one._replace(digest="e")]) == [("g", AT)]


def test_a_window_is_ten_minutes_from_the_full_hour() -> None:
    assert window_of(AT.replace(minute=19, second=59)) == AT.replace(minute=10)
