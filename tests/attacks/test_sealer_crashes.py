"""The sealer is killed, again and again, while acts are done: each of them becomes one leaf, and the tree stays true."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Self

import psycopg
import pytest
from django.utils import timezone

from qipan.adapters.embedded_postgres import PLATFORM, url
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry
from tests.attacks.stage import ROOT, Stage

STATEMENT = ledger.INSERT_ENTRIES.format(created="").encode()
LEAVES = "SELECT coalesce(sum(cardinality(entries)), 0)::int FROM trail_bundles"
SECONDS = 8.0
KILLS = 5


@pytest.fixture
def environment(stage: Stage) -> dict[str, str]:
    return os.environ | {"QIPAN_HOME": str(stage.home), "LANG": "en_US.UTF-8"}


class Acting:
    """Somebody who acts all the time, sometimes slowly, sometimes in vain."""

    def __init__(self, stage: Stage) -> None:
        self._address = url(stage.home, role=PLATFORM)
        self.done: list[int] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._act)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _act(self) -> None:
        with psycopg.connect(self._address) as quick, psycopg.connect(self._address) as slow:
            for number in range(1_000_000):
                if self._ending.is_set():
                    return
                for one, label in ((slow, -number), (quick, number)):
                    one.execute(STATEMENT, entry(label))
                quick.commit()
                time.sleep(0.005)
                slow.rollback() if number % 5 == 0 else slow.commit()


def entry(number: int) -> dict[str, object]:
    at = timezone.now()
    return {
        "at": at,
        "entries": ledger.document([NewEntry("accept_case", "system", None, None, f"case:{number}", {})], at),
    }


def sealers(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    while True:
        yield subprocess.Popen(
            [sys.executable, "-m", "qipan.faces.cli", "sealer"],
            env=environment,
            cwd=ROOT,
            start_new_session=True,
        )


def count(stage: Stage, statement: str) -> int:
    ((number,),) = stage.rows(statement)
    return int(str(number))


def test_killed_sealers_lose_and_double_nothing(stage: Stage, environment: dict[str, str]) -> None:
    before = count(stage, "SELECT count(*) FROM trail_checkpoints")
    running = sealers(environment)
    with Acting(stage):
        for _ in range(KILLS):
            pair = [next(running), next(running)]
            time.sleep(SECONDS / KILLS)
            for one in pair:
                os.killpg(one.pid, signal.SIGKILL)
                one.wait()
            stage.kill("worker")
    last = next(running)
    try:
        deadline = time.monotonic() + 120
        while count(stage, LEAVES) < count(stage, "SELECT count(*) FROM entries"):
            assert time.monotonic() < deadline, "the sealer does not catch up"
            time.sleep(0.2)
    finally:
        os.killpg(last.pid, signal.SIGTERM)
        assert last.wait(240) in {0, -signal.SIGTERM}, "told to end, at work or while it starts, it ends well"
    assert count(stage, "SELECT count(*) FROM trail_checkpoints") > before
    sealed = [one for (one,) in stage.rows("SELECT unnest(entries) FROM trail_bundles ORDER BY number")]
    assert len(set(sealed)) == len(sealed)
    assert set(sealed) == {entry for (entry,) in stage.rows("SELECT id FROM entries")}
    ordered = [entry for (entry,) in stage.rows("SELECT id FROM entries ORDER BY xact, id")]
    assert sealed == ordered
    assert verified(environment) == []


def verified(environment: dict[str, str]) -> list[str]:
    """What `qipan verify` finds, by the word that names it."""
    done = subprocess.run(
        [sys.executable, "-m", "qipan.faces.cli", "verify", "--lang", "en"], env=environment, cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    words = ("altered", "dropped", "reordered", "missing", "rewritten", "back-dated", "slipped", "false")
    return [word for line in done.stdout.splitlines() for word in words if word in line]


def test_a_receipt_from_the_terminal_is_true(stage: Stage, environment: dict[str, str]) -> None:
    ((entry,),) = stage.rows("SELECT max(id) FROM entries WHERE act = 'appoint_official'")
    deadline = time.monotonic() + 120
    while True:
        done = qipan(environment, "receipt", str(entry))
        if done.returncode == 0:
            break
        assert time.monotonic() < deadline, done.stderr
        time.sleep(0.2)
    assert json.loads(done.stdout)["entry"]["act"] == "appoint_official"
    (stage.home / "receipt.json").write_text(done.stdout, encoding="utf-8")
    checked = qipan(environment, "verify", str(stage.home / "receipt.json"), "--lang", "en")
    assert (checked.returncode, checked.stdout.startswith("True: leaf")) == (0, True), checked.stderr


def test_the_platforms_role_can_erase_and_nothing_else(stage: Stage, environment: dict[str, str]) -> None:
    with psycopg.connect(url(stage.home, role=PLATFORM)) as inside:
        number = len(stage.rows("SELECT FROM entries"))
        inside.execute(STATEMENT, entry(number))
    ((one,),) = stage.rows("SELECT max(id) FROM entries")
    with psycopg.connect(url(stage.home, role=PLATFORM)) as inside:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), inside.transaction():
            inside.execute("UPDATE entries SET salt = '', details = '{}'")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation), inside.transaction():
            inside.execute("SELECT qipan_erase(ARRAY[%s]::bigint[])", [one])
    assert qipan(environment, "erase", str(one), "--reason", "当事人请求").returncode == 0
    assert stage.rows(f"SELECT details, length(salt) FROM entries WHERE id = {one}") == [({}, 0)]
    again = qipan(environment, "erase", str(one), "--reason", "当事人请求")
    assert (again.returncode, "erased before" in again.stderr) == (1, True)
    deadline = time.monotonic() + 120
    while count(stage, LEAVES) < count(stage, "SELECT count(*) FROM entries"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert verified(environment) == []
    ((about,),) = stage.rows("SELECT subject FROM entries WHERE act = 'erase_details'")
    assert about == f"entry:{one}"


def qipan(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qipan.faces.cli", *words], env=environment, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
