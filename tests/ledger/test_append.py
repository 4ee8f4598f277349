"""No trace, no act."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from qipan import records
from qipan.ledger import operations as ledger
from qipan.ledger.entries import SALT_BYTES, NewEntry, canonical, commitment_to, leaf_hash
from qipan.ledger.models import Entry

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
DETAIL = st.none() | st.booleans() | st.integers() | TEXT | st.lists(TEXT)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ACCEPT = NewEntry("accept_case", "official", 7, None, "case:1", {"service": "household_registration"})
SERVED = NewEntry("submit_application", "official", 8, 42, "application:1", {"under": "present"})


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_appended() -> None:
    with pytest.raises(ledger.NoTransaction):
        ledger.append([ACCEPT], NOON)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_trace() -> None:
    with suppress(RuntimeError), transaction.atomic():
        ledger.append([ACCEPT], NOON)
        raise RuntimeError
    assert not Entry.objects.exists()


def test_entries_keep_their_order_and_everything_they_say(db: None) -> None:
    ledger.append([ACCEPT, SERVED], NOON)
    first, second = Entry.objects.order_by("id")
    assert (first.act, first.actor_kind, first.actor, first.on_behalf_of) == (
        "accept_case",
        "official",
        7,
        None,
    )
    assert (second.on_behalf_of, second.subject, second.details) == (
        42,
        "application:1",
        {"under": "present"},
    )
    assert first.at == second.at == NOON


def test_the_leaf_commits_to_what_the_row_says(db: None) -> None:
    ledger.append([ACCEPT], NOON)
    row = Entry.objects.get()
    said = NewEntry(row.act, row.actor_kind, row.actor, row.on_behalf_of, row.subject, row.details)
    assert bytes(row.leaf_hash) == leaf_hash(said, row.at, bytes(row.salt))
    changed = said._replace(actor=9)
    assert bytes(row.leaf_hash) != leaf_hash(changed, row.at, bytes(row.salt))


def test_equal_acts_have_different_leaves(db: None) -> None:
    ledger.append([ACCEPT, ACCEPT], NOON)
    assert len({bytes(row.leaf_hash) for row in Entry.objects.all()}) == 2


def test_an_entry_is_written_the_same_wherever_it_is_written() -> None:
    reordered = ACCEPT._replace(details=dict(reversed([*{"a": 1, "b": "一"}.items()])))
    salt = bytes(SALT_BYTES)
    assert leaf_hash(ACCEPT._replace(details={"a": 1, "b": "一"}), NOON, salt) == leaf_hash(
        reordered, NOON, salt
    )


@given(
    act=TEXT, subject=TEXT, actor=st.none() | st.integers(), details=st.dictionaries(TEXT, DETAIL),
)  # fmt: skip
def test_its_text_is_json_with_sorted_keys(
    act: str, subject: str, actor: int | None, details: dict[str, object]
) -> None:
    entry = NewEntry(act, "person", actor, None, subject, details)
    commitment = commitment_to(details, b"salt")
    said = {**entry._asdict(), "at": "2026-11-23T04:00:00.000000+00:00", "details": commitment.hex()}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert canonical(entry, NOON, commitment) == text


@pytest.mark.parametrize("table", ["entries", "fact_sets", "calls", "plans", "library_versions"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_only_grows_refuses_to_be_changed(db: None, table: str, change: str) -> None:
    column = {"plans": "digest", "library_versions": "number"}.get(table, "id")
    ledger.append([ACCEPT], NOON)
    with pytest.raises(IntegrityError, match="forbidden"), transaction.atomic():
        records.execute(change.format(table, column, column))


def test_one_statement_appends_however_many(
    db: None, assert_query_count: Callable[[int], AbstractContextManager[None]]
) -> None:
    with assert_query_count(1):
        ledger.append([ACCEPT] * 50, NOON)
    assert Entry.objects.count() == 50
