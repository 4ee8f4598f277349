"""The trail: durable appends in groups with the sealer beside, how soon there is a receipt, and proofs in a large tree."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from bench import fresh
from bench.claims import Claim, milliseconds, percentile
from qipan.faces.cli.run.children import Child
from qipan.faces.cli.run.sealer import keys
from qipan.ledger import operations as ledger
from qipan.ledger import proofs, queries, receipts, sealing
from qipan.ledger.entries import NewEntry, leaf_hash
from qipan.ledger.receipts import NotSealed

SECONDS = 8.0
APPENDERS = 2
GROUP = 500  # acts in one transaction, as an import or a batch file has them
RECEIPTS = 20
DRAIN_SECONDS = 60
LEAVES = 10_000_000
CHUNK = 1 << 16
SAMPLE = 10_007  # one leaf in so many is that of a real entry
SALT = bytes(16)
TESSERA = 10_000  # appends a second, published; Go on NVMe
SAMPLES = """
INSERT INTO entries (id, at, act, actor_kind, subject, details, salt, commitment, leaf_hash, xact)
SELECT id, %(at)s, 'accept_case', 'system', 'case:' || id, '{}', %(salt)s, %(commitment)s, decode(repeat('00', 64), 'hex'), '3' FROM unnest(%(ids)s::bigint[]) AS id
"""


class _Rates(NamedTuple):
    """Acts a second: committed, sealed with the sealer's lag counted, and one to a transaction."""

    appended: float
    sealed: float
    singly: float


def measure() -> Iterator[Claim]:
    """Append, wait for receipts, then build a large tree and prove."""
    fresh.database()
    rates = _rates()
    yield Claim(
        "ledger.appends", rates.appended, "1/s", limit=10_000, at_most=False, beside=rates.singly,
        beside_what="1/s one by one", note=f"{APPENDERS} appenders, {GROUP} to a transaction, sealer beside, fsync on",
    )  # fmt: skip
    yield Claim(
        "ledger.appends_sealed", rates.sealed, "1/s", limit=10_000, at_most=False, beside=TESSERA,
        beside_what="1/s Tessera, published", note="from the first append to the signed head over the last, two trees",
    )  # fmt: skip
    with _sealer():
        _wait_for_receipt()  # until the sealer has started
        waits = [_wait_for_receipt() for _ in range(RECEIPTS)]
    yield Claim(
        "ledger.receipt_after_its_act", percentile(waits, 0.95), "s", limit=1.0, note="p95, act by act"
    )
    yield from _large()


def _act(number: int) -> NewEntry:
    return NewEntry("accept_case", "official", 7, None, f"case:{number}", {"service": "birth_certificate"})


def _append(count: int) -> None:
    with transaction.atomic():
        ledger.append([_act(number) for number in range(count)], timezone.now())


def _append_until(end: float, done: list[int]) -> None:
    while time.monotonic() < end:
        _append(GROUP)
        done.append(GROUP)
    connection.close()


def _rates() -> _Rates:
    singly = _singly()
    with _sealer():
        _wait_for_receipt()
        before, start, done = queries.sealing().size, time.monotonic(), list[int]()
        threads = [Thread(target=_append_until, args=(start + SECONDS, done)) for _ in range(APPENDERS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        appended = sum(done) / (time.monotonic() - start)
        while queries.sealing().size < before + sum(done) and time.monotonic() < start + DRAIN_SECONDS:
            time.sleep(0.02)
        sealed = (queries.sealing().size - before) / (time.monotonic() - start)
    return _Rates(appended, sealed, singly)


def _singly() -> float:
    start, done = time.monotonic(), 0
    while time.monotonic() < start + SECONDS / 4:
        _append(1)
        done += 1
    return done / (time.monotonic() - start)


def _wait_for_receipt() -> float:
    """Seconds from the commit of an act to its receipt."""
    _append(1)
    start = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM entries")
        (entry,) = cursor.fetchone()
    while time.monotonic() < start + DRAIN_SECONDS:
        try:
            receipts.receipt(entry)
        except NotSealed:
            time.sleep(0.01)
        else:
            break
    return time.monotonic() - start


@contextmanager
def _sealer() -> Iterator[None]:
    child = Child("sealer", "qipan.faces.cli", ("sealer",))
    child.start()
    try:
        yield
    finally:
        child.stop()


def _large() -> Iterator[Claim]:
    """Proofs in a tree of ten million leaves, most of them random; the sealer's own code writes it."""
    fresh.database()
    at = timezone.now()
    start = time.monotonic()
    samples = _filled(at)
    rate = LEAVES / (time.monotonic() - start)
    yield Claim(
        "ledger.sealing", rate, "1/s", note=f"{CHUNK} leaves to a group, two trees, {LEAVES:,} leaves"
    )
    proving = [_seconds_of_proof(leaf) * 1000 for leaf in samples]
    processor = milliseconds(lambda: proofs.inclusion("sm3", samples[len(samples) // 2], LEAVES), times=50)
    yield Claim(
        "ledger.inclusion_proof", percentile(proving, 0.5), "ms", limit=5.0,
        note=f"p50 at {LEAVES:,} leaves, from stored tiles; p95 {percentile(proving, 0.95):.2f} ms, processor {processor:.2f} ms",
    )  # fmt: skip
    whole = [_seconds_of_receipt(leaf + 1) * 1000 for leaf in samples]
    yield Claim(
        "ledger.receipt", percentile(whole, 0.5), "ms",
        note=f"p50: entry, both proofs, both heads; p95 {percentile(whole, 0.95):.2f} ms",
    )  # fmt: skip


def _filled(at: datetime) -> list[int]:
    held, samples = keys(), list(range(0, LEAVES, SAMPLE))
    ids = [leaf + 1 for leaf in samples]
    last = sealing.NOTHING
    for first in range(0, LEAVES, CHUNK):
        leaves = [_leaf(number, at) for number in range(first, min(first + CHUNK, LEAVES))]
        with transaction.atomic():
            sealing._append(held, last, leaves, at)
        found = sealing.records.first(sealing._Last, sealing.LAST)
        last = found or last
    with transaction.atomic():
        told = {"at": at, "salt": SALT, "commitment": ledger.commitment_to({}, SALT), "ids": ids}
        sealing.records.execute(SAMPLES, told)
    return samples


def _leaf(number: int, at: datetime) -> sealing._Leaf:
    if number % SAMPLE:
        return sealing._Leaf(number + 1, 3, os.urandom(64))
    said = NewEntry("accept_case", "system", None, None, f"case:{number + 1}", {})
    return sealing._Leaf(number + 1, 3, leaf_hash(said, at, SALT))


def _seconds_of_proof(leaf: int) -> float:
    start = time.perf_counter()
    proofs.inclusion("sm3", leaf, LEAVES)
    return time.perf_counter() - start


def _seconds_of_receipt(entry: int) -> float:
    start = time.perf_counter()
    receipts.receipt(entry)
    return time.perf_counter() - start
