"""Submitting a birth over HTTP: eight clients, the site, the database and the load on the same machine.

Each client submits drafts that are looked up and filled in, as a citizen's last click does: the form is read, planned and checked
again, and written with its facts, seven cases, their entries in the trail and the task that goes on from there. Beside it, in
turns, psycopg inserts the same rows.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

import psycopg
from django.utils import timezone

from bench import bare_insert, birth, stage
from bench.claims import Claim, percentile
from bench.clients import Answer, Submitting, Visitor, at_once, submit
from bench.processor import Spent, spent
from qipan.people import queries as people

CLIENTS = 8
ROUNDS = 3
SECONDS = 4.0
FORMS = 600  # for each client and round: more than it can send
LIMIT = 300
CREATED = 201
COPY_DRAFTS = """
WITH new AS MATERIALIZED (SELECT gen_random_uuid() AS id FROM generate_series(1, %(forms)s)),
papers AS (
  INSERT INTO uploads (id, person, draft, service, evidence, filename, media_type, size, sha256, content, sent_at)
  SELECT gen_random_uuid(), %(person)s, new.id, service, evidence, filename, media_type, size, sha256, content, sent_at
  FROM uploads, new WHERE application = (SELECT application FROM drafts WHERE id = %(draft)s))
INSERT INTO drafts SELECT copied.* FROM drafts, new, LATERAL jsonb_populate_record(
  drafts, jsonb_build_object('id', new.id, 'person', %(person)s::bigint, 'application', NULL)) copied
WHERE drafts.id = %(draft)s RETURNING id
"""
WRITTEN = """
SELECT (SELECT count(*) FROM applications), (SELECT count(*) FROM cases),
  (SELECT count(*) FROM entries WHERE act IN ('submit_application', 'open_case'))
"""


class _Stage(NamedTuple):
    port: int
    postmaster: int
    draft: UUID
    rows: list[bare_insert.Rows]


class _Round(NamedTuple):
    answers: list[Answer]
    cost: Spent


class _Written(NamedTuple):
    applications: int
    cases: int
    entries: int


def measure() -> Iterator[Claim]:
    """Submit with the worker asleep, in turns with the bare insert; then once more with the worker at work."""
    registers = stage.prepare()
    with stage.registers(registers):
        born = birth.filled_in()
        with stage.site() as port:
            rows = bare_insert.rows_of(stage.database(), birth.submitted(born, timezone.now()))
            on = _Stage(port, stage.postmaster(), born.draft, rows)
            _round(on, seconds=1)
            rounds = [(_round(on), _bare(on)) for _ in range(ROUNDS)]
            yield from _claims([over for over, _ in rounds], [bare for _, bare in rounds])
            with stage.worker():
                busy = _round(on)
    yield Claim(
        "submission.with_worker",
        len(busy.answers) / SECONDS,
        "1/s",
        note=f"the worker takes up the applications meanwhile, at nice 10; p95 {_p95(busy.answers):.0f} ms",
    )


def _claims(over: list[_Round], bare: list[float]) -> Iterator[Claim]:
    answers = [answer for one in over for answer in one.answers]
    cost = Spent(*map(sum, zip(*(one.cost for one in over), strict=True)))
    rate = len(answers) / (SECONDS * ROUNDS)
    yield Claim(
        "submission.over_http",
        rate,
        "1/s",
        limit=LIMIT,
        at_most=False,
        beside=sum(bare) / len(bare),
        beside_what="1/s bare insert",
        note=f"{CLIENTS} clients, p50 {_p50(answers):.0f} ms, p95 {_p95(answers):.0f} ms, no worker running; "
        f"{cost.milliseconds_each(len(answers))}",
    )


def _round(on: _Stage, seconds: float = SECONDS) -> _Round:
    """Let all clients submit; every answer must be 201, and everything must have been written once."""
    parts = [
        Submitting(on.port, visitor, "/api/applications", bodies, seconds)
        for visitor, bodies in _lanes(on.draft)
    ]
    before, clock = _written(), spent(on.postmaster)
    answers = [answer for done in at_once(submit, parts) for answer in done]
    cost = spent(on.postmaster).since(clock)
    if wrong := [answer.status for answer in answers if answer.status != CREATED]:
        raise RuntimeError(f"{len(wrong)} of {len(answers)} were answered with {set(wrong)}")
    _check(before, _written(), len(answers), entries=_entries(on.rows))
    return _Round(answers, cost)


def _entries(rows: list[bare_insert.Rows]) -> int:
    """How many entries one submission makes: its own, and one for each case that opens."""
    return next(len(each.values) for each in rows if "entries" in each.statement)


def _check(before: _Written, after: _Written, sent: int, entries: int) -> None:
    made = [later - earlier for earlier, later in zip(before, after, strict=True)]
    if made != [sent, sent * birth.CASES, sent * entries]:
        raise RuntimeError(
            f"{sent} submissions made {made[0]} applications, {made[1]} cases, {made[2]} entries"
        )


def _lanes(draft: UUID) -> Iterator[tuple[Visitor, list[bytes]]]:
    persons = people.sample_persons(limit=CLIENTS)
    with psycopg.connect(stage.database()) as connection:
        for person in persons:
            found = connection.execute(COPY_DRAFTS, {"draft": draft, "person": person.id, "forms": FORMS})
            bodies = [json.dumps({"draft": str(one)}).encode() for (one,) in found.fetchall()]
            yield stage.signed_in(person_id=person.id), bodies


def _bare(on: _Stage) -> float:
    """Insert the same rows with as many connections; give how many applications a second."""
    part = bare_insert.Inserting(stage.database(), on.rows, SECONDS)
    return sum(at_once(bare_insert.insert, [part] * CLIENTS)) / SECONDS


def _written() -> _Written:
    with psycopg.connect(stage.database()) as connection:
        return _Written(*connection.execute(WRITTEN).fetchone() or (0, 0, 0))


def _p50(answers: list[Answer]) -> float:
    return percentile([answer.milliseconds for answer in answers], 0.5)


def _p95(answers: list[Answer]) -> float:
    return percentile([answer.milliseconds for answer in answers], 0.95)
