"""A witness of its own, over real HTTP: a process with a key, a memory, and nothing of ours."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from qipan.ledger import sealing, witnessing
from tests.attacks.test_trail_by_hand import rewrite
from tests.ledger import trail

ROOT = Path(__file__).parents[2]
NAME = "witness.example/city"


def qipan(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qipan.faces.cli", *words], cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LANG": "en_US.UTF-8"} | environment,
    )  # fmt: skip


@pytest.fixture
def witness(site: str, tmp_path: Path) -> Iterator[Path]:
    """A witness's folder; the site knows its key."""
    key = qipan(tmp_path, "witness", "--name", NAME, "--home", "w").stdout
    settings.QIPAN_WITNESSES.write_text(key, encoding="utf-8")
    with transaction.atomic():
        sealing.publish_keys(trail.KEYS, trail.NOON)
    yield tmp_path
    settings.QIPAN_WITNESSES.unlink()


def look(folder: Path, site: str) -> subprocess.CompletedProcess[str]:
    return qipan(folder, "witness", f"{site}/trail", "--name", NAME, "--home", "w", "--once", "--lang", "en")


def test_it_sees_the_trail_grow_and_cosigns(witness: Path, site: str) -> None:
    for count in (3, 300, 1):
        trail.append(*range(count))
        trail.seal()
        done = look(witness, site)
        assert (done.returncode, done.stderr) == (0, "")
        for function in ("sm3", "sha256"):
            assert f"— {NAME} " in httpx.get(f"{site}/trail/{function}/checkpoint", timeout=240).text
    assert look(witness, site).stdout == "", "nothing new, nothing signed"
    trusting(witness, site)
    checked = qipan(
        witness, "verify", "--keys", "keys.txt", "--against", "w/memory.signed.jsonl", "--lang", "en", DATABASE_URL=database()
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (
        "True: leaves 0 up to, without, 304 (304) agree with the checkpoint and 6 witnessed ones."
        in checked.stdout
    )


def test_it_refuses_a_rewritten_trail_and_verify_says_so(witness: Path, site: str) -> None:
    entries = trail.sealed(5)
    assert look(witness, site).returncode == 0
    signed = (witness / "w" / "memory.signed.jsonl").read_bytes()
    rewrite(entries[2], act="refuse_case")
    trail.append(6)
    trail.seal()
    refused = look(witness, site)
    assert (refused.returncode, "its past was rewritten" in refused.stderr) == (1, True)
    assert (witness / "w" / "memory.signed.jsonl").read_bytes() == signed
    trusting(witness, site)
    given = ("verify", "--keys", "keys.txt", "--lang", "en")
    assert qipan(witness, *given, DATABASE_URL=database()).returncode == 0, "it cannot be seen from inside"
    found = qipan(witness, *given, "--against", "w/memory.signed.jsonl", DATABASE_URL=database())
    assert (
        found.returncode,
        "was rewritten and signed anew (between leaf 0 and leaf 5)" in found.stdout,
    ) == (1, True)


def test_what_is_never_sealed_is_told(witness: Path, site: str) -> None:
    now = timezone.now()
    trail.append(1, at=now)
    trail.seal(now)
    look(witness, site)
    trusting(witness, site)
    given = ("verify", "--keys", "keys.txt", "--lang", "en")
    assert qipan(witness, *given, DATABASE_URL=database()).returncode == 0
    trail.append(2, at=now - timedelta(minutes=10))
    trail.by_hand("UPDATE entries SET xact = '9000000000' WHERE subject = 'case:2'")
    trail.append(3, at=now)
    trail.seal(now)
    done = qipan(witness, *given, DATABASE_URL=database())
    assert (done.returncode, "1 entries stay unsealed" in done.stdout) == (1, True)


def test_two_cannot_share_a_memory(witness: Path, site: str) -> None:
    trail.sealed(3)
    with witnessing.alone(witness / "w" / "memory.json"):
        done = look(witness, site)
    assert (done.returncode, "Another process uses" in done.stderr) == (1, True)


def test_where_nobody_answers_it_says_so(tmp_path: Path) -> None:
    done = look(tmp_path, "http://127.0.0.1:9")
    assert (done.returncode, done.stderr.startswith("No answer: http://127.0.0.1:9/trail/keys")) == (1, True)


def trusting(folder: Path, site: str) -> None:
    """Write down the keys of the trail and of the witness."""
    own = qipan(folder, "witness", "--name", NAME, "--home", "w").stdout
    (folder / "keys.txt").write_text(
        httpx.get(f"{site}/trail/keys", timeout=240).text + own, encoding="utf-8"
    )


def database() -> str:
    """This test's database, as its owner."""
    return settings.QIPAN_OWNER_URL.replace("@/qipan?", f"@/{connection.settings_dict['NAME']}?")
