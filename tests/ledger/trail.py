"""A trail to try things on: acts, a sealer, and what somebody outside holds of it."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from qipan import records
from qipan.adapters.seals import generate
from qipan.core import notes
from qipan.faces.trail import qipan_verify
from qipan.ledger import copies, sealing
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry
from qipan.ledger.models import Entry
from qipan.ledger.seal_keys import SUITES, SealKeys

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
KEYS = SealKeys("qipan.example/trail", tuple(generate(suite) for suite in SUITES))
Findings = list[tuple[str, dict[str, Any]]]
KEEPING_HOUSE = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND backend_xid IS NOT NULL"


def act(number: int) -> NewEntry:
    return NewEntry(
        "accept_case", "official", 7, None, f"case:{number}", {"number": number, "title": "出生一件事"}
    )


def append(*numbers: int, at: datetime = NOON) -> None:
    with transaction.atomic():
        ledger.append([act(number) for number in numbers], at)


def undisturbed() -> None:
    """Wait while PostgreSQL writes what it knows of its tables: nothing is sealed past a transaction that runs."""
    while records.number(KEEPING_HOUSE):
        time.sleep(0.01)


def seal(at: datetime = NOON, keys: SealKeys = KEYS) -> int:
    undisturbed()
    with transaction.atomic():
        return sealing.seal(keys, at)


def sealed(*groups: int) -> list[int]:
    """Append and seal so many acts at a time, an hour between groups; the entries in the order of their leaves."""
    done = 0
    for place, count in enumerate(groups):
        at = NOON + timedelta(hours=place)
        append(*range(done, done + count), at=at)
        done += count
        seal(at)
    return list(Entry.objects.order_by("id").values_list("id", flat=True))


def trusted(keys: SealKeys = KEYS) -> list[qipan_verify.Key]:
    return qipan_verify.read_keys("\n".join(notes.format_key(key) for key in keys.verifier_keys()))


def copied(start: int = 0, end: int | None = None) -> list[dict[str, Any]]:
    """A copy as it arrives with somebody else."""
    return [json.loads(json.dumps(line)) for line in copies.copy(start, end)]


def wrong_in(lines: Sequence[dict[str, Any]], *anchors: qipan_verify.Head) -> Findings:
    """What the verifier finds."""
    checker = qipan_verify.Checker(lines[0], trusted(), anchors)
    return [(finding.code, finding.values) for finding in checker.findings(lines[1:])]


def by_hand(*statements: str) -> None:
    """Change tables as their owner can: with every trigger off."""
    with transaction.atomic():
        tables = ("entries", "trail_tiles", "trail_bundles", "trail_checkpoints", "trail_cosignatures")
        for what in ("DISABLE", "ENABLE"):
            for table in tables:
                records.execute(f"ALTER TABLE {table} {what} TRIGGER USER")
            for statement in statements if what == "DISABLE" else ():
                records.execute(statement)
