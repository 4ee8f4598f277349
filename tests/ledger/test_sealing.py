"""Leaves in commit order, in groups, none lost and none twice."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from qipan import records
from qipan.adapters.seals import Suite, generate
from qipan.core import merkle, notes
from qipan.ledger import operations as ledger
from qipan.ledger import sealing
from qipan.ledger.entries import NewEntry
from qipan.ledger.functions import FUNCTIONS, SIZE
from qipan.ledger.models import Bundle, Checkpoint, Entry, Tile
from qipan.ledger.seal_keys import SUITES, SealKeys, verifying
from qipan.ledger.sealing import TrailBroken
from tests.ledger import trail

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
KEYS = SealKeys("qipan.example/trail", tuple(generate(suite) for suite in SUITES))
pytestmark = pytest.mark.django_db(transaction=True)


def act(number: int) -> NewEntry:
    return NewEntry("accept_case", "official", 7, None, f"case:{number}", {"number": number})


def append(*numbers: int) -> None:
    with transaction.atomic():
        ledger.append([act(number) for number in numbers], NOON)


def seal(group: int = sealing.GROUP) -> int:
    trail.undisturbed()
    with transaction.atomic():
        return sealing.seal(KEYS, NOON, group)


def sealed() -> list[int]:
    """The entries in the order of their leaves."""
    return [entry for bundle in Bundle.objects.order_by("number") for entry in bundle.entries]


def leaves(function: str) -> list[bytes]:
    """The leaves of one tree, as the entries in their order give them."""
    place = SIZE * list(FUNCTIONS).index(function)
    rows = Entry.objects.in_bulk(sealed())
    return [bytes(rows[entry].leaf_hash)[place : place + SIZE] for entry in sealed()]


def test_nothing_is_sealed_where_nothing_was_done() -> None:
    assert seal() == 0
    assert not Checkpoint.objects.exists()


@pytest.mark.parametrize("groups", [[1], [3, 1, 255, 2], [256, 256], [700, 1]])
def test_what_was_done_is_sealed_once_in_its_order(groups: Sequence[int]) -> None:
    done = 0
    for count in groups:
        append(*range(done, done + count))
        done += count
        assert seal() == count
        assert seal() == 0
    assert sealed() == list(Entry.objects.order_by("id").values_list("id", flat=True))
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [
        sum(groups[: place + 1]) for place in range(len(groups))
    ]


def test_the_head_is_that_of_the_tree_and_signed_by_both_keys() -> None:
    append(*range(300))
    seal()
    head = Checkpoint.objects.get()
    for function, hashed in FUNCTIONS.items():
        note = notes.parse_note(getattr(head, function))
        checkpoint = notes.parse_checkpoint(note.text)
        assert checkpoint == (
            f"qipan.example/trail/{function}", 300, merkle.root_of(hashed, leaves(function)),
        )  # fmt: skip
        for key in KEYS.verifier_keys():
            signature = notes.signature_of(note, key)
            assert (signature is not None) == (key.name == checkpoint.origin)
            assert signature is None or verifying(key).verify(signature.value, note.text.encode())
    assert {key.suite for key in KEYS.keys} == {Suite.SM2, Suite.ED25519}


def test_tiles_hold_every_node() -> None:
    for start in range(0, 700, 70):
        append(*range(start, start + 70))
        seal()
    for function, hashed in FUNCTIONS.items():
        _, layers = merkle.grow(hashed, merkle.EMPTY, leaves(function))
        for level in (0, 1):
            rows = Tile.objects.filter(level=level).order_by("number")
            assert b"".join(bytes(getattr(row, function)) for row in rows) == b"".join(layers[8 * level])
    assert not Tile.objects.filter(level__gt=1).exists()


def test_a_long_backlog_is_sealed_in_groups() -> None:
    append(*range(25))
    assert [seal(group=10) for _ in range(4)] == [10, 10, 5, 0]
    assert len(set(sealed())) == 25


def test_an_entry_that_commits_late_is_not_skipped() -> None:
    with psycopg.connect(**connection.get_connection_params()) as slow:
        slow.execute(late_entry())
        append(1, 2)
        assert seal() == 0, "an older transaction still runs, and may yet commit"
        slow.commit()
    assert seal() == 3
    subjects = Entry.objects.in_bulk(sealed())
    assert [subjects[entry].subject for entry in sealed()] == ["case:late", "case:1", "case:2"]


def test_an_act_that_fails_holds_nothing_up() -> None:
    with psycopg.connect(**connection.get_connection_params()) as failing:
        failing.execute(late_entry())
        append(1)
        failing.rollback()
    assert seal() == 1


def test_two_sealers_do_not_run_at_once() -> None:
    append(1)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_xact_lock(4085180142)")
        assert seal() == 0
    assert seal() == 1


def test_sealers_that_race_double_nothing() -> None:
    append(*range(60))
    together = threading.Barrier(4)

    def race() -> None:
        together.wait()
        for _ in range(20):
            seal(group=3)
        connection.close()

    racing = [threading.Thread(target=race) for _ in range(4)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()
    while seal():
        pass
    assert sorted(sealed()) == sorted(Entry.objects.values_list("id", flat=True))
    assert len(sealed()) == 60


@pytest.mark.parametrize(
    "change",
    ["UPDATE trail_tiles SET sm3 = set_byte(sm3, 3, get_byte(sm3, 3) # 1) WHERE level = 0",
     "UPDATE trail_tiles SET sha256 = substr(sha256, 33)", "DELETE FROM trail_tiles"]
)  # fmt: skip
def test_nothing_is_sealed_onto_a_tree_that_was_changed(change: str) -> None:
    append(1, 2, 3)
    seal()
    with transaction.atomic():
        records.execute("ALTER TABLE trail_tiles DISABLE TRIGGER USER")
        records.execute(change)
        records.execute("ALTER TABLE trail_tiles ENABLE TRIGGER USER")
    append(4)
    with pytest.raises(TrailBroken):
        seal()


def test_a_counter_that_starts_anew_is_told() -> None:
    append(1)
    seal()
    with transaction.atomic():
        records.execute("ALTER TABLE trail_checkpoints DISABLE TRIGGER USER")
        records.execute("UPDATE trail_checkpoints SET last_xact = '9000000000'")
        records.execute("ALTER TABLE trail_checkpoints ENABLE TRIGGER USER")
    append(2)
    with pytest.raises(sealing.CounterBehind):
        seal()


def late_entry() -> bytes:
    return b"""INSERT INTO entries (at, act, actor_kind, subject, details, salt, commitment, leaf_hash)
        SELECT now(), 'accept_case', 'official', 'case:late', '{}', decode(repeat('00', 16), 'hex'), decode(repeat('00', 64), 'hex'),
          decode(repeat('00', 64), 'hex')"""


@pytest.mark.parametrize("column", ["leaf_hash", "commitment", "salt"])
def test_a_leaf_of_another_length_never_comes_in(column: str) -> None:
    crooked = late_entry().replace(b"'case:late'", b"'case:crooked'").decode()
    parts = {"salt": ("16", "15"), "commitment": ("64", "63"), "leaf_hash": ("64", "65")}
    before, after = parts[column]
    if column == "leaf_hash":
        head, _, tail = crooked.rpartition(f", {before})")
        crooked = f"{head}, {after}){tail}"
    else:
        crooked = crooked.replace(f", {before})", f", {after})", 1)
    with pytest.raises(IntegrityError, match="entries_whole_leaves"):
        records.execute(crooked)
