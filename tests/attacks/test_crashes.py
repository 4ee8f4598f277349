"""kill -9 at any moment: what was acknowledged is there, whole and once; what was decided was decided once."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

import httpx
import pytest

from qipan.ledger.entries import NewEntry, leaf_hash
from tests import cast as play
from tests.attacks.stage import Stage

SETTLE_SECONDS = 300  # a dead worker's jobs are missed after twelve
PATIENCE_SECONDS = 300
MOST = 12  # applications of each person
SERVICES = 5
QUEUE = """
SELECT task_name, status, lock, attempts, scheduled_at::text, worker_id, last_heartbeat::text, now()::text,
  (SELECT array_agg(type || ' ' || at ORDER BY at) FROM procrastinate_events WHERE job_id = job.id)
FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = worker_id ORDER BY job.id DESC LIMIT 20
"""
HAND_OUT = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id)
SELECT 'advance', 'qipan.applications.tasks.advance', id, jsonb_build_object('application', id), 'doing',
  (SELECT id FROM procrastinate_workers ORDER BY last_heartbeat DESC LIMIT 1)
FROM applications LIMIT 1 RETURNING worker_id
"""
Acknowledged = dict[tuple[int, str], set[str]]


@pytest.mark.parametrize("victims", [("web", "worker", "web"), ("postmaster", "postmaster")])
def test_kills_lose_nothing_and_double_nothing(stage: Stage, victims: tuple[str, ...]) -> None:
    acknowledged = under_fire(stage, victims)
    assert len(acknowledged) >= len(stage.persons)
    settle(stage)
    every_key_has_one_whole_application(stage, acknowledged)
    every_decision_was_made_once(stage)
    every_leaf_commits_to_its_entry(stage)


def test_a_job_that_its_worker_never_heard_of_is_done(stage: Stage) -> None:
    """As when the database dies after it handed it out; the worker lives, and the next job of the application waits behind it."""
    with stage.visitor(stage.persons[0]) as client:
        persist(lambda: submit(client, "unheard"))
    settle(stage)
    left = stage.rows(HAND_OUT)
    assert len(left) == 1
    settle(stage)


def under_fire(stage: Stage, victims: tuple[str, ...]) -> Acknowledged:
    """People submit and an agency decides while processes are killed; gives the numbers that each key was told."""
    over, acknowledged = Event(), Acknowledged()
    with ThreadPoolExecutor(len(stage.persons) + 1) as pool:
        running = [
            pool.submit(submits, stage, each, victims[0], acknowledged, over) for each in stage.persons
        ]
        running.append(pool.submit(decides, stage, over))
        try:
            for victim in victims:
                time.sleep(random.uniform(0.1, 1.0))
                stage.kill(victim)
                stage.start()
        finally:
            over.set()
        for one in running:
            one.result(timeout=PATIENCE_SECONDS)
    return acknowledged


def submits(stage: Stage, person: int, run: str, acknowledged: Acknowledged, over: Event) -> None:
    """Submit again and again, each form until it is acknowledged, and now and then once more."""
    with stage.visitor(person) as client:
        for turn in range(MOST):
            if over.is_set():
                return
            key = f"{run}-{turn}"
            for _ in range(random.choice([1, 1, 2])):
                number = persist(lambda key=key: submit(client, key))["number"]  # type: ignore[misc]
                acknowledged.setdefault((person, key), set()).add(str(number))


def submit(client: httpx.Client, key: str) -> httpx.Response:
    body = {"event": "birth", "answers": play.ANSWERS, "consents": sorted(play.RESOURCES)}
    return client.post("/api/applications", json=body, headers={"Idempotency-Key": key})


def persist(ask: Callable[[], httpx.Response]) -> Mapping[str, object]:
    """Ask until there is an answer: a dead server, or one whose database is dead, is asked again with the same key."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            answer = ask()
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if answer.status_code < 500:
            assert answer.is_success, answer.text
            return dict(answer.json())
        time.sleep(0.1)
    pytest.fail("The platform did not come back.")


def decides(stage: Stage, over: Event) -> None:
    """A hospital's system accepts and grants what it finds, and tries again what it is not sure of."""
    with stage.system("hospital") as client:
        while not over.is_set():
            try:
                for case in client.get("/api/agency/cases").json():
                    for act in ("accept", "grant"):
                        client.post(f"/api/agency/cases/{case['id']}/acts", json={"act": act})
            except (httpx.TransportError, ValueError, TypeError):
                time.sleep(0.1)


