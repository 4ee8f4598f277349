"""The pool's lists stay fast however many requests and calls there are: each finds its rows by an index."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.core.posts import Power
from qipan.people.actors import Actor
from qipan.sharing import queries
from tests.cast import MONDAY
from tests.sharing.conftest import HOSPITAL, Pool

MANY = 20_000
FILL = f"""
INSERT INTO share_requests (id, number, idempotency_key, resource, version, share, consumer, provider, requester, event, services,
  purpose, purpose_en, basis, fields, region, region_field, own_cases, modes, volume, retention, until, state, submitted_at, since,
  due_on, paused_days, granted, reason, signatures)
SELECT md5(i::text)::uuid, 'N' || i, i::text, 'r' || i %% 500, 1, 'conditional', 'c' || i %% 500, 'p' || i %% 500, i, '', '{{}}', 'x', '',
  '{{}}', '{{}}', '', '', true, '{{}}', 1, 1, current_date + 9, 'submitted', now(), current_date, current_date, 0, '{{}}', '', '{{}}'
FROM generate_series(1, {MANY}) i;
INSERT INTO exchange_calls (exchange, side, peer, "grant", resource, fields, purpose, basis, "case", official, outcome, alarm, rows, at,
  milliseconds)
SELECT ''::bytea, 'consumer', 'x', md5((i %% 500)::text)::uuid, 'r', '{{}}', 'p', 'b', 'application:' || i, 'o', 'ok', false, 1,
  now() - make_interval(mins => {MANY} - i), 1
FROM generate_series(1, {MANY}) i;
INSERT INTO use_days (day, resource, giver, receiver, calls, found, refused, facts)
SELECT current_date - i %% 400, 'r' || i %% 50, 'g', 'c' || i, 1, 1, 0, 1 FROM generate_series(1, {MANY}) i;
ANALYZE share_requests, exchange_calls, use_days
"""
ACTOR = Actor("official", 1, agency=HOSPITAL, powers=frozenset({Power.REQUESTER}))
DAY = MONDAY.date()
READS: dict[str, Callable[[], object]] = {
    "an agency's requests": lambda: queries.requests(ACTOR, shown="", today=DAY),
    "their counts": lambda: queries.request_counts(ACTOR, DAY, 30),
    "requests for a resource": lambda: queries.asked_for("r7", ACTOR),
    "use about a person": lambda: queries.uses_about(1, MONDAY, {}),
    "calls under a grant": lambda: queries.calls_under(UUID(int=7)),
    "what was used lately": lambda: queries.used(DAY, DAY, resource="r7"),
}


@contextmanager
def explained() -> Iterator[list[str]]:
    """Collects the tables that statements read whole."""
    whole: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield whole
    with connection.cursor() as cursor:
        for one in captured:
            cursor.execute("EXPLAIN (FORMAT JSON) " + one["sql"].replace("%", "%%"))
            found = cursor.fetchone()[0]
            plan = json.loads(found) if isinstance(found, str) else found
            whole += read_whole(plan[0]["Plan"])


def read_whole(plan: dict[str, Any]) -> list[str]:
    own = [plan["Relation Name"]] if plan["Node Type"] == "Seq Scan" else []
    return own + [name for child in plan.get("Plans", []) for name in read_whole(child)]


@pytest.mark.parametrize("name", READS)
def test_no_list_reads_a_large_table_whole(pool: Pool, name: str) -> None:
    with connection.cursor() as cursor:
        for statement in FILL.replace("%%", "%").split(";\n"):
            cursor.execute(statement)
    with explained() as whole:
        READS[name]()
    assert {"share_requests", "exchange_calls", "use_days"}.isdisjoint(whole)
