"""Both records of each call meet; what only one side has is found at either, late is not missing, and a liar cannot hurt."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.ledger.models import Entry
from qipan.watch import operations, queries, reconciling
from qipan.watch.models import Finding
from qipan.watch.reconciling import NotAnAnswer
from tests.watch.conftest import CITY, GRANT, HOSPITALS, NINE, OTHER, Nodes

Counted = Callable[[int], AbstractContextManager[None]]
LATER = NINE + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def gaps(nodes: Nodes, by: str = CITY) -> dict[str, int]:
    closed = nodes.close(LATER)
    found = nodes.compare(NINE, closed, by=by).found
    return {name: count for one in found for name, count in dict(one.facts["gaps"]).items()}  # type: ignore[call-overload]


def test_equal_records_meet_and_cost_one_question(nodes: Nodes) -> None:
    for minute in range(30):
        nodes.call(NINE + minute * MINUTE)
    closed = nodes.close(LATER)
    asked: list[object] = []

    def windows(one: dict[str, object]) -> object:
        asked.append(one)
        return reconciling.answer_to(CITY, one)

    found = nodes.compare(NINE, closed, windows=windows)
    assert (found.met, found.found, found.until, len(asked)) == (30, (), closed, 1)


@pytest.mark.parametrize(
    ("end", "by", "gap"),
    [
        (CITY, CITY, "only-here"), (CITY, HOSPITALS, "only-there"),
        (HOSPITALS, CITY, "only-there"), (HOSPITALS, HOSPITALS, "only-here"),
    ],
)  # fmt: skip
def test_what_only_one_side_logged_is_found_at_either(nodes: Nodes, end: str, by: str, gap: str) -> None:
    nodes.call()
    nodes.call(ends=end)
    assert gaps(nodes, by) == {gap: 1}


def test_a_killed_consumer_and_a_lost_answer_are_told_apart(nodes: Nodes) -> None:
    name = nodes.call(ends=HOSPITALS)
    nodes.call(ends=CITY, exchange=name, outcome="peer-down", rows=0)
    closed = nodes.close(LATER)
    assert nodes.compare(NINE, closed).found == ()
    nodes.call(LATER, ends=HOSPITALS)
    closed = nodes.close(LATER + timedelta(hours=1))
    assert nodes.compare(NINE, closed).found[0].facts["gaps"] == {"only-there": 1}


def test_a_refusal_needs_no_twin(nodes: Nodes) -> None:
    nodes.call(ends=CITY, outcome="case-not-open", rows=0)
    nodes.call(ends=HOSPITALS, outcome="replayed", rows=0)
    assert gaps(nodes) == {}


def test_another_case_or_purpose_at_one_end_is_found(nodes: Nodes) -> None:
    for changes in ({"case": "case:2"}, {"purpose": "别的"}, {"official": "official:8"}, {"rows": 9}):
        name = nodes.call(ends=HOSPITALS)
        nodes.call(ends=CITY, exchange=name, **changes)
    assert gaps(nodes) == {"contradiction": 4}


def test_a_delivery_that_was_lost_and_sent_again_meets(nodes: Nodes) -> None:
    """Each sending is on record at the provider; the receiver has the one that came, here a quarter of an hour later."""
    sent: dict[str, Any] = {"case": "", "official": "system:0", "rows": 500}
    name = nodes.call(ends=HOSPITALS, **sent)
    nodes.call(NINE + timedelta(minutes=15), exchange=name, **sent)
    assert gaps(nodes) == gaps(nodes, HOSPITALS) == {}


@pytest.mark.parametrize(("by", "gap"), [(CITY, "only-there"), (HOSPITALS, "only-here")])
def test_a_delivery_of_which_the_receiver_has_nothing_is_found(nodes: Nodes, by: str, gap: str) -> None:
    nodes.call(ends=HOSPITALS, case="", official="system:0", rows=500)
    assert gaps(nodes, by) == {gap: 1}


def test_a_delivery_whose_rows_one_end_counts_otherwise_is_found(nodes: Nodes) -> None:
    name = nodes.call(ends=HOSPITALS, case="", rows=500)
    nodes.call(ends=CITY, exchange=name, case="", rows=5)
    assert gaps(nodes) == {"contradiction": 1}


def test_late_is_not_missing(nodes: Nodes) -> None:
    name = nodes.call(ends=HOSPITALS)
    closed = nodes.close(LATER)
    nodes.call(ends=CITY, exchange=name)  # after its window was closed
    assert nodes.compare(NINE, closed).found == ()


def test_what_is_still_within_grace_is_not_compared(nodes: Nodes) -> None:
    nodes.call(LATER - timedelta(minutes=9), ends=CITY)
    closed = nodes.close(LATER)
    assert closed == LATER - timedelta(minutes=10)
    assert nodes.compare(NINE, closed).found == ()


def test_a_peer_that_is_behind_holds_nothing_up_and_is_met_later(nodes: Nodes) -> None:
    nodes.call()
    closed = nodes.close(LATER)
    behind = {"closed": (NINE - MINUTE).isoformat(), "windows": []}
    found = nodes.compare(NINE, closed, windows=behind)
    assert (found.until, found.met, found.found) == (NINE, 0, ())
    assert nodes.compare(found.until, closed).met == 1


def test_a_finding_is_durable_once_and_in_the_trail(nodes: Nodes) -> None:
    names = [nodes.call(ends=HOSPITALS) for _ in range(3)]
    closed = nodes.close(LATER)
    for _ in range(2):
        found = nodes.compare(NINE, closed).found
        with transaction.atomic():
            operations.raise_findings(found=found, at=LATER)
    (finding,) = Finding.objects.all()
    assert (finding.kind, finding.subject, finding.state) == ("one_sided", f"grant:{GRANT}", "open")
    assert [one["exchange"] for one in finding.facts["examples"]] == sorted(names)
    assert all(
        one["entry"] for one in finding.facts["examples"]
    )  # one database plays both, so the trail holds theirs
    entry = Entry.objects.get(act="raise_finding")
    assert entry.subject == f"finding:{finding.id}"


def test_each_grant_has_a_finding_of_its_own(nodes: Nodes) -> None:
    nodes.call(ends=CITY)
    nodes.call(ends=CITY, grant=str(OTHER))
    closed = nodes.close(LATER)
    assert [one.subject for one in nodes.compare(NINE, closed).found] == [f"grant:{GRANT}", f"grant:{OTHER}"]


def test_windows_are_kept_once_and_in_three_statements(nodes: Nodes, assert_query_count: Counted) -> None:
    nodes.call()
    with assert_query_count(3):
        nodes.close(LATER)
    assert nodes.close(LATER) == LATER - timedelta(minutes=10)
    assert [one.calls for one in queries.windows(HOSPITALS, NINE, LATER, 9)] == [1]


# --- A peer that lies

HEX = "ab" * 32
LIES: list[Any] = [
    {}, [], {"closed": "2026"}, {"closed": LATER.isoformat()}, {"closed": "x", "windows": []},
    {"closed": LATER.isoformat(), "windows": [["2026-11-23T01:00:01+00:00", 1, HEX]]},
    {"closed": LATER.isoformat(), "windows": [[NINE.isoformat(), -1, HEX]]},
    {"closed": LATER.isoformat(), "windows": [[NINE.isoformat(), 1, "zz"]]},
    {"closed": LATER.isoformat(), "windows": [[NINE.isoformat(), 1, HEX]] * 2000},
    {"closed": "9999-12-31T23:59:59+00:00", "windows": "all"},
]  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_what_is_no_answer_is_none(nodes: Nodes, lie: Any) -> None:
    nodes.call()
    closed = nodes.close(LATER)
    with pytest.raises(NotAnAnswer):
        nodes.compare(NINE, closed, windows=lie)


def invented(count: int) -> dict[str, Any]:
    """A peer that says of every window that there were calls."""
    windows = [[(NINE + place * 10 * MINUTE).isoformat(), 5, HEX] for place in range(count)]
    return {"closed": (NINE + timedelta(days=9)).isoformat(), "windows": windows}


def test_a_peer_that_answers_without_end_costs_a_bounded_number_of_questions(nodes: Nodes) -> None:
    nodes.call()
    asked: list[str] = []

    def forever(one: dict[str, Any]) -> dict[str, Any]:
        asked.append(one["what"])
        place = int(one["after"], 16) + 1 if one["after"] else 1
        return {"calls": [[f"{place + more:064x}", "ok", 1, HEX[:32]] for more in range(2000)]}

    minutes = lambda one: {"minutes": [] if one["after"][0] else [[str(GRANT), one["window"], 5, HEX]]}  # noqa: E731 -- a lie
    found = nodes.compare(
        NINE, NINE + timedelta(days=1), windows=invented(144), minutes=minutes, calls=forever
    )
    assert len(asked) <= reconciling.MOST_ASKED
    assert len(found.found) <= reconciling.MOST_DIFFERENT
    assert all(one.facts.get("too_much") for one in found.found)
    assert found.until < NINE + timedelta(days=1)  # the rest comes next time


def test_calls_that_a_peer_invents_are_one_finding_with_few_examples(nodes: Nodes) -> None:
    lie = {"calls": [[f"{place:064x}", "ok", 1, HEX[:32]] for place in range(1, 1500)]}
    minutes = lambda one: {"minutes": [] if one["after"][0] else [[str(GRANT), one["window"], 5, HEX]]}  # noqa: E731 -- a lie
    (found,) = nodes.compare(
        NINE, NINE + timedelta(hours=1), windows=invented(1), minutes=minutes, calls=lie
    ).found
    assert found.facts["gaps"] == {"only-there": 1499}
    assert len(found.facts["examples"]) == reconciling.EXAMPLES  # type: ignore[arg-type]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["what", "since", "until", "window", "after", "grant", "minute", "more"]),
        st.one_of(st.sampled_from(["windows", "minutes", "calls", NINE.isoformat(), "9999-12-31T00:00:00+00:00", str(GRANT), ""]), st.integers(), st.lists(st.text(max_size=3), max_size=3)),
    )
)  # fmt: skip
def test_strange_questions_are_answered_or_refused(nodes: Nodes, asked: dict[str, Any]) -> None:
    with suppress(NotAnAnswer):
        assert set(reconciling.answer_to(CITY, asked)) <= {"closed", "windows", "minutes", "calls"}


def test_a_peer_is_told_of_its_own_calls_alone(nodes: Nodes) -> None:
    nodes.call()
    nodes.close(LATER)
    stranger = {"what": "calls", "grant": str(GRANT), "minute": NINE.isoformat(), "after": ""}
    assert reconciling.answer_to("province", stranger) == {"calls": []}
    assert len(reconciling.answer_to(CITY, stranger)["calls"]) == 1  # type: ignore[arg-type]


def test_silence_of_a_day_is_a_finding(nodes: Nodes) -> None:
    assert reconciling.silence(HOSPITALS, NINE, NINE + timedelta(hours=23)) == []
    (found,) = reconciling.silence(HOSPITALS, NINE, NINE + timedelta(hours=25))
    assert (found.kind, found.subject) == ("silent", "node:hospitals")
