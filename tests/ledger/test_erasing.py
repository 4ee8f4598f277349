"""Details go, what was done stays, and so does every proof of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from qipan import records
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry, leaf_hash, leaf_of
from qipan.ledger.models import Entry

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ACT = NewEntry("issue_api_key", "official", 7, None, "official:7", {"label": "张三的电脑"})


def appended() -> Entry:
    with transaction.atomic():
        ledger.append([ACT], NOON)
    return Entry.objects.order_by("-id")[0]


def erase(*entries: int) -> None:
    with transaction.atomic():
        ledger.erase_details(entries=entries, actor_kind="official", actor=9, reason="当事人请求", at=NOON)


@pytest.mark.django_db(transaction=True)
def test_details_and_salt_are_gone_and_the_leaf_is_still_that_of_the_rest() -> None:
    before = appended()
    erase(before.id)
    after = Entry.objects.get(id=before.id)
    assert (after.details, bytes(after.salt)) == ({}, b"")
    left = NewEntry(after.act, after.actor_kind, after.actor, after.on_behalf_of, after.subject, {})
    assert (
        leaf_of(left, after.at, bytes(after.commitment)) == bytes(before.leaf_hash) == bytes(after.leaf_hash)
    )
    assert leaf_hash(ACT, before.at, bytes(before.salt)) == bytes(after.leaf_hash)


@pytest.mark.django_db(transaction=True)
def test_it_leaves_an_entry_of_its_own() -> None:
    erased = appended().id
    erase(erased)
    own = Entry.objects.get(act="erase_details")
    assert (own.subject, own.actor, own.details) == (f"entry:{erased}", 9, {"reason": "当事人请求"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", [lambda one: [one, one + 99], lambda one: [one + 99]])
def test_what_is_not_there_cannot_be_erased(wrong: Callable[[int], list[int]]) -> None:
    one = appended().id
    with pytest.raises(ledger.UnableToErase):
        erase(*wrong(one))
    assert Entry.objects.get().details == ACT.details


@pytest.mark.django_db(transaction=True)
def test_nothing_is_erased_twice() -> None:
    one = appended().id
    erase(one)
    with pytest.raises(ledger.UnableToErase):
        erase(one)
    assert Entry.objects.filter(act="erase_details").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [
        "salt = '', details = '{}'",  # without its own entry
        "salt = '', details = '{\"label\": \"李四\"}'", "details = '{}'", "salt = ''", "salt = '\\x01', details = '{}'",
        *(f"salt = '', details = '{{}}', {column} = {value}" for column, value in {
            "act": "'x'", "actor": "8", "actor_kind": "'x'", "at": "now()", "on_behalf_of": "1", "subject": "'x'",
            "commitment": "'x'", "leaf_hash": "'x'", "xact": "'1'", "id": "id + 99",
        }.items()),
    ],
)  # fmt: skip
def test_no_other_change_is_permitted(change: str) -> None:
    one = appended().id
    told = NewEntry("erase_details", "official", 9, None, f"entry:{one}", {})
    acts = [told] if change != "salt = '', details = '{}'" else []
    with pytest.raises(IntegrityError, match="only ever added"):
        change_by_hand(one, change, acts)
    assert Entry.objects.get().details == ACT.details


def change_by_hand(entry: int, change: str, acts: list[NewEntry]) -> None:
    with transaction.atomic():
        ledger.append(acts, NOON)
        records.execute(f"UPDATE entries SET {change} WHERE id = %s", [entry])


@pytest.mark.django_db(transaction=True)
def test_an_erasure_of_before_permits_none_now() -> None:
    first, second = appended().id, appended().id
    erase(first)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        records.number("SELECT qipan_erase(%s)", [[second]])