def settle(stage: Stage) -> None:
    """Wait until the worker has nothing left to do."""
    end = time.monotonic() + SETTLE_SECONDS
    left: list[tuple[object, ...]] = []
    unfinished: list[tuple[object, ...]] = []
    while time.monotonic() < end:
        stage.start()
        unfinished = stage.rows("SELECT id FROM cases WHERE service = 'guidance' AND state <> 'delivered'")
        left = stage.rows(
            "SELECT status FROM procrastinate_jobs WHERE task_name LIKE '%advance' AND status <> 'succeeded'"
        )
        if not unfinished and not left:
            return
        time.sleep(0.3)
    queue = stage.rows(QUEUE)
    said = stage.log.read_text(errors="replace")[-4000:]
    pytest.fail(f"{len(unfinished)} cases are not decided, {len(left)} jobs are left; queue: {queue}\n{said}")


def every_key_has_one_whole_application(stage: Stage, acknowledged: Acknowledged) -> None:
    written = stage.rows(
        "SELECT person, substr(idempotency_key, 5), number FROM applications WHERE idempotency_key LIKE 'key:%'"
    )
    numbers = {(person, key): number for person, key, number in written}
    assert len(numbers) == len(written)
    for key, told in acknowledged.items():
        assert told == {numbers[key]}
    assert not stage.rows(
        f"""
        SELECT a.number FROM applications a WHERE
          (SELECT count(*) FROM cases c WHERE c.application_id = a.id) <> {SERVICES}
          OR (SELECT count(*) FROM fact_sets f WHERE f.application_id = a.id AND f.learned @> '[{{"kind": "identity"}}, {{"kind": "answer"}}]') <> 1
          OR (SELECT count(*) FROM entries e WHERE e.subject = 'application:' || a.id AND e.act = 'submit_application') <> 1
          OR NOT EXISTS (SELECT FROM plans p WHERE p.digest = a.plan)
          OR EXISTS (SELECT FROM cases c WHERE c.application_id = a.id AND c.state NOT IN ('waiting', 'stopped') AND NOT EXISTS (
               SELECT FROM entries e WHERE e.subject = 'case:' || c.id AND e.act = 'open_case'))
        """
    )


def every_decision_was_made_once(stage: Stage) -> None:
    granted = "SELECT id FROM cases WHERE state IN ('granted', 'delivered')"
    assert not stage.rows(
        f"""
        SELECT c.id FROM cases c LEFT JOIN entries e ON e.subject = 'case:' || c.id AND e.act = 'grant_case'
        GROUP BY c.id HAVING count(e.id) <> (c.id IN ({granted}))::integer
        """
    )
    assert not stage.rows(
        """
        SELECT application, via FROM facts WHERE kind = 'service' GROUP BY application, via HAVING count(DISTINCT act) > 1
        """
    )
    assert not stage.rows(
        "SELECT key, value FROM cases, jsonb_each_text(outputs) GROUP BY key, value HAVING count(*) > 1"
    )
    given, counted = stage.rows(
        "SELECT count(*) FROM cases WHERE state IN ('granted', 'delivered') UNION ALL SELECT sum(last) FROM serials"
    )
    assert given == counted, "a serial number was drawn for nothing, or given twice"


def every_leaf_commits_to_its_entry(stage: Stage) -> None:
    for entry, at, salt, leaf in entries(stage):
        assert leaf_hash(entry, at, salt) == leaf


def entries(stage: Stage) -> Iterator[tuple[NewEntry, datetime, bytes, bytes]]:
    found = stage.rows(
        "SELECT act, actor_kind, actor, on_behalf_of, subject, details, at, salt, leaf_hash FROM entries"
    )
    for *said, at, salt, leaf in found:
        assert isinstance(at, datetime)
        yield NewEntry(*said), at, bytes(salt), bytes(leaf)  # type: ignore[arg-type,call-overload]
